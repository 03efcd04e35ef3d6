/** What a spec opened and has to be closed after it, last opened first. */
const opened: (() => Promise<unknown> | unknown)[] = []

/** Closes this after the spec, however it ends. */
export function closeLater(close: () => Promise<unknown> | unknown): void {
  opened.push(close)
}

/** Closes all that was opened. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}
