// Sealed tenants, and how one version follows another: in a workspace, or in S3 under a KMS key.
import { randomBytes } from 'node:crypto';
import { fileObjectStore } from '../../../lib/adapters/file/object-store.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { isConflict } from '../../../lib/delivery/errors.ts';
import type { ObjectStore } from '../../../lib/delivery/ports.ts';
import { type OpenedTenants, openTenantsContent, sealTenants } from '../../../lib/tenants/bundle.ts';
import type { TenantsContent } from '../../../lib/tenants/content.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import type { TenantKms } from '../../../lib/tenants/ports.ts';
import { type SecretsReport, withSecrets } from '../../../lib/tenants/secrets.ts';
import { localTenantKms } from '../../runtime/keys/tenant-kms.ts';
import { parseBundle } from '../../runtime/reload/reloading.ts';
import { s3ObjectLocation } from '../../runtime/s3-location.ts';
import { CliError } from '../core/exit.ts';
import { located } from '../documents/document.ts';
import { suggestion } from '../documents/policy-names.ts';
import type { WrittenTenants } from '../documents/tenants.ts';
import { bucketStore } from '../files/place.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';
import { kmsKeys } from './kms-keys.ts';

export interface SealedPlace {
  /** As messages name it. */
  readonly name: string;
  readonly isCloud: boolean;
  /** Of a place in S3. */
  readonly bucket?: string;
  readonly store: ObjectStore;
  readonly key: string;
  /** Returns what opens and, given the id of a key, seals. */
  readonly keysFor: (keyId: string | undefined) => KeyService;
  /** The KMS of the tenants, as seen from here. */
  readonly tenantKms: TenantKms;
}

const LOCAL_NAME = 'tenants.sealed.json';

/** Opens the place of the sealed tenants: a workspace, or `s3://bucket/key`. Rejects with `CliError` for anything else. */
export async function sealedPlace(ws: Workspace, location: string | undefined): Promise<SealedPlace> {
  const tenantKms = localTenantKms(ws.tenantKeys);
  if (location === undefined) {
    requireWorkspace(ws);
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
    bucket: inS3.bucket,
    store: await bucketStore(inS3.bucket),
    key: inS3.key,
    keysFor: await kmsKeys(),
    tenantKms,
  };
}

/** Opens the sealed tenants of a place. Rejects with `CliError` where there are none, with `BundleError` or `KeyServiceError`. */
export async function openSealedTenants(place: SealedPlace): Promise<OpenedTenants> {
  const { opened } = await read(place);
  if (opened !== undefined) return opened;
  throw new CliError('CLI_USAGE', `There are no sealed tenants at ${place.name}: run "protector tenants seal" first`);
}

/** How a change of sealed tenants is sealed. */
export interface Sealing {
  /** The KMS key to seal under. @default the key that the version before was sealed under */
  readonly kms?: string | undefined;
  readonly nowMs: number;
}

/** Seals checked documents. Rejects with `TenantsError` where they contradict what was sealed before. */
export function sealWrittenTenants(
  { source, document, secrets }: WrittenTenants,
  place: SealedPlace,
  sealing: Sealing,
): Promise<SecretsReport & { readonly version: number }> {
  return changeSealedTenants(place, sealing, (before) => {
    const content = located(source, () => nextContent(document, secrets, before));
    return withSecrets(content, place.tenantKms, randomBytes, before).catch((error: unknown) => {
      throw source.locate(error);
    });
  });
}

/**
 * Seals what `change` makes of the sealed tenants, as the next version, in one step. Rejects as `change` does, and with `CliError`
 * when another process sealed meanwhile: nothing is overwritten.
 */
export async function changeSealedTenants<T extends { readonly content: TenantsContent }>(
  place: SealedPlace,
  { kms, nowMs }: Sealing,
  change: (before: TenantsContent | undefined) => Promise<T>,
): Promise<T & { readonly version: number }> {
  const { opened, tag } = await read(place);
  const keyId = kms ?? opened?.kmsKeyId;
  if (place.isCloud && keyId === undefined) {
    throw new CliError('CLI_USAGE', `Nothing is sealed at ${place.name} yet: --kms says the key to seal under`);
  }
  const changed = await change(opened?.content);
  const version = (opened?.version ?? 0) + 1;
  const publication = { version, createdAt: new Date(nowMs) };
  const bundle = await sealTenants(place.keysFor(keyId), changed.content, publication, randomBytes(12));
  const body = Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`);
  try {
    await place.store.put(place.key, body, tag === undefined ? 'absent' : { tag });
  } catch (error) {
    if (!isConflict(error)) throw error;
    const message = `Another process sealed tenants at ${place.name} meanwhile: run the command again`;
    throw new CliError('CLI_USAGE', message);
  }
  return { ...changed, version };
}

async function read(
  place: SealedPlace,
): Promise<{ readonly opened: OpenedTenants | undefined; readonly tag: string | undefined }> {
  const stored = await place.store.get(place.key);
  if (stored === undefined) return { opened: undefined, tag: undefined };
  const bundle = parseBundle(stored.body.toString('utf8'), 'tenants', place.name);
  // KMS has to be asked for the key that the bundle names.
  const { kmsKeyId } = Object(bundle) as { kmsKeyId?: unknown };
  const keys = place.keysFor(typeof kmsKeyId === 'string' ? kmsKeyId : undefined);
  return { opened: await openTenantsContent(keys, bundle), tag: stored.tag };
}

/** Throws `CliError` for a tenant that is not sealed, and names those that are. */
export function requireTenant({ tenants }: TenantsContent, id: string): void {
  if (tenants.some((tenant) => tenant.id === id)) return;
  const hint = suggestion(
    id,
    tenants.map((tenant) => tenant.id),
  );
  throw new CliError('CLI_USAGE', `There is no such tenant among the sealed ones${hint}`);
}
