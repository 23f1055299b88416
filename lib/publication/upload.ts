// What authors have put into the authoring bucket.
import { MAPPING_FILES, POLICY_FILES, SIGNATURE_FILE, TEST_FILES } from '../contract/policy-agent.ts';
import type { ReleaseFiles } from './gate.ts';
import type { DocumentStore, StoredDocument } from './ports.ts';
import type { AuthoredFile } from './review.ts';

export interface Upload {
  /** Identifies the files: any of them that is written again gives another id. */
  readonly id: string;
  readonly policy: AuthoredFile;
  readonly mapping: AuthoredFile | undefined;
  readonly tests: AuthoredFile | undefined;
  /** The author's signature, armored. */
  readonly signature: string | undefined;
  /** What a signature covers. */
  readonly files: ReleaseFiles;
}

type Stored = AuthoredFile & StoredDocument;

/** Reads the files of a release. Resolves to undefined where there is no policy. */
export async function readUpload(store: Pick<DocumentStore, 'read'>): Promise<Upload | undefined> {
  const policy = await firstOf(store, POLICY_FILES);
  if (policy === undefined) return undefined;
  const mapping = await firstOf(store, MAPPING_FILES);
  const tests = await firstOf(store, TEST_FILES);
  const signature = await firstOf(store, [SIGNATURE_FILE]);
  const optional = [tests, signature].filter((file) => file !== undefined);
  return {
    // Journals of earlier releases hold ids of policy and mapping alone.
    id: [policy, mapping, ...optional].map((file) => (file ? `${file.name} ${file.upload}` : '-')).join(', '),
    policy,
    mapping,
    tests,
    signature: signature?.text,
    files: { policy: policy.text, mapping: mapping?.text, tests: tests?.text },
  };
}

async function firstOf(store: Pick<DocumentStore, 'read'>, names: readonly string[]): Promise<Stored | undefined> {
  for (const name of names) {
    // oxlint-disable-next-line no-await-in-loop -- the first that exists counts
    const stored = await store.read(name);
    if (stored !== undefined) return { ...stored, name };
  }
  return undefined;
}
