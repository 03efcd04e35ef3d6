import { type Face, ownFaces } from './faces.ts'
import { platformFaces } from './platform-faces.ts'

export const faces: readonly Face[] = [...ownFaces, ...platformFaces]
