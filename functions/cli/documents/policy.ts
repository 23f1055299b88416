// The policy file of a workspace, and the mapping file beside it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../../lib/policy/schema.ts';
import { jsonOrYaml, located, readDocument } from './document.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A policy and its mapping, checked, and where they were read. */
export interface WrittenPolicy {
  readonly policyFile: string;
  readonly policy: PolicyDocument;
  readonly mapping: MappingDocument;
}

/** Reads both files of a workspace. Rejects with `PolicyError`, or with `CliError` for a file that is missing, there twice, or neither JSON nor YAML. */
export async function readWorkspacePolicy(ws: Pick<Workspace, 'policy' | 'mapping'>): Promise<WrittenPolicy> {
  return readPolicyAndMapping(jsonOrYaml(ws.policy), ws.mapping);
}

/** Reads a policy file, and the mapping beside it. Rejects as `readWorkspacePolicy` does. */
export function readPolicyWithMapping(policyFile: string): Promise<WrittenPolicy> {
  return readPolicyAndMapping(policyFile, join(dirname(policyFile), 'mapping.json'));
}

async function readPolicyAndMapping(policyFile: string, mapping: string): Promise<WrittenPolicy> {
  const policy = await readPolicyFile(policyFile);
  const mappingFile = jsonOrYaml(mapping);
  if (!existsSync(mappingFile)) return { policyFile, policy, mapping: {} };
  const source = await readDocument(mappingFile);
  return { policyFile, policy, mapping: located(source, () => parseMapping(source.document ?? {}, policy)) };
}

/** Reads the policy of one file. Rejects as `readWorkspacePolicy` does. */
export async function readPolicyFile(path: string): Promise<PolicyDocument> {
  const source = await readDocument(path);
  return located(source, () => parsePolicy(source.document));
}
