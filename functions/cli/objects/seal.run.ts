import { randomBytes } from 'node:crypto';
import { JOB_ENDING, JOBS_FOLDER } from '../../../lib/contract/file-protector.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { type FileJob, parseFileJob } from '../../../lib/files/objects/job.ts';
import { sealFileJob } from '../../../lib/files/objects/sealed-job.ts';
import { folderPrefix } from '../../runtime/s3-location.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readDocument } from '../documents/document.ts';
import { bucketStore, parseS3Url } from '../files/place.ts';
import { done, print, printJson, quantity } from '../output/text.ts';
import { kmsKeys } from '../sealing/kms-keys.ts';

/** Seals a job for the file protector. Rejects with `CliError`, `KeyServiceError` or `StoreError`. */
export async function sealJob(
  file: string,
  { to, kms }: { readonly to: string; readonly kms: string },
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const { bucket, prefix } = parseS3Url(to);
  const job = await readJob(file);
  const keys = (await kmsKeys())(kms);
  const sealed = await sealFileJob(keys, job, new Date(io.nowMs()), randomBytes(12));
  const key = `${folderPrefix(prefix)}${JOBS_FOLDER}${job.name}${JOB_ENDING}`;
  const store = await bucketStore(bucket);
  await store.put(key, Buffer.from(`${JSON.stringify(sealed)}\n`));
  const place = `s3://${bucket}/${key}`;
  const columns = Object.keys(job.columns).length;
  if (json) printJson(io, { job: job.name, place, operation: job.operation, columns });
  else
    print(
      io,
      done(io, `${place}: ${job.operation} of ${quantity(columns, 'column')}, from ${job.source} to ${job.target}`),
    );
  return EXIT.ok;
}

async function readJob(file: string): Promise<FileJob> {
  const { document } = await readDocument(file);
  try {
    return parseFileJob(document);
  } catch (error) {
    if (error instanceof FilesError) throw new CliError('CLI_BAD', `${file}: ${error.message}`);
    throw error;
  }
}
