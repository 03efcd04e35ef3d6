/** Callbacks that close what a spec opened; the last one runs first. */
const opened: (() => Promise<unknown> | unknown)[] = []

/** Calls `close` after the spec, whether it passes or fails. */
export function closeLater(close: () => Promise<unknown> | unknown): void {
  opened.push(close)
}

export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}
