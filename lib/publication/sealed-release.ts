// The sealed policy of a release: what it says, and whether today's keyring lets it protect.

import { openPolicy } from '../policy/bundle.ts';
import { compromisedUse, keyUse, type RootKeyUse } from '../policy/key-use.ts';
import type { KeyringDocument } from '../policy/keyring.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { withoutCanary } from './canary.ts';
import type { KeyPlace } from './durable-keys.ts';
import { PublicationError } from './errors.ts';
import type { Lived, Release } from './journal.ts';
import { type KeptTests, openTests } from './kept-tests.ts';

type Sealed = Pick<Release, 'bundle' | 'version'>;

/**
 * Opens the sealed policy of a release. The journal is the floor of versions: another version in its place, though
 * authentic, rejects with `PUBLICATION_STATE_INVALID`. Rejects with `BundleError` or `KeyServiceError` too.
 */
export async function policyOf({ documents, keys }: KeyPlace, { bundle, version }: Sealed): Promise<PolicyDocument> {
  const stored = await documents.read(bundle);
  const opened = await openPolicy(keys, parsed(stored?.text));
  if (opened.version !== String(version)) throw superseded(bundle, version);
  return opened.content.policy;
}

/**
 * Opens the sealed tests that a release has passed; resolves to undefined where none are kept. Rejects as `policyOf` does.
 */
export async function testsOf(
  { documents, keys }: KeyPlace,
  { tests: name, version }: Pick<Lived, 'tests' | 'version'>,
): Promise<KeptTests | undefined> {
  if (name === undefined) return undefined;
  const opened = await openTests(keys, parsed((await documents.read(name))?.text));
  if (opened.version !== version) throw superseded(name, version);
  return opened.tests;
}

/** Throws unless the header of a sealed policy names the version of its release. */
export function checkVersion(text: string, { bundle, version }: Sealed): void {
  const header = parsed(text) as { readonly version?: unknown } | null;
  if (header?.version !== version) throw superseded(bundle, version);
}

/** What the elements of a release do with today's root keys, without the canary's. */
export async function useOfKeys(world: KeyPlace, release: Sealed, keyring: KeyringDocument): Promise<RootKeyUse[]> {
  return keyUse(withoutCanary(await policyOf(world, release)), keyring);
}

/** The root keys that are compromised today and that elements of the release protect with, without the canary's. */
export async function compromisedOf(world: KeyPlace, release: Sealed, keyring: KeyringDocument): Promise<RootKeyUse[]> {
  return compromisedUse(withoutCanary(await policyOf(world, release)), keyring);
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null') as unknown;
  } catch {
    return null;
  }
}

function superseded(name: string, version: number): PublicationError {
  return new PublicationError(
    'PUBLICATION_STATE_INVALID',
    `The document ${name} is not that of version ${version}: restore it from the bucket's versions`,
  );
}
