// Files of tests of a policy: which there are, how they are read, and what they say.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Source } from '../../../lib/document/source.ts';
import type { Access } from '../../../lib/policy-tests/access.ts';
import type { Engine } from '../../../lib/policy-tests/engine.ts';
import { PolicyTestsError } from '../../../lib/policy-tests/errors.ts';
import type { Note, PolicyTests } from '../../../lib/policy-tests/model.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { type Result, runPolicyTests } from '../../../lib/policy-tests/run.ts';
import { located, readDocument } from './document.ts';

/** A file of tests that was parsed. */
export interface ReadTests {
  readonly file: string;
  readonly source: Source;
  readonly tests: PolicyTests;
}

/** A file of tests that was run. */
export interface RanTests {
  readonly file: string;
  readonly results: readonly (Result & { readonly line: number | undefined })[];
  readonly notes: readonly (Note & { readonly line: number | undefined })[];
}

/** Lists the files of tests beside a policy file. */
export function testFilesBeside(policyFile: string): readonly string[] {
  const folder = dirname(policyFile);
  const found = readdirSync(folder).filter((name) => /\.tests\.(?:ya?ml|json)$/i.test(name));
  return found.toSorted().map((name) => join(folder, name));
}

/** Reads a file of tests. Rejects with `PolicyTestsError` that names its lines, or as `readDocument` does. */
export async function readTests(file: string, access: Access): Promise<ReadTests> {
  const source = await readDocument(file);
  try {
    return { file, source, tests: located(source, () => parsePolicyTests(source.document, access)) };
  } catch (error) {
    throw error instanceof PolicyTestsError ? error.saying(error.problems, file) : error;
  }
}

export async function runTests({ file, source, tests }: ReadTests, access: Access, engine: Engine): Promise<RanTests> {
  const results = await runPolicyTests(access, tests, engine);
  const placed = <T extends { readonly path: string }>(each: T) => ({ ...each, line: source.lineOf(each.path) });
  return { file, results: results.map(placed), notes: tests.notes.map(placed) };
}
