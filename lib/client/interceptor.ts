import type { Dispatcher } from 'undici'
import type { ExpectOptions } from '../options/options.ts'
import { expectOptionNames } from '../options/settings.ts'
import { recovery } from '../recovery/recovery.ts'
import { refuseUnknown } from '../unknown.ts'
import { uploadInterceptor } from '../upload/interceptor.ts'

/**
 * An undici interceptor that asks before it sends.
 *
 * ```ts
 * const agent = new Agent({ factory: gatedPool }).compose(expectContinue())
 * ```
 *
 * The connections below it must have gates; `ExpectAgent` has both.
 *
 * @throws TypeError naming an option that is unknown or cannot be used.
 */
export function expectContinue(
  options: ExpectOptions = {},
): Dispatcher.DispatcherComposeInterceptor {
  refuseUnknown(options, expectOptionNames)
  return uploadInterceptor(options, recovery)
}
