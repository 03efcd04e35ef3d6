/** Opened content, as one attempt reads it. */
export interface Source {
  /**
   * The next step: bytes, `null` at the end, or a promise whose value {@link take} makes bytes of.
   * `undefined` means that nothing can be handed out yet: read again.
   *
   * @throws what the content itself throws.
   */
  read(): Uint8Array | null | undefined | PromiseLike<unknown>
  /**
   * What a promise of {@link read} came to.
   *
   * @throws UploadError when it is not bytes, or not of the declared length.
   */
  take(value: unknown): Uint8Array | null | undefined
  /** A promise of {@link read} was rejected. */
  fail(error: unknown): void
  /** The connection holds none of the first so many bytes any more; their memory can be reused. */
  release(bytes: number): void
}
