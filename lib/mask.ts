// A status that the platform's fetch hands over as it is, with content.
const plainStatus = 200

// What a Response takes (RFC 9112, section 4).
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Shows the platform's fetch a plain status in place of one that it would act upon although
 * there is nothing to be done: it makes a network error of a 407, and sends a request again
 * after a 421. The response that comes out of it gets its own status back.
 */
export class Mask {
  #status: { readonly code: number; readonly text: string } | null = null

  /** The status to show in place of this one. */
  put(code: number, text: string): number {
    // It says nothing to a client, and is not worth a failure.
    this.#status = { code, text: reasonPhrase.test(text) ? text : '' }
    return plainStatus
  }

  /** The response with its own status, if another was shown for it. */
  lift(response: Response): Response {
    if (this.#status === null) return response
    const { code: status, text: statusText } = this.#status
    const { body, headers, url, redirected } = response
    return located(new Response(body, { status, statusText, headers }), url, redirected)
  }
}

/** Says of a response where it came from; who follows redirects knows better than who asked first. */
export function located(response: Response, url: string, redirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
  })
}
