// Where sealed tenants lie, and how one version follows another: in a workspace, or in S3 under a KMS key.
import { randomBytes } from 'node:crypto';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import type { KeyService } from '../../lib/crypto/ports.ts';
import { StoreError } from '../../lib/delivery/errors.ts';
import type { ObjectStore } from '../../lib/delivery/ports.ts';
import { type OpenedTenants, openTenantsContent, sealTenants } from '../../lib/tenants/bundle.ts';
import type { TenantsContent } from '../../lib/tenants/content.ts';
import type { TenantKms } from '../../lib/tenants/ports.ts';
import { parseBundle } from '../runtime/reload/reloading.ts';
import { localTenantKms } from '../runtime/keys/tenant-kms.ts';
import { s3ObjectLocation } from '../runtime/s3-location.ts';
import { CliError } from './failure.ts';
import type { Workspace } from './workspace.ts';

export interface SealedPlace {
  /** As people write it. */
  readonly name: string;
  readonly isCloud: boolean;
  readonly store: ObjectStore;
  readonly key: string;
  /** Opens and, with the id of a key or without, seals. */
  readonly keysFor: (keyId: string | undefined) => KeyService;
  /** The KMS of the tenants, as seen from here. */
  readonly tenantKms: TenantKms;
}

const LOCAL_NAME = 'tenants.sealed.json';

/** The sealed tenants of a workspace, or of `s3://bucket/key`. Throws `CliError` for anything else. */
export function sealedPlace(ws: Workspace, location: string | undefined): SealedPlace {
  const tenantKms = localTenantKms(ws.tenantKeys);
  if (location === undefined) {
    return {
      name: ws.sealedTenants,
      isCloud: false,
      store: fileObjectStore(ws.dir),
      key: LOCAL_NAME,
      keysFor: () => insecureLocalKeyService(ws.localKey),
      tenantKms,
    };
  }
  const inS3 = s3ObjectLocation(location);
  if (inS3 === undefined) throw new CliError('CLI_USAGE', 'Sealed tenants are in a workspace or at s3://bucket/key');
  return {
    name: location,
    isCloud: true,
    store: s3ObjectStore({ client: s3Client(), bucket: inS3.bucket }),
    key: inS3.key,
    keysFor: (keyId) =>
      kmsKeyService({ client: kmsClient(regionOf(keyId)), ...(keyId === undefined ? {} : { keyId }) }),
    tenantKms,
  };
}

/** Opens what is sealed there. Rejects with `CliError` where nothing is, with `BundleError` or `KeyServiceError`. */
export async function openSealedTenants(place: SealedPlace): Promise<OpenedTenants> {
  const { opened } = await read(place);
  if (opened !== undefined) return opened;
  throw new CliError('CLI_USAGE', `There are no sealed tenants at ${place.name}: run "protector tenants seal" first`);
}

/**
 * Seals what `change` makes of what is sealed there, as the next version, in one step. `kms`: the key to seal under.
 * @default the one that it was sealed under before. Rejects as `change` does, and with `CliError` when somebody else sealed
 * meanwhile: nothing is overwritten.
 */
export async function changeSealedTenants<T extends { readonly content: TenantsContent }>(
  place: SealedPlace,
  kms: string | undefined,
  change: (before: TenantsContent | undefined) => Promise<T>,
): Promise<T & { readonly version: number }> {
  const { opened, tag } = await read(place);
  const keyId = kms ?? opened?.kmsKeyId;
  if (place.isCloud && keyId === undefined) {
    throw new CliError('CLI_USAGE', `Nothing is sealed at ${place.name} yet: --kms says the key to seal under`);
  }
  const changed = await change(opened?.content);
  const version = (opened?.version ?? 0) + 1;
  const publication = { version, createdAt: new Date() };
  const bundle = await sealTenants(place.keysFor(keyId), changed.content, publication, randomBytes(12));
  const body = Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`);
  try {
    await place.store.put(place.key, body, tag === undefined ? 'absent' : { tag });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_CONFLICT') throw error;
    throw new CliError('CLI_USAGE', `Somebody else sealed tenants at ${place.name} meanwhile: run the command again`);
  }
  return { ...changed, version };
}

async function read(
  place: SealedPlace,
): Promise<{ readonly opened: OpenedTenants | undefined; readonly tag: string | undefined }> {
  const stored = await place.store.get(place.key);
  if (stored === undefined) return { opened: undefined, tag: undefined };
  const bundle = parseBundle(stored.body.toString('utf8'), 'tenants', place.name);
  // The key that it names is where KMS has to be asked.
  const { kmsKeyId } = Object(bundle) as { kmsKeyId?: unknown };
  const keys = place.keysFor(typeof kmsKeyId === 'string' ? kmsKeyId : undefined);
  return { opened: await openTenantsContent(keys, bundle), tag: stored.tag };
}

/** A key is called in the Region of its ARN, else in that of the environment. */
function regionOf(keyId: string | undefined): { readonly region?: string } {
  const region = /^arn:[^:]*:kms:([^:]+):/.exec(keyId ?? '')?.[1];
  return region === undefined ? {} : { region };
}
