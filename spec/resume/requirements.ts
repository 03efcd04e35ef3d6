/** What draft-ietf-httpbis-resumable-upload requires of clients, and which specs prove it. */
export interface Requirement {
  readonly section: string
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'RECOMMENDED' | 'MAY'
  /** The words of the draft, shortened. */
  readonly text: string
  /** A spec file and a part of a title in it, or why there is none. */
  readonly proof: readonly [file: string, title: string] | string
}

/** All requirements of the draft as of July 2026 (after -11), in its order. */
export const requirements: readonly Requirement[] = [
  {
    section: 'Offset',
    level: 'MUST',
    text: 'An Upload-Offset that is not a non-negative Integer is ignored.',
    proof: ['offset', 'is ignored when it is'],
  },
  {
    section: 'Completeness',
    level: 'MUST',
    text: 'An Upload-Complete that is not a Boolean is ignored.',
    proof: ['answer', 'is treated like one without Upload-Complete when its value is'],
  },
  {
    section: 'Completeness',
    level: 'SHOULD NOT',
    text: 'No resumption after a response whose Upload-Complete is true.',
    proof: ['answer', 'is returned when its Upload-Complete is true'],
  },
  {
    section: 'Length',
    level: 'SHOULD',
    text: 'The client communicates the length as soon as it is known.',
    proof: ['limits', 'causes content of unknown length to be sent in parts, and completed'],
  },
  {
    section: 'Length',
    level: 'MUST',
    text: 'An Upload-Length that is not a non-negative Integer is ignored.',
    proof: ['offset', 'fails an upload whose length differs at the origin'],
  },
  {
    section: 'Length',
    level: 'MUST',
    text: 'The lengths in several requests match.',
    proof: ['interruption', 'sends an append as the draft requires'],
  },
  {
    section: 'Limits',
    level: 'MUST',
    text: 'An Upload-Limit that is not a Dictionary is ignored.',
    proof: ['limits', 'is ignored when it is'],
  },
  {
    section: 'Limits',
    level: 'MUST',
    text: 'Members with an unknown key are ignored; with another type for a known key, the field is ignored.',
    proof: ['limits', 'is ignored when it is'],
  },
  {
    section: 'Limits',
    level: 'MUST NOT',
    text: 'No request is larger than a known max-append-size.',
    proof: ['limits', 'with max-append-size causes the rest to be sent in parts'],
  },
  {
    section: 'Limits',
    level: 'MUST NOT',
    text: 'No request is smaller than a known min-append-size.',
    proof: ['limits', 'that no part can satisfy fails the upload'],
  },
  {
    section: 'Limits',
    level: 'SHOULD NOT',
    text: 'The upload resource is not accessed after its max-age.',
    proof: ['interruption', 'requests no offset after its max-age'],
  },
  {
    section: 'Limits',
    level: 'SHOULD',
    text: 'If the limits cannot be satisfied, the request is stopped and the upload cancelled.',
    proof: ['limits', 'that is smaller than the content fails the upload before its content'],
  },
  {
    section: 'Limits',
    level: 'SHOULD',
    text: 'After a 413, the request is repeated with a smaller size.',
    proof: ['limits', 'in a 413 to an append causes it to be sent in parts'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'A known length is indicated in the first request.',
    proof: ['invitation', 'declare that the content is complete, its length and the version'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'A smaller max-size stops the request at once, and cancels the upload.',
    proof: ['limits', 'that is smaller than the content fails the upload before its content'],
  },
  {
    section: 'Upload Creation',
    level: 'RECOMMENDED',
    text: 'A Content-Disposition has the type inline.',
    proof: 'The caller sets the header fields.',
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD NOT',
    text: 'No resumption after a 4xx, unless its semantics recommend it.',
    proof: ['answer', 'is returned when it is a'],
  },
  {
    section: 'Upload Creation',
    level: 'MAY',
    text: 'Resumption after a 5xx or no response.',
    proof: ['interruption', 'continues after each 5xx while it makes progress'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'Clients verify that a Location stays the same, and abort and cancel the upload otherwise.',
    proof: ['location', 'that changes fails the upload, and cancels it'],
  },
  {
    section: 'Offset Retrieval',
    level: 'RECOMMENDED',
    text: 'The offset is retrieved with HEAD.',
    proof: ['interruption', 'sends an append as the draft requires'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST',
    text: 'If the data at the offset is not available, the upload fails.',
    proof: ['offset', 'fails if the window is too small, and is cancelled'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST NOT',
    text: 'It is not continued then.',
    proof: ['offset', 'fails the upload, and cancels it'],
  },
  {
    section: 'Offset Retrieval',
    level: 'SHOULD',
    text: 'It is cancelled then.',
    proof: ['offset', 'fails if the window is too small, and is cancelled'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST NOT',
    text: 'No retrieval while a request with content is in progress.',
    proof: ['answer', 'is not requested while the request before is in progress'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MAY',
    text: 'A 307 or 308 redirects to another URI.',
    proof: ['location', 'may be redirected with a'],
  },
  {
    section: 'Offset Retrieval',
    level: 'SHOULD NOT',
    text: 'Neither retry nor resumption after a 4xx, unless its semantics recommend it.',
    proof: ['answer', 'fails the upload when it is a'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MAY',
    text: 'A retry after a 5xx or no response.',
    proof: ['answer', 'is requested again after a'],
  },
  {
    section: 'Upload Append',
    level: 'MUST',
    text: 'An append indicates the offset of its content.',
    proof: ['interruption', 'sends an append as the draft requires'],
  },
  {
    section: 'Upload Append',
    level: 'SHOULD',
    text: 'The offset is that of the previous response.',
    proof: ['interruption', 'continues after each 5xx while it makes progress'],
  },
  {
    section: 'Upload Append',
    level: 'MUST',
    text: 'An append includes Upload-Complete.',
    proof: ['limits', 'with max-append-size causes the rest to be sent in parts'],
  },
  {
    section: 'Upload Append',
    level: 'SHOULD NOT',
    text: 'Neither retry nor resumption after a 4xx, unless its semantics recommend it.',
    proof: ['answer', 'is returned when it is a'],
  },
  {
    section: 'Upload Append',
    level: 'MAY',
    text: 'Resumption after a 5xx without Upload-Complete, or no response.',
    proof: ['answer', 'causes a resumption when it is a'],
  },
  {
    section: 'Concurrency',
    level: 'MUST NOT',
    text: 'No concurrent transfers for the same upload resource.',
    proof: ['answer', 'is not requested while the request before is in progress'],
  },
  {
    section: 'Status Code 104',
    level: 'MAY',
    text: 'A 104 has the effect of a 100. This client does not use that.',
    proof: ['invitation', 'does not start the content like a 100'],
  },
  {
    section: 'Content Codings',
    level: 'MUST',
    text: 'Offsets and lengths are those of the coded data.',
    proof: ['invitation', 'are not sent with a body that an interceptor puts in the place'],
  },
  {
    section: 'Integrity Digests',
    level: 'MAY',
    text: 'A known Repr-Digest is sent with the first request.',
    proof: ['location', 'gets the fields of the caller, except those about the content'],
  },
  {
    section: 'Incremental Transfer',
    level: 'RECOMMENDED',
    text: 'Content is sent incrementally, with little buffering.',
    proof: ['offset', 'is read once, even if bytes are sent twice'],
  },
  {
    section: 'Draft Version Identification',
    level: 'MUST',
    text: 'Requests have Upload-Draft-Interop-Version.',
    proof: ['location', 'which is then sent with each request for the upload'],
  },
  {
    section: 'Draft Version Identification',
    level: 'MUST',
    text: 'A 104 with a missing or mismatching version is ignored; 6 to 8 are the same for a client.',
    proof: ['location', 'causes the 104 to be ignored when it is'],
  },
]
