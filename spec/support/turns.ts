/** Lets the event loop turn, so that what is due runs. Bytes that came were read after two turns. */
export async function turns(count = 1): Promise<void> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve))
}
