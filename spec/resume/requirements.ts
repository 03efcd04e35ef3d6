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
    text: 'Values of Upload-Offset that are no non-negative Integer have the field ignored.',
    proof: ['offset', 'is as if it were not there when it is'],
  },
  {
    section: 'Completeness',
    level: 'MUST',
    text: 'Values of Upload-Complete that are no Boolean have the field ignored.',
    proof: ['answer', 'says nothing of the upload when it says'],
  },
  {
    section: 'Completeness',
    level: 'SHOULD NOT',
    text: 'No resumption after a response whose Upload-Complete is true.',
    proof: ['answer', 'is returned when it says that the upload is complete'],
  },
  {
    section: 'Length',
    level: 'SHOULD',
    text: 'The client communicates the length as soon as it is known.',
    proof: ['limits', 'has content of unknown length sent in parts, and completed'],
  },
  {
    section: 'Length',
    level: 'MUST',
    text: 'Values of Upload-Length that are no non-negative Integer have the field ignored.',
    proof: ['offset', 'ends an upload whose length is another at the origin'],
  },
  {
    section: 'Length',
    level: 'MUST',
    text: 'Lengths that requests indicate match.',
    proof: ['interruption', 'sends an append as the draft wants it'],
  },
  {
    section: 'Limits',
    level: 'MUST',
    text: 'Values of Upload-Limit that are no Dictionary have the field ignored.',
    proof: ['limits', 'is none when it is'],
  },
  {
    section: 'Limits',
    level: 'MUST',
    text: 'Members with an unknown key are ignored; a known key with another type has the field ignored.',
    proof: ['limits', 'is none when it is'],
  },
  {
    section: 'Limits',
    level: 'MUST NOT',
    text: 'No request is larger than a known max-append-size.',
    proof: ['limits', 'on the size of a request has the rest sent in parts'],
  },
  {
    section: 'Limits',
    level: 'MUST NOT',
    text: 'No request is smaller than a known min-append-size.',
    proof: ['limits', 'that no part can keep ends the upload'],
  },
  {
    section: 'Limits',
    level: 'SHOULD NOT',
    text: 'The upload resource is not accessed after its max-age.',
    proof: ['interruption', 'is not located once it is older than its max-age'],
  },
  {
    section: 'Limits',
    level: 'SHOULD',
    text: 'Where the limits cannot be kept, the request is stopped and the upload cancelled.',
    proof: ['limits', 'that is smaller than the content ends the upload before its content'],
  },
  {
    section: 'Limits',
    level: 'SHOULD',
    text: 'After a 413 the request is made again with a smaller size.',
    proof: ['limits', 'in a 413 to an append has it sent in parts'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'A known length is indicated in the first request.',
    proof: ['invitation', 'tells that the content is complete, its length and the version'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'A smaller max-size stops the request at once, and cancels the upload.',
    proof: ['limits', 'that is smaller than the content ends the upload before its content'],
  },
  {
    section: 'Upload Creation',
    level: 'RECOMMENDED',
    text: 'A Content-Disposition has the type inline.',
    proof: 'The header fields are the caller’s.',
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
    proof: ['interruption', 'goes on after a 5xx, and as often as it gets on'],
  },
  {
    section: 'Upload Creation',
    level: 'SHOULD',
    text: 'Clients verify that a Location stays the same, and abort and cancel the upload otherwise.',
    proof: ['location', 'that changes ends the upload, and cancels it'],
  },
  {
    section: 'Offset Retrieval',
    level: 'RECOMMENDED',
    text: 'The offset is retrieved with HEAD.',
    proof: ['interruption', 'sends an append as the draft wants it'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST',
    text: 'Where the data at the offset cannot be provided, the upload is a failure.',
    proof: ['offset', 'fails where the window is not enough, and is cancelled'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST NOT',
    text: 'It is not continued then.',
    proof: ['offset', 'ends the upload, and cancels it'],
  },
  {
    section: 'Offset Retrieval',
    level: 'SHOULD',
    text: 'It is cancelled then.',
    proof: ['offset', 'fails where the window is not enough, and is cancelled'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MUST NOT',
    text: 'No retrieval while a request that brings content is in progress.',
    proof: ['answer', 'is not asked for while the request before is under way'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MAY',
    text: 'A 307 or 308 leads to another URI.',
    proof: ['location', 'may lead elsewhere with a'],
  },
  {
    section: 'Offset Retrieval',
    level: 'SHOULD NOT',
    text: 'Neither retry nor resumption after a 4xx, unless its semantics recommend it.',
    proof: ['answer', 'ends the upload when it is a'],
  },
  {
    section: 'Offset Retrieval',
    level: 'MAY',
    text: 'Another try after a 5xx or no response.',
    proof: ['answer', 'is looked for again after a'],
  },
  {
    section: 'Upload Append',
    level: 'MUST',
    text: 'An append indicates the offset of its content.',
    proof: ['interruption', 'sends an append as the draft wants it'],
  },
  {
    section: 'Upload Append',
    level: 'SHOULD',
    text: 'The offset is taken from the response immediately before.',
    proof: ['interruption', 'goes on after a 5xx, and as often as it gets on'],
  },
  {
    section: 'Upload Append',
    level: 'MUST',
    text: 'An append includes Upload-Complete.',
    proof: ['limits', 'on the size of a request has the rest sent in parts'],
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
    text: 'Resumption after a 5xx that says nothing of the upload, or no response.',
    proof: ['answer', 'has the upload go on when it is a'],
  },
  {
    section: 'Concurrency',
    level: 'MUST NOT',
    text: 'No two transfers for the same upload resource at a time.',
    proof: ['answer', 'is not asked for while the request before is under way'],
  },
  {
    section: 'Status Code 104',
    level: 'MAY',
    text: 'A 104 is taken for the go-ahead.',
    proof: ['invitation', 'is not taken for the 100 that follows it'],
  },
  {
    section: 'Content Codings',
    level: 'MUST',
    text: 'Offsets and lengths are those of the coded data.',
    proof: ['invitation', 'is not sent with a body that an interceptor puts in the place'],
  },
  {
    section: 'Integrity Digests',
    level: 'MAY',
    text: 'A Repr-Digest that is known goes with the first request.',
    proof: ['location', 'gets what the caller sends, but for what is about the content'],
  },
  {
    section: 'Incremental Transfer',
    level: 'RECOMMENDED',
    text: 'Content is sent incrementally, with little buffering.',
    proof: ['offset', 'is not read twice, whatever is sent twice'],
  },
  {
    section: 'Draft Version Identification',
    level: 'MUST',
    text: 'Requests have Upload-Draft-Interop-Version.',
    proof: ['location', 'which then goes with each request to the upload'],
  },
  {
    section: 'Draft Version Identification',
    level: 'MUST',
    text: 'A 104 with a missing or mismatching version is ignored; 6 to 8 are one to a client.',
    proof: ['location', 'has the 104 ignored when it is'],
  },
]
