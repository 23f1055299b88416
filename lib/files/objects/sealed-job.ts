// A job as a sealed bundle: only a holder of the sealing key's rights decides what is protected, or unprotected, and where it goes.
import type { EncryptionContext, KeyService } from '../../crypto/ports.ts';
import {
  BundleError,
  type BundleHeader,
  openBundle,
  type SealedBundle,
  sealBundle,
} from '../../crypto/sealed-bundle.ts';
import { type FileJob, parseFileJob } from './job.ts';

export type FileJobHeader = {
  readonly sealed: 'file-job';
  readonly job: string;
  /** ISO 8601. */
  readonly createdAt: string;
};

/** Seals a job. `iv`: 12 random bytes. Rejects with `KeyServiceError`. */
export function sealFileJob(
  keys: KeyService,
  job: FileJob,
  createdAt: Date,
  iv: Uint8Array,
): Promise<SealedBundle<FileJobHeader>> {
  const header: FileJobHeader = { sealed: 'file-job', job: job.name, createdAt: createdAt.toISOString() };
  return sealBundle(keys, contextOf(header), header, job, iv);
}

/** Opens the sealed job of a name. Rejects with `BundleError`, `KeyServiceError`, or `FilesError` for a job of another release. */
export async function openFileJob(keys: KeyService, bundle: unknown, name: string): Promise<FileJob> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  if (header['sealed'] !== 'file-job') {
    throw new BundleError('BUNDLE_MALFORMED', 'This is a sealed bundle, but no sealed job');
  }
  const job = parseFileJob(content);
  if (header['job'] !== job.name || job.name !== name) {
    throw new BundleError('BUNDLE_TAMPERED', `The sealed job at the place of ${name} is another one`);
  }
  return job;
}

function contextOf({ job }: BundleHeader): EncryptionContext {
  return { purpose: 'file-job', job: String(job) };
}
