import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseMapping, parsePolicy } from '../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../lib/policy/schema.ts';
import { jsonOrYaml, located, readDocument } from './document-file.ts';
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
