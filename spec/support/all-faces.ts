import { type Face, ownFaces } from './faces.ts'
import { platformFaces } from './platform-faces.ts'

/** Every way into the package. */
export const faces: readonly Face[] = [...ownFaces, ...platformFaces]
