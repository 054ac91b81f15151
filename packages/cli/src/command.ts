import type { GlobalOptions } from './options.js';
import type { Output } from './output.js';

/** What a command gets; it returns the exit status or throws NetctlError. */
export interface CommandInput<Options extends GlobalOptions = GlobalOptions> {
  readonly file: string | undefined;
  readonly options: Options;
  readonly output: Output;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}
