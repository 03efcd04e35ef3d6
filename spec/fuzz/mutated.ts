import type { Random } from './random.ts'

export function mutated(random: Random, text: string): string {
  let result = text
  for (let left = random.between(1, 3); left > 0; left--) {
    const at = random.below(result.length + 1)
    const [before, after] = [result.slice(0, at), result.slice(at)]
    result = random.pick([
      () => before + after.slice(random.between(1, 4)),
      () => before + random.pick(['\0', '\r', '\n', '\r\n', ' ', ':', '\xff', '0']) + after,
      () => before + String.fromCharCode(random.below(256)) + after.slice(1),
      () => before + after.slice(0, random.below(30)) + after,
      () => before,
    ])()
  }
  return result
}
