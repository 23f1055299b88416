import { SCRIPTS } from '../completion/scripts.ts';
import type { Shell } from '../completion/shells.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';

/** Prints the completion script of a shell. */
export function printScript(shell: Shell, io: Io): ExitCode {
  io.stdout.write(SCRIPTS[shell]);
  return EXIT.ok;
}
