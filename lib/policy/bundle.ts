import { BundleError, openBundle, type BundleHeader, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';
import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import type { KeyringDocument } from './keyring.ts';
import type { MappingDocument, PolicyDocument } from './schema.ts';

/** Everything a protect function needs at query time. */
export interface PolicyContent {
  readonly policy: PolicyDocument;
  readonly mapping: MappingDocument;
  readonly keyring: KeyringDocument;
}

/** The header of a sealed policy, in clear. `version` grows with every publication. */
export type PolicyHeader = {
  readonly policy: string;
  readonly version: number;
  readonly dataStore: string;
  /** ISO 8601. */
  readonly createdAt: string;
};

export type SealedPolicy = SealedBundle<PolicyHeader>;

/** Seals a policy that `parsePolicy` accepted. `iv`: 12 random bytes. Rejects with `KeyServiceError`. */
export function sealPolicy(
  keys: KeyService,
  content: PolicyContent,
  publication: { readonly version: number; readonly createdAt: Date },
  iv: Uint8Array,
): Promise<SealedPolicy> {
  const header: PolicyHeader = {
    policy: content.policy.name,
    version: publication.version,
    dataStore: content.policy.dataStore,
    createdAt: publication.createdAt.toISOString(),
  };
  return sealBundle(keys, contextOf(header), header, content, iv);
}

/** An opened policy and its version. */
export interface OpenedPolicy {
  readonly version: string;
  readonly content: PolicyContent;
}

/** Opens a sealed policy. Rejects with `BundleError` or `KeyServiceError`. */
export async function openPolicy(keys: KeyService, bundle: unknown): Promise<OpenedPolicy> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  const { policy, mapping, keyring } = content as PolicyContent;
  if (policy.name !== header.policy || policy.dataStore !== header.dataStore) {
    throw new BundleError('BUNDLE_TAMPERED', 'The sealed policy does not match its header');
  }
  return { version: String(header.version), content: { policy: { ...LATER_MEMBERS, ...policy }, mapping, keyring } };
}

/** Members that bundles of release 0.1.0 lack. */
const LATER_MEMBERS = { conflictResolution: 'least-restrictive', masks: [], groups: [] } as const;

function contextOf(header: BundleHeader): EncryptionContext {
  return { policy: String(header.policy), version: String(header.version) };
}
