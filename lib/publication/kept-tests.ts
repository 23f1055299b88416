// The tests that a release has passed, sealed like its policy: their sentences name users and elements.

import { z } from 'zod';
import type { EncryptionContext, KeyService } from '../crypto/ports.ts';
import { BundleError, type BundleHeader, openBundle, type SealedBundle, sealBundle } from '../crypto/sealed-bundle.ts';

const passed = z.strictObject({
  kind: z.enum(['test', 'statement']),
  /** The sentence as its author wrote it, or one for an object: with the text that is expected, and without a value. */
  text: z.string(),
  line: z.int().optional(),
});

const keptTests = z.strictObject({
  /** The file of tests in the authoring bucket. */
  file: z.string(),
  /** When they ran, in epoch milliseconds: the time at which they were decided. */
  atMs: z.int(),
  passed: z.array(passed),
});

/** A test or statement that a release has passed. */
export type PassedTest = z.infer<typeof passed>;
export type KeptTests = z.infer<typeof keptTests>;

/** The header of sealed tests, in clear. */
type TestsHeader = {
  /** The policy that passed them. */
  readonly testsOf: string;
  readonly version: number;
  /** Time of sealing, ISO 8601. */
  readonly createdAt: string;
};

/** Seals the tests of a policy version. `iv`: 12 random bytes. Rejects with `KeyServiceError`. */
export function sealTests(
  keys: KeyService,
  tests: KeptTests,
  of: { readonly policy: string; readonly version: number; readonly createdAt: Date },
  iv: Uint8Array,
): Promise<SealedBundle<TestsHeader>> {
  const header: TestsHeader = {
    testsOf: of.policy,
    version: of.version,
    createdAt: of.createdAt.toISOString(),
  };
  return sealBundle(keys, contextOf(header), header, tests, iv);
}

/** Opens sealed tests; the caller compares their version. Rejects with `BundleError` or `KeyServiceError`. */
export async function openTests(
  keys: KeyService,
  bundle: unknown,
): Promise<{ readonly version: unknown; readonly tests: KeptTests }> {
  const { header, content } = await openBundle(keys, bundle, contextOf);
  const parsed = keptTests.safeParse(content);
  if (!parsed.success) throw new BundleError('BUNDLE_MALFORMED', 'This is a sealed bundle, but no sealed tests');
  return { version: header.version, tests: parsed.data };
}

function contextOf(header: BundleHeader): EncryptionContext {
  return { purpose: 'tests', policy: String(header.testsOf), version: String(header.version) };
}
