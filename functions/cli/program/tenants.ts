import { type Command, Option } from 'commander';
import { tenantsCheck, tenantsRotate, tenantsSeal } from '../commands/tenants.ts';
import { tenantsApiKey } from '../commands/tenants-api-key.ts';
import { tenantsInit } from '../commands/tenants-init.ts';
import { tenantsShow } from '../commands/tenants-show.ts';
import { directory, json } from './options.ts';

/** `protector tenants …` */
export function addTenantCommands(program: Command): void {
  const tenants = program
    .command('tenants')
    .description('check and seal the tenants: their KMS keys, their SIEMs, and who may call the gateway');
  const at = new Option('--at <place>', 'sealed tenants in S3 (s3://bucket/key) instead of those of --dir');

  tenants
    .command('init')
    .description('write two sample tenants into a workspace that has none; overwrites nothing')
    .addOption(directory)
    .action(tenantsInit);

  tenants
    .command('check')
    .description(
      'say everything that is wrong with the tenants file, tenants.json or .yaml, and its secrets, with path and line',
    )
    .addOption(directory)
    .addOption(json)
    .action(tenantsCheck);

  tenants
    .command('seal')
    .description('seal the tenants file with the values of its secrets, for gateway and forwarder to read')
    .addOption(directory)
    .option('--to <place>', 'where to, such as s3://bucket/tenants.sealed.json; default: into --dir')
    .option('--kms <key>', 'for S3: ARN of the KMS key to seal under; default: the one it was sealed under before')
    .addOption(json)
    .addHelpText(
      'after',
      `
Secrets stand in tenant-secrets.json beside the tenants file (mode 0600): {"<name>": "<value>"}, or where the value is,
{"env": "<variable>"} or {"file": "<path>"}. Tenants keep the secrets that their deterministic keys come from; a KMS
configuration that was sealed stands for its key for ever. A change is in force within 60 seconds, locally within two.

Example:
  protector tenants seal --to s3://my-bucket/tenants.sealed.json --kms arn:aws:kms:eu-central-1:111122223333:key/…`,
    )
    .action(tenantsSeal);

  tenants
    .command('show')
    .description('show the sealed tenants, which are those in force; never a secret')
    .addOption(directory)
    .addOption(at)
    .addOption(json)
    .action(tenantsShow);

  tenants
    .command('rotate')
    .description('give a tenant a new secret for deterministic keys; what the old ones made stays readable')
    .argument('<tenant>', 'its id')
    .addOption(directory)
    .addOption(at)
    .addOption(json)
    .action(tenantsRotate);

  tenants
    .command('api-key')
    .description('make an API key, write its digest into the tenants file, and print the key once')
    .argument('<id>', 'what the key is called')
    .addOption(directory)
    .addOption(json)
    .action(tenantsApiKey);
}
