// The newest sealed tenants, of an object in S3 or of a file.
import { existsSync } from 'node:fs';
import { impatientS3Client } from '../../../lib/adapters/s3/client.ts';
import { s3TenantsSource } from '../../../lib/adapters/s3/tenants-source.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openTenants } from '../../../lib/tenants/bundle.ts';
import { destroyTenants } from '../../../lib/tenants/content.ts';
import { TenantsSourceError } from '../../../lib/tenants/errors.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import type { TenantsSource } from '../../../lib/tenants/ports.ts';
import { s3ObjectLocation } from '../s3-location.ts';
import { fileAt, parseBundle, readBundle, reloading, type Source } from './reloading.ts';

const FILE_CHECK_EVERY_MS = 2000;
/** With the longest time that a check takes, a change is in force within a minute. */
const S3_CHECK_EVERY_MS = 30_000;
/** How long tenants serve on while S3 does not answer. */
const TOLERATE_UNREACHABLE_MS = 5 * 60_000;
/** The longest that an invocation of Lambda takes: every request that began under the tenants has ended then. */
const GRACE_MS = 15 * 60_000;

export interface TenantsFileOptions {
  /** @default 2,000 ms for a file, 30,000 for S3 */
  readonly checkEveryMs?: number;
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
  /** Gets tenants that were replaced. @default their secrets are overwritten a quarter of an hour later */
  readonly retire?: (replaced: Tenants) => void;
  /** For `s3://…`. @default the object, by a client that gives up after seconds */
  readonly source?: TenantsSource;
}

/**
 * Serves the tenants in force. `location`: `s3://bucket/key`, checked every 30 seconds at most, or the path of a file,
 * checked every two. Rejects with `TenantsSourceError`, `BundleError` or `KeyServiceError` while no tenants can be
 * opened; when S3 does not answer, the last tenants serve on for five minutes. Secrets of replaced tenants are
 * overwritten once no request uses them.
 */
export function currentTenants(
  location: string,
  keys: KeyService,
  { checkEveryMs, retire = retireLater, source, ...clock }: TenantsFileOptions = {},
): () => Promise<Tenants> {
  const inS3 = s3ObjectLocation(location);
  if (inS3 === undefined) {
    const check = fileAt(location, 'tenants', async () => openTenants(keys, await readBundle(location, 'tenants')));
    return reloading(
      { check: (known) => (existsSync(location) ? check(known) : Promise.reject(missing(location))), retire },
      { checkEveryMs: checkEveryMs ?? FILE_CHECK_EVERY_MS, ...clock },
    );
  }
  const check = objectAt(source ?? s3TenantsSource({ client: impatientS3Client(), ...inS3 }), keys, location);
  return reloading(
    { check, retire, tolerateMs: (error) => (isUnreachable(error) ? TOLERATE_UNREACHABLE_MS : 0) },
    { checkEveryMs: checkEveryMs ?? S3_CHECK_EVERY_MS, ...clock },
  );
}

function objectAt(source: TenantsSource, keys: KeyService, location: string): Source<Tenants>['check'] {
  return async (known) => {
    const found = await source.read(known);
    if (found === undefined) return undefined;
    return { identity: found.tag, load: () => openTenants(keys, parseBundle(found.text, 'tenants', location)) };
  };
}

function missing(path: string): TenantsSourceError {
  const message = `There are no sealed tenants at ${path}: write a tenants file and run "protector tenants seal"`;
  return new TenantsSourceError('TENANTS_MISSING', message);
}

function isUnreachable(error: unknown): boolean {
  return error instanceof TenantsSourceError && error.code === 'TENANTS_UNREACHABLE';
}

function retireLater(replaced: Tenants): void {
  setTimeout(() => destroyTenants(replaced), GRACE_MS).unref();
}
