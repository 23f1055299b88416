// The command line of the protector, over whatever plays the process: the real one, or a test's.
import { RELEASE } from '../../lib/contract/release.ts';
import { COMMANDS } from './commands.ts';
import { type ExitCode, failed } from './core/exit.ts';
import type { Io } from './core/io.ts';
import { type Program, runProgram } from './core/program.ts';
import { workspaceDir } from './options.ts';

const PROGRAM: Program = {
  name: 'protector',
  summary: 'Protects columns of sensitive data for SQL, and proves who saw what.',
  version: RELEASE,
  help: `
Exit codes: 0 ok, 1 what was asked for was refused or what was checked is bad, 2 usage or environment, 70 internal error, 130 stopped by a signal.

Start here:
  protector demo                     protects 100,000 generated customers by SQL
  protector init                     a sample policy and local keys
  protector init --from people.csv   a policy for your own data
  protector query "select pty_protect_dename(name) from 'people.csv'"
  protector audit verify             is the trail that this left intact?`,
  options: workspaceDir,
  nodes: COMMANDS,
};

/** What the scripts of `protector completion` call, with the words of a command line. */
const COMPLETE = '__complete';

/** Runs one command line. Resolves to its exit code; what failed is said on standard error. Never rejects. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    if (args[0] === COMPLETE) {
      const { complete } = await import('./completion/complete.ts');
      return await complete(PROGRAM, args.slice(1), io);
    }
    return await runProgram(PROGRAM, args, io);
  } catch (error) {
    return failed(error, io);
  }
}
