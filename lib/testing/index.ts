export { type OriginOptions, startOrigin, type TestOrigin } from './origin.ts'
export {
  type ResumableFault,
  type ResumableOptions,
  type ResumableRequest,
  ResumableUploads,
  type SeenUpload,
} from './resumable.ts'
export type { SeenRequest, WireEvent } from './seen.ts'
export type { OriginAnswer, OriginMode, OriginResponse, ServingOptions } from './serving.ts'
