import { Argument, type Command } from '@commander-js/extra-typings'
import { bashCompletion } from './completion-bash.ts'
import { fishCompletion } from './completion-fish.ts'
import { zshCompletion } from './completion-zsh.ts'
import { outlineOf, outlinesOf } from './outline.ts'
import type { Session } from './session.ts'
import { written } from './terminal.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

/** The command `completion`: prints what teaches a shell to complete this program's words. */
export function completion(program: Command, { terminal }: Session): void {
  program
    .command('completion')
    .summary('print completions for a shell')
    .description(
      "Prints what teaches a shell to complete the words of this program. Put 'eval \"$(expect-continue completion bash)\"' into ~/.bashrc, the same with zsh into ~/.zshrc, or 'expect-continue completion fish | source' into ~/.config/fish/config.fish.",
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) => {
      const text = shells[shell](outlineOf(program), outlinesOf(program))
      await written(terminal.stdout, text)
    })
}
