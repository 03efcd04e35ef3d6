/** Opened content, as read by one attempt. */
export interface Source {
  /**
   * The next step: bytes, `null` at the end, or a promise whose value goes to {@link take}.
   * `undefined` means that there are no bytes in this step, and the next one has to be read.
   *
   * @throws whatever the content throws.
   */
  read(): Uint8Array | null | undefined | PromiseLike<unknown>
  /**
   * Converts the value of a promise from {@link read}.
   *
   * @throws UploadError when it is not bytes, or the content has not the declared length.
   */
  take(value: unknown): Uint8Array | null | undefined
  /** A promise of {@link read} was rejected. */
  fail(error: unknown): void
  /** The connection no longer uses the first `bytes` bytes, so their memory can be reused. */
  free(bytes: number): void
}
