export {
  type OriginOptions,
  type SeenRequest,
  startOrigin,
  type TestOrigin,
  type WireEvent,
} from './origin.ts'
export type { OriginMode, OriginResponse } from './serving.ts'
