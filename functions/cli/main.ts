import { Command, CommanderError } from 'commander';
import { ProtectorError } from '../../lib/base/errors.ts';
import { RELEASE } from '../../lib/contract/release.ts';
import { DocumentError } from '../../lib/document/problem.ts';
import { EXIT_BAD, EXIT_USAGE, exitCodeOf } from './failure.ts';
import { say, styled } from './output.ts';
import { addAuditCommands } from './program/audit.ts';
import { addDdlCommands } from './program/ddl.ts';
import { addEventCommands } from './program/events.ts';
import { addKeyCommands } from './program/keys.ts';
import { addPolicyCommands } from './program/policy.ts';
import { addRunCommands } from './program/run.ts';
import { addTenantCommands } from './program/tenants.ts';
import { DEFAULT_DIR } from './workspace.ts';

const program = new Command('protector')
  .description('Protects columns of sensitive data for SQL, and proves who saw what.')
  .version(RELEASE)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 ok, 1 what was asked for was refused or what was checked is bad, 2 usage or environment.

Start here:
  protector demo                                   protects 100,000 generated customers by SQL, end to end
  protector init                                   a sample policy and local keys in ${DEFAULT_DIR}/
  protector query "select pty_protect_dename(name) from 'people.csv'"
  protector audit verify                           is the trail that this left intact?`,
  );

addRunCommands(program);
addPolicyCommands(program);
addKeyCommands(program);
addTenantCommands(program);
addAuditCommands(program);
addDdlCommands(program);
addEventCommands(program);

/** A reader that has seen enough (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_USAGE);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof ProtectorError) {
    say(`${styled('red', 'protector:', process.stderr)} ${error.message}`);
    process.exitCode = error.code === 'SQL_FAILED' || error instanceof DocumentError ? EXIT_BAD : exitCodeOf(error);
  } else {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = EXIT_USAGE;
  }
}
