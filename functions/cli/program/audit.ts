import { Argument, type Command, Option } from 'commander';
import { auditKeysAdd, auditKeysList, auditKeysRotate } from '../commands/audit-keys.ts';
import { auditProve } from '../commands/audit-prove.ts';
import { auditSeal } from '../commands/audit-seal.ts';
import { auditVerify } from '../commands/audit-verify.ts';
import { directory, time } from './options.ts';

/** `protector audit …` */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('check the audit trail, seal it and prove what is in it');
  addVerify(audit);
  addSeal(audit);
  addProve(audit);
  addKeys(audit);
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
