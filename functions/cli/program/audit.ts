import { type Command, InvalidArgumentError, Option } from 'commander';
import { auditExport } from '../commands/audit-export.ts';
import { auditQuery } from '../commands/audit-query.ts';
import { auditRedrive } from '../commands/audit-redrive.ts';
import { auditReport } from '../commands/audit-report.ts';
import { auditVerify } from '../commands/audit-verify.ts';
import { AUDIT_COLUMNS } from '../../../lib/audit/columns.ts';
import { directory } from './options.ts';

/** `protector audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('check, read and deliver the audit trail');

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

  addReadingCommands(audit);

  audit
    .command('redrive')
    .description('send the dead letters of the log forwarder again; what is taken is removed')
    .requiredOption('--store <where>', 'where they are: a directory, or s3://bucket')
    .option('--json', 'the report as JSON')
    .addHelpText(
      'after',
      `
The OpenSearch is the forwarder's own: ESA_URL, ESA_INDEX, ESA_AUTHORIZATION, ESA_CA_PATH, ESA_CERT_PATH and ESA_KEY_PATH
in the environment. Exit code 1 when some are left.`,
    )
    .action(auditRedrive);
}

/** The commands that read any copy of the records. */
function addReadingCommands(audit: Command): void {
  const reading = (name: string): Command =>
    audit
      .command(name)
      .addOption(directory)
      .option('--file <file>', 'a file of audit records, one JSON object a line')
      .option('--s3 <url>', 's3://bucket/prefix: objects of such lines, zipped or not')
      .option('--log-group <name>', 'a CloudWatch Logs group')
      .addOption(
        new Option('--from <time>', 'records from this time on (UTC: 2026-11-24 or 2026-11-24T10:00:00Z)').argParser(
          time,
        ),
      )
      .addOption(new Option('--to <time>', 'records before this time').argParser(time));

  reading('export')
    .description('copy the records of a range: byte for byte, so that they still verify, or as CSV')
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--out <file>', 'where to; standard output otherwise')
    .action(auditExport);

  reading('query')
    .description('run DuckDB SQL over the table "audit", which has a row per record')
    .argument('<sql>', 'any DuckDB SQL')
    .addOption(new Option('--csv', 'CSV with a header line; NULL is empty, an empty text is ""').conflicts('json'))
    .option('--json', 'a JSON array with an object per row')
    .addHelpText(
      'after',
      `
Columns: ${Object.keys(AUDIT_COLUMNS).join(', ')}

Example:
  protector audit query "select policy_user, sum(cnt) from audit where audit_code = 8 group by all order by 2 desc"`,
    )
    .action(auditQuery);

  reading('report')
    .description('say who unprotected what, how much, and what was refused')
    .option('--json', 'the report as JSON')
    .action(auditReport);
}

/** A date is its first moment, in UTC. */
function time(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It looks like 2026-11-24 or 2026-11-24T10:00:00Z.');
  return date;
}
