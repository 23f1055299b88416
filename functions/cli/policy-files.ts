import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../lib/base/error-code.ts';
import { parseMapping, parsePolicy } from '../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../lib/policy/schema.ts';
import { readSource, type Source, SourceError, sourceFormat } from '../../lib/document/source.ts';
import { CliError } from './failure.ts';
import type { Workspace } from './workspace.ts';

/** What a workspace says in its policy and mapping files, checked, and where it says it. */
export interface PolicyFiles {
  readonly policyFile: string;
  readonly policy: PolicyDocument;
  readonly mapping: MappingDocument;
}

/** Rejects with `PolicyError`, or with `CliError` for a file that is missing, there twice, or no JSON or YAML. */
export async function readPolicyFiles(ws: Pick<Workspace, 'policy' | 'mapping'>): Promise<PolicyFiles> {
  return readPolicyAndMapping(jsonOrYaml(ws.policy), ws.mapping);
}

/** The policy of a file, and the mapping beside it. Rejects as `readPolicyFiles` does. */
export function readPolicyWithMapping(policyFile: string): Promise<PolicyFiles> {
  return readPolicyAndMapping(policyFile, join(dirname(policyFile), 'mapping.json'));
}

async function readPolicyAndMapping(policyFile: string, mapping: string): Promise<PolicyFiles> {
  const policy = await readPolicyFile(policyFile);
  const mappingFile = jsonOrYaml(mapping);
  if (!existsSync(mappingFile)) return { policyFile, policy, mapping: {} };
  const source = await readDocument(mappingFile);
  return { policyFile, policy, mapping: located(source, () => parseMapping(source.document ?? {}, policy)) };
}

/** The policy of one file. Rejects as `readPolicyFiles` does. */
export async function readPolicyFile(path: string): Promise<PolicyDocument> {
  const source = await readDocument(path);
  return located(source, () => parsePolicy(source.document));
}

/** The file `x.json`, or `x.yaml` or `x.yml` in its place. Throws `CliError` where there are several of them. */
export function jsonOrYaml(json: string): string {
  const there = ['.json', '.yaml', '.yml'].map((ending) => json.replace(/\.json$/, ending)).filter(existsSync);
  if (there.length > 1) {
    throw new CliError('CLI_USAGE', `${there.join(' and ')} are both there: keep the one that counts`);
  }
  return there[0] ?? json;
}

async function readDocument(path: string): Promise<Source> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
  try {
    return readSource(text, sourceFormat(path));
  } catch (error) {
    if (error instanceof SourceError) throw new CliError('CLI_USAGE', `${path}: ${error.message}`);
    throw error;
  }
}

function located<T>(source: Source, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw source.locate(error);
  }
}
