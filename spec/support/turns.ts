/** Waits for turns of the event loop. Bytes that have arrived were read after two turns. */
export async function turns(count = 1): Promise<void> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve))
}
