// The policy file of a workspace, and the mapping file beside it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSource, sourceFormat } from '../../../lib/document/source.ts';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../../lib/policy/schema.ts';
import { CliError } from '../core/exit.ts';
import { jsonOrYaml, located, readDocument } from './document.ts';
import { dirOption, isInitialised, noWorkspace, type Workspace } from '../workspace/workspace.ts';

/** A policy and its mapping, checked, and where they were read. */
export interface WrittenPolicy {
  readonly policyFile: string;
  readonly policy: PolicyDocument;
  readonly mapping: MappingDocument;
}

/** Reads both files of a workspace. Rejects with `PolicyError`, or with `CliError` for a file that is missing, there twice, or neither JSON nor YAML. */
export async function readWorkspacePolicy(ws: Workspace): Promise<WrittenPolicy> {
  return readPolicyAndMapping(policyFileOf(ws), ws.mapping);
}

/** Returns the policy file of a workspace. Throws `CliError` where there is none. */
export function policyFileOf(ws: Workspace): string {
  const file = jsonOrYaml(ws.policy);
  if (existsSync(file)) return file;
  if (!isInitialised(ws)) throw noWorkspace(ws);
  const advice = `"protector init${dirOption(ws)}" writes again what is sealed`;
  throw new CliError('CLI_USAGE', `There is no policy file in ${ws.dir}: ${advice}`);
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

/** A policy as its file has it: without what the schema adds. */
export function rawPolicy(
  file: string,
  text: string,
): { readonly elements: readonly Readonly<Record<string, unknown>>[] } {
  return readSource(text, sourceFormat(file)).document as ReturnType<typeof rawPolicy>;
}
