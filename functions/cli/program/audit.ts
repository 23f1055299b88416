import { Argument, type Command, Option } from 'commander';
import { AUDIT_COLUMNS } from '../../../lib/audit/columns.ts';
import { auditExport } from '../commands/audit-export.ts';
import { auditKeysAdd, auditKeysList, auditKeysRotate } from '../commands/audit-keys.ts';
import { auditProve } from '../commands/audit-prove.ts';
import { auditQuery } from '../commands/audit-query.ts';
import { auditRedrive } from '../commands/audit-redrive.ts';
import { auditReport } from '../commands/audit-report.ts';
import { auditSeal } from '../commands/audit-seal.ts';
import { auditVerify } from '../commands/audit-verify.ts';
import { directory, time } from './options.ts';

/** `protector audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('check the audit trail, seal it, prove what is in it, read and deliver it');
  addVerify(audit);
  addSeal(audit);
  addProve(audit);
  addKeys(audit);
  addReadingCommands(audit);
  addRedrive(audit);
}

function addVerify(audit: Command): void {
  audit
    .command('verify')
    .description(
      'check every signature, the order of every chain and, where the trail is sealed, its whole log against it; says what is wrong and where: modified, missing, reordered, forked, rolled-back, unsigned-tail, gap, moved, unknown-key, unsigned or malformed (repeated is a note)',
    )
    .addOption(directory)
    .option('--file <place>', 'audit records, one JSON object a line: a file, a directory, or s3://bucket/prefix')
    .option(
      '--key-file <file...>',
      'the keys they are signed with: {"key_id": "...", "key": "<base64>"}; needed without --log',
    )
    .option(
      '--log <place>',
      'the log they were sealed in: a directory, or s3://bucket/prefix; alone, it is verified by itself',
    )
    .option('--keys <file>', 'the list of public keys, from somebody you trust (default: that of --dir)')
    .option('--known <file...>', 'checkpoints that were kept elsewhere: the log must hold them')
    .addOption(
      new Option(
        '--as-of <time>',
        'the time at which the next checkpoint must not be overdue (default: now)',
      ).argParser(time),
    )
    .option('--excerpt', 'the records are some of those of the log: that others are not among them is no finding')
    .option('--json', 'the whole report as JSON')
    .action(auditVerify);
}

function addRedrive(audit: Command): void {
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
      .option('--file <place>', 'audit records, one JSON object a line: a file or a directory of files, zipped or not')
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

function addSeal(audit: Command): void {
  audit
    .command('seal')
    .description(
      'append the records that are new to the Merkle log of the directory (C2SP tlog-tiles) and sign a checkpoint; nothing new changes nothing',
    )
    .addOption(directory)
    .option('--file <place>', 'the records (default: those of --dir)')
    .option('--json', 'what was sealed as JSON')
    .action(auditSeal);
}

function addProve(audit: Command): void {
  audit
    .command('prove')
    .description('write a proof that a record is in the log, which verifies without it (C2SP tlog-proof); or check one')
    .argument('[record]', '<chain id>:<number>, or the number of its leaf')
    .addOption(directory)
    .option('--log <place>', 'a directory, or s3://bucket/prefix (default: that of --dir)')
    .option('--keys <file>', 'the list of public keys (default: that of --dir)')
    .option('--out <file>', 'where to write the proof (default: standard output)')
    .option('--check <file>', 'check this proof instead, and print the record that it proves')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  protector audit prove 0 --out first.tlog-proof
  protector audit prove --check first.tlog-proof --keys audit-keys.json`,
    )
    .action(auditProve);
}

function addKeys(audit: Command): void {
  const keys = audit
    .command('keys')
    .description('the public list of the keys that records and checkpoints are signed with');

  keys
    .command('list')
    .description('show the list')
    .addOption(directory)
    .option('--keys <file>', 'another list than that of --dir')
    .option('--json', 'the list itself, for --keys of verify and prove')
    .action(auditKeysList);

  keys
    .command('rotate')
    .description('make a new key; the old one stays in the list, so that what it signed can be verified')
    .addArgument(new Argument('<what>', 'what the key signs').choices(['records', 'checkpoints']))
    .addOption(directory)
    .option('--json', 'the new list as JSON')
    .action(auditKeysRotate);

  keys
    .command('add')
    .description('write a key of a deployment into a list, which is made when it is not there')
    .requiredOption('--keys <file>', 'the list')
    .option('--kms <key>', 'a KMS key that signs checkpoints: id, ARN or alias')
    .option('--verifier-key <key>', 'a key that signs checkpoints: <name>+<id>+<base64>')
    .option('--record-key-id <id>', 'a key that signs records; the key itself is secret and not written')
    .option('--origin <name>', 'the name of the log, in a new list')
    .addOption(new Option('--from <time>', 'when it began to be used, ISO 8601').argParser(time))
    .addOption(new Option('--until <time>', 'when it ceased to be used, ISO 8601').argParser(time))
    .addOption(directory)
    .option('--json', 'the new list as JSON')
    .action(auditKeysAdd);
}
