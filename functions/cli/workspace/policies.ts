// Where the policy of a workspace comes from: the sample, a file of the user's, or a draft from data.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { setMembers } from '../../../lib/document/edit-members.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { draftFrom, SAMPLE_ROWS } from '../discovery/draft.ts';
import { type DraftFile, writeDraft } from '../discovery/files.ts';
import { printColumns } from '../discovery/report.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { editedText } from '../documents/edit-text.ts';
import { readPolicyFile, readPolicyWithMapping } from '../documents/policy.ts';
import { openFoundPolicy } from '../sealing/sealed-policy.ts';
import { made, type Part, type WritePolicy } from './create.ts';
import { isInitialised, type Workspace } from './workspace.ts';

const SAMPLE_POLICY = new URL('../../../lib/local/sample/policy.json', import.meta.url);
const SAMPLE_TESTS = new URL('../../../lib/local/sample/policy.tests.yaml', import.meta.url);

const POLICY = 'the policy: edit, then "policy seal"';
const TESTS = 'its tests, for "policy test"';
const MAPPING = 'functions under names of your own';

/** Writes the sample policy, under a data store of the user's where one is named. */
export function samplePolicy(dataStore: string | undefined): WritePolicy {
  return keeping(dataStore, async (ws) => {
    const text = withDataStore(ws.policy, toSchemas(await readFile(SAMPLE_POLICY, 'utf8')), dataStore);
    await mkdir(ws.dir, { recursive: true });
    const policy = await made(ws.policy, POLICY, (path) => writeFile(path, text));
    const tests = await made(ws.policyTests, TESTS, async (path) => {
      await writeFile(path, toSchemas(await readFile(SAMPLE_TESTS, 'utf8')));
    });
    return [policy, tests];
  });
}

/**
 * Copies a policy of the user's, with the mapping and the tests that lie beside it. Rejects with `PolicyError` before anything
 * is written, and with `CliError` where the workspace has another policy.
 */
export function policyOfFile(file: string, dataStore: string | undefined): WritePolicy {
  return async (ws) => {
    await readPolicyWithMapping(file);
    const text = withDataStore(file, await readFile(file, 'utf8'), dataStore);
    const existing = existingPolicy(ws);
    if (existing !== undefined && (await readFile(existing, 'utf8')) !== text) {
      const advice = 'edit the one that is there ("protector policy diff" compares), or choose another --dir';
      throw new CliError('CLI_USAGE', `${existing} exists, differs from ${file} and is not overwritten: ${advice}`);
    }
    await mkdir(ws.dir, { recursive: true });
    const target = existing ?? join(ws.dir, `policy${extname(file) || '.json'}`);
    const stem = basename(file, extname(file));
    return [
      await made(target, POLICY, (path) => writeFile(path, text)),
      ...(await copied(besideOf(file, 'mapping'), ws.mapping, MAPPING)),
      ...(await copied(besideOf(file, `${stem}.tests`), ws.policyTests.replace(/\.yaml$/, '.json'), TESTS)),
    ];
  };
}

/** Drafts a policy from a sample of files or of a query, and says what their columns hold. */
export function draftedPolicy(
  sources: readonly string[],
  dataStore: string | undefined,
  io: Io,
  quiet: boolean,
): WritePolicy {
  return keeping(dataStore, async (ws) => {
    const found = await draftFrom(sources, { rows: SAMPLE_ROWS, name: dataStore }, io);
    const { policy } = found.draft;
    if (!quiet) printColumns(io, found);
    if (policy === undefined) {
      throw new CliError(
        'CLI_BAD',
        'No column needs an element: there is no policy to draft, and no workspace is made',
      );
    }
    const files = await writeDraft(ws.dir, { ...found, policy });
    return files.map(({ file, path, isMade }) => ({ path, isMade, what: DRAFTED[file] }));
  });
}

const DRAFTED: Readonly<Record<DraftFile, string>> = {
  policy: 'the draft: read it, set its users',
  tests: TESTS,
  mapping: MAPPING,
  redshift: 'the functions, for Amazon Redshift',
  snowflake: 'the functions, for Snowflake',
  protect: 'protects your data, by "query -f"',
};

/** Keeps the policy that a workspace has: its file, or what is sealed where the file is lost. */
function keeping(dataStore: string | undefined, write: WritePolicy): WritePolicy {
  return async (ws) => {
    const existing = existingPolicy(ws);
    if (existing === undefined) return isInitialised(ws) ? [await unsealed(ws)] : write(ws);
    const policy = await readPolicyFile(existing);
    if (dataStore !== undefined && policy.dataStore !== dataStore) {
      const advice = 'edit the file before it is sealed, or choose another --dir: each data store has keys of its own';
      throw new CliError('CLI_USAGE', `${existing} exists and is for data store ${policy.dataStore}: ${advice}`);
    }
    return [{ path: existing, isMade: false, what: POLICY }];
  };
}

async function unsealed(ws: Workspace): Promise<Part> {
  const { content } = await openFoundPolicy(ws, insecureLocalKeyService(ws.localKey));
  const document = { $schema: './schemas/policy.schema.json', ...content.policy };
  return made(ws.policy, 'the policy, as it is sealed', (path) =>
    writeFile(path, `${JSON.stringify(document, null, 2)}\n`),
  );
}

function existingPolicy(ws: Workspace): string | undefined {
  const path = jsonOrYaml(ws.policy);
  return existsSync(path) ? path : undefined;
}

function withDataStore(file: string, text: string, dataStore: string | undefined): string {
  if (dataStore === undefined) return text;
  return editedText(file, { dataStore }, (format) => setMembers(text, format, [], 'name', { dataStore }));
}

/** The sample's reference to its schema, as a workspace has it. */
function toSchemas(text: string): string {
  return text.replace('../../../schemas/', './schemas/');
}

/** Returns the file of a name beside a policy, in JSON or YAML. */
function besideOf(file: string, name: string): string | undefined {
  const path = jsonOrYaml(join(dirname(file), `${name}.json`));
  return existsSync(path) ? path : undefined;
}

/** Copies a file to a place that may have it in either form. `to` ends in .json. */
async function copied(from: string | undefined, to: string, what: string): Promise<Part[]> {
  if (from === undefined) return [];
  const there = jsonOrYaml(to);
  const path = existsSync(there) ? there : to.replace(/\.json$/, extname(from));
  return [await made(path, what, async () => writeFile(path, await readFile(from)))];
}
