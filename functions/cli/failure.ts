import { ProtectorError } from '../../lib/base/errors.ts';

/** Exit codes of the command: 0 ok, 1 the thing checked is bad, 2 usage or environment. */
export const EXIT_BAD = 1;
export const EXIT_USAGE = 2;

/** `CLI_BAD`: what was checked is not good, and has been said so. `CLI_USAGE`: the command cannot do what was asked. */
export class CliError extends ProtectorError<'CLI_BAD' | 'CLI_USAGE'> {}

export function exitCodeOf(error: unknown): number {
  return error instanceof CliError && error.code === 'CLI_BAD' ? EXIT_BAD : EXIT_USAGE;
}
