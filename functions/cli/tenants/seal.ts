import { command } from '../core/command.ts';
import { jsonOutput, ownNames, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const seal = command({
  name: 'seal',
  summary: 'seal the tenants file with the values of its secrets, for gateway and forwarder to read',
  options: {
    ...workspaceDir,
    to: {
      value: '<place>',
      summary: 'where to, such as s3://bucket/tenants.sealed.json; default: into --dir',
    },
    kms: {
      value: '<key>',
      summary: 'for S3: ARN of the KMS key to seal under; default: the one it was sealed under before',
    },
    ...ownNames,
    ...jsonOutput,
  },
  help: `
Secrets stand in tenant-secrets.json beside the tenants file (mode 0600): {"<name>": "<value>"}, or where the value is,
{"env": "<variable>"} or {"file": "<path>"}. Tenants keep the secrets that their deterministic keys come from; a KMS
configuration that was sealed keeps its key. A change is in force within 60 seconds, locally within two.

Example:
  protector tenants seal --to s3://my-bucket/tenants.sealed.json --kms arn:aws:kms:eu-central-1:111122223333:key/…`,
  run: async ({ dir, to, kms, own, json }, io) => {
    const { sealTenantsFile } = await import('./seal.run.ts');
    return sealTenantsFile(workspace(dir), { to, kms, own }, json, io);
  },
});
