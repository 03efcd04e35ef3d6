import { onUnmounted, type Ref, ref } from 'vue'

/** How long a recording plays, in milliseconds; uploads take less. */
const playingMs = 6000

export interface Player {
  /** The position in the recording, in milliseconds. */
  readonly time: Ref<number>
  readonly playing: Ref<boolean>
  /** Continues, or starts again at the end. */
  play(): void
  pause(): void
  /** Goes to a position and pauses. */
  seek(ms: number): void
}

/** Plays recordings in slow motion. At first, the whole recording is shown. */
export function usePlayer(totalMs: () => number, onEnd: () => void): Player {
  const time = ref(totalMs())
  const playing = ref(false)
  let frame = 0
  let last = 0
  const step = (now: number): void => {
    time.value = Math.min(totalMs(), time.value + ((now - last) / playingMs) * totalMs())
    last = now
    if (time.value < totalMs()) {
      frame = requestAnimationFrame(step)
      return
    }
    playing.value = false
    onEnd()
  }
  const pause = (): void => {
    cancelAnimationFrame(frame)
    playing.value = false
  }
  const play = (): void => {
    pause()
    if (time.value >= totalMs()) time.value = 0
    playing.value = true
    last = performance.now()
    frame = requestAnimationFrame(step)
  }
  const seek = (ms: number): void => {
    pause()
    time.value = ms
  }
  onUnmounted(pause)
  return { time, playing, play, pause, seek }
}
