import type { Command } from 'commander';
import { auditVerify } from '../commands/audit-verify.ts';
import { directory } from './options.ts';

/** `protector audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('check the audit trail');

  audit
    .command('verify')
    .description(
      'check every signature and the order of every chain; names the first thing wrong as modified, missing, reordered, unsigned or malformed, with its line',
    )
    .addOption(directory)
    .option('--file <file>', 'a file of audit records, one JSON object a line (with --key-file)')
    .option('--key-file <file...>', 'the keys they are signed with: {"key_id": "...", "key": "<base64>"} (with --file)')
    .option('--json', 'the whole report as JSON')
    .action(auditVerify);
}
