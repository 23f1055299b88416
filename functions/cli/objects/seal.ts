import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { jsonOutput } from '../options.ts';

export const seal = command({
  name: 'seal',
  summary: 'seal a job on the objects of a bucket: which objects, which columns, and where the outputs go',
  arguments: { job: { read: path, summary: 'the job, as JSON or YAML' } },
  options: {
    to: {
      value: '<place>',
      required: true,
      summary: 'where the file protector reads its jobs (FILES_LOCATION), such as s3://bucket/prefix',
    },
    kms: { value: '<key>', required: true, summary: 'ARN, id or alias of the KMS key to seal under' },
    ...jsonOutput,
  },
  help: `
A job that is sealed anew with another content protects its objects anew, and writes over none that is there.

Example:
  protector files seal people.yaml --to s3://my-files/protector --kms arn:aws:kms:eu-central-1:111122223333:key/…`,
  run: async ({ job, to, kms, json }, io) => {
    const { sealJob } = await import('./seal.run.ts');
    return sealJob(job, { to, kms }, json, io);
  },
});
