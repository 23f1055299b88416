// The files of a release on this machine, as they will lie in the authoring bucket.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../lib/base/error-code.ts';
import { MAPPING_FILES, POLICY_FILES, TEST_FILES } from '../../../lib/contract/policy-agent.ts';
import type { ReleaseFiles } from '../../../lib/publication/gate.ts';
import { parseAuthored } from '../../../lib/publication/review.ts';
import { CliError } from '../core/exit.ts';

/**
 * Reads policy, mapping and tests of a folder, and checks that they can be parsed: nobody should sign what the agent
 * refuses. Rejects with `CliError` where there is no policy or more than one, and with `PolicyError`.
 */
export async function readReleaseFiles(folder: string): Promise<ReleaseFiles> {
  const policy = await onlyOf(folder, POLICY_FILES);
  if (policy === undefined) throw new CliError('CLI_USAGE', `${folder} has none of ${POLICY_FILES.join(', ')}`);
  const mapping = await onlyOf(folder, MAPPING_FILES);
  const tests = await onlyOf(folder, TEST_FILES);
  parseAuthored(policy, mapping);
  return { policy: policy.text, mapping: mapping?.text, tests: tests?.text };
}

/** The agent reads the first file that exists; people sign what they see, so there must be no second one. */
async function onlyOf(folder: string, names: readonly string[]): Promise<{ name: string; text: string } | undefined> {
  const found = await Promise.all(names.map(async (name) => ({ name, text: await textOf(join(folder, name)) })));
  const [file, another] = found.filter(({ text }) => text !== undefined);
  if (another === undefined) return file as { name: string; text: string } | undefined;
  throw new CliError('CLI_USAGE', `${folder} has ${file!.name} and ${another.name}: remove the one that is not meant`);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
