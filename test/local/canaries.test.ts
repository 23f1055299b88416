// Plants clear values, keys and credentials in a workspace and searches what every command prints and writes: when it
// succeeds, when every file is damaged, when there is nothing to work with, and with the debug switch on.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { type Command, type Group, isGroup } from '../../functions/cli/core/command.ts';
import { workspace } from '../../functions/cli/workspace/workspace.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { Keyring } from '../../lib/policy/keyring.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { openKeyring } from '../../lib/policy/sealed-keyring.ts';
import { Canaries } from '../support/canaries.ts';
import { bufferedIo, type Outcome, prepare } from '../support/command.ts';

const NAME = 'Zoltanqua Markerin';
const SSN = '917-53-826401';
const SPLUNK_TOKEN = '7e3b1c90-5d2f-4a68-9b17-c4f0a1d2e3b4';
const JWT_SECRET = Buffer.from('a shared secret of 40 bytes, for signing').toString('base64');
const SQL = `select pty_protect_dename(name) n, pty_protect_dessn(ssn) s, pty_unprotect_dename(pty_protect_dename(name)) from '<csv>'`;

let root: string;
let copies = 0;
const canaries = new Canaries();
/** Tokens of the planted values: the result of a query, and in no message, record or log. */
const tokens: string[] = [];
let apiKey = '';

interface Scenario {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly code?: number;
  /** What the output may hold, since the command is asked for it. */
  readonly shows?: readonly string[];
}

const event = (body: object): string => JSON.stringify(body);
const redshift = event({
  user: 'test_user',
  external_function: 'public.pty_unprotect_dename',
  num_records: 1,
  arguments: [[NAME]],
});
const VALUES = ['clear name', 'clear SSN'];

/** A scenario for each command; `<made>` is the workspace. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  init: { args: ['init', '--dir', 'another'] },
  demo: { args: ['demo', '--rows', '50', '--dir', 'demo'] },
  discover: { args: ['discover', 'people.csv', '--out', 'drafted'] },
  query: { args: ['query', SQL, '--dir', 'made'], shows: [...VALUES, 'token'] },
  protect: {
    args: [
      'protect',
      'people.csv',
      '--column',
      'name=deName',
      'ssn=deSSN',
      '--out',
      'protected/',
      '--rejects',
      'bad.csv',
      '--dir',
      'made',
    ],
  },
  unprotect: {
    args: [
      'unprotect',
      'people.csv',
      '--user',
      'nobody',
      '--column',
      'name=deName',
      '--out',
      'clear.csv',
      '--dir',
      'made',
    ],
    code: 1,
  },
  reprotect: {
    args: [
      'reprotect',
      'people.csv',
      '--column',
      'name=deName:deCity',
      'ssn=deSSN:dePhone',
      '--out',
      'moved/',
      '--dir',
      'made',
    ],
  },
  'invoke redshift': { args: ['invoke', 'redshift', '--event', '-', '--dir', 'made'], stdin: redshift, shows: VALUES },
  'invoke snowflake': {
    args: ['invoke', 'snowflake', '--event', '-', '--dir', 'made'],
    stdin: event({ headers: {}, body: JSON.stringify({ data: [[0, NAME]] }) }),
    code: 1,
  },
  'invoke rest': {
    args: ['invoke', 'rest', '--event', '-', '--dir', 'made'],
    stdin: event({
      httpMethod: 'POST',
      path: '/v1/protect',
      headers: { authorization: `Bearer ${JWT_SECRET}` },
      body: JSON.stringify({ user: 'test_user', data_element: 'deName', data: [NAME, 7] }),
    }),
    code: 1,
  },
  'invoke tenants': {
    args: ['invoke', 'tenants', '--event', '-', '--dir', 'made'],
    stdin: event({
      httpMethod: 'POST',
      path: '/api/1/document/wrap',
      headers: { authorization: 'cmk <api key>' },
      body: '{',
    }),
    code: 1,
  },
  serve: { args: ['serve', '--port', '0', '--dir', 'made'] },
  console: { args: ['console', '--dir', 'made'] },
  methods: { args: ['methods'] },
  'policy check': { args: ['policy', 'check', '--dir', 'made'] },
  'policy lint': { args: ['policy', 'lint', '--dir', 'made'] },
  'policy test': { args: ['policy', 'test', '--keys', '--junit', 'junit.xml', '--coverage', '--dir', 'made'] },
  'policy diff': { args: ['policy', 'diff', '--dir', 'made'] },
  'policy explain': { args: ['policy', 'explain', '--user', 'test_user', '--element', 'deSSN', '--dir', 'made'] },
  'policy access': { args: ['policy', 'access', '--dir', 'made', '--json'] },
  'policy add-element': { args: ['policy', 'add-element', 'deNew', '--type', 'numeric', '--dir', 'made'] },
  'policy add-role': { args: ['policy', 'add-role', 'support', '--member', 'ann', '--dir', 'made'] },
  'policy grant': { args: ['policy', 'grant', 'analyst', 'deSSN', '--unprotect', '--dir', 'made'] },
  'policy revoke': { args: ['policy', 'revoke', 'analyst', 'deSSN', '--dir', 'made'] },
  'policy rotate': { args: ['policy', 'rotate', 'deSSN', '--dir', 'made'] },
  'policy seal': { args: ['policy', 'seal', '--dir', 'made'] },
  'policy rollback': { args: ['policy', 'rollback', '--dir', 'made'], code: 1 },
  'policy show': { args: ['policy', 'show', '--dir', 'made'] },
  'policy history': { args: ['policy', 'history', '--agent', 'nobody'], code: 2 },
  'policy sign': { args: ['policy', 'sign', 'made', '--key', 'no-key'], code: 1 },
  'policy approve': { args: ['policy', 'approve', 'made', '--key', 'no-key', '--agent', 'nobody'], code: 2 },
  completion: { args: ['completion', 'bash'] },
  schema: { args: ['schema'] },
  'keys list': { args: ['keys', 'list', '--dir', 'made'] },
  'keys rotate': { args: ['keys', 'rotate', '--dir', 'made'] },
  'keys compromise': { args: ['keys', 'compromise', '1', '--dir', 'made'] },
  'tenants init': { args: ['tenants', 'init', '--dir', 'made'], code: 2 },
  'tenants check': { args: ['tenants', 'check', '--dir', 'made'] },
  'tenants seal': { args: ['tenants', 'seal', '--dir', 'made'] },
  'tenants show': { args: ['tenants', 'show', '--dir', 'made', '--json'] },
  'tenants rotate': { args: ['tenants', 'rotate', 'acme', '--dir', 'made'] },
  'tenants archive': { args: ['tenants', 'archive', 'acme', '1', '--dir', 'made'], code: 1 },
  'tenants api-key': { args: ['tenants', 'api-key', 'second', '--dir', 'made'] },
  'files seal': { args: ['files', 'seal', 'made/policy.json', '--to', 's3://files', '--kms', 'alias/none'], code: 1 },
  'files start': { args: ['files', 'start', 'people', '--machine', 'arn:none'], code: 2 },
  'files status': { args: ['files', 'status', '--machine', 'arn:none'], code: 2 },
  'files stop': { args: ['files', 'stop', 'people-1', '--machine', 'arn:none'], code: 2 },
  'audit verify': { args: ['audit', 'verify', '--dir', 'made'] },
  'audit seal': { args: ['audit', 'seal', '--dir', 'made'] },
  'audit replay': { args: ['audit', 'replay', '--dir', 'made'] },
  'audit prove': { args: ['audit', 'prove', '0', '--dir', 'made'] },
  'audit keys list': { args: ['audit', 'keys', 'list', '--dir', 'made'] },
  'audit keys rotate': { args: ['audit', 'keys', 'rotate', 'records', '--dir', 'made'] },
  'audit keys add': {
    args: ['audit', 'keys', 'add', '--keys', 'list.json', '--record-key-id', 'id', '--origin', 'o', '--dir', 'made'],
  },
  'audit export': { args: ['audit', 'export', '--dir', 'made'] },
  'audit query': { args: ['audit', 'query', 'select * from audit', '--dir', 'made', '--json'] },
  'audit report': { args: ['audit', 'report', '--dir', 'made'] },
  'audit redrive': { args: ['audit', 'redrive', '--store', 'made/forwarder'], code: 2 },
  'witness keygen': { args: ['witness', 'keygen', '--name', 'witness.example.com/w', '--dir', 'witness'] },
  'witness serve': { args: ['witness', 'serve', '--dir', 'witness', '--keys', 'list.json', '--port', '0'], code: 2 },
  'ddl redshift': { args: ['ddl', 'redshift', '--dir', 'made'] },
  'ddl snowflake': { args: ['ddl', 'snowflake', '--dir', 'made'] },
  'events tail': { args: ['events', 'tail', '--dir', 'made'] },
  'events test': { args: ['events', 'test', 'globex', '--dir', 'made'], code: 1 },
  'events status': { args: ['events', 'status', '--dir', 'made'] },
  'events dead-letters': { args: ['events', 'dead-letters', '--dir', 'made'] },
  'events redrive': { args: ['events', 'redrive', '--dir', 'made'] },
};

/** Files whose purpose is to hold secrets, in clear, for their owner. */
const HOLDS: readonly (readonly [file: RegExp, why: string])[] = [
  [/^[^/]+\/keys\//, 'the local keys, which only their owner may read'],
  [/^[^/]+\/tenant-secrets\.json$/, 'the secrets of the tenants file, which only its owner may read'],
  [/^people\.csv$/, 'the input'],
  [/^protected\/people\.csv$/, 'the tokens that a job was asked for'],
];

async function namesOf(nodes: readonly (Command | Group)[], words: readonly string[] = []): Promise<string[]> {
  const found = nodes.map(async (node) => {
    const own = [...words, node.name];
    return isGroup(node) ? namesOf(await node.load(), own) : [own.join(' ')];
  });
  return (await Promise.all(found)).flat();
}

/** Runs a scenario in a directory; a server is told to stop at once. */
async function run(
  { args, stdin = '' }: Scenario,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const surroundings = { cwd, stdin: stdin.replaceAll('<api key>', apiKey), settings: env };
  const stopped = (): Promise<void> =>
    args.includes('serve') || args.includes('console') ? Promise.resolve() : new Promise(() => {});
  const { io, outcome } = bufferedIo(surroundings, { stopped });
  const words = args.map((word) => word.replaceAll('<csv>', join(cwd, 'people.csv')));
  return outcome(await runCommandLine(words, io));
}

/** Every file below a directory that is there to hold no secret. */
async function filesIn(cwd: string): Promise<(readonly [file: string, content: Buffer])[]> {
  const files = globSync('**', { cwd, withFileTypes: true }).filter((entry) => entry.isFile());
  return Promise.all(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !HOLDS.some(([pattern]) => pattern.test(path.slice(cwd.length + 1))))
      .map(async (path) => [path.slice(cwd.length + 1), await readFile(path)] as const),
  );
}

/** Digests of contents that were searched and hold no secret: most files of a copy are those of the original. */
const clean = new Set<string>();

/** What a command has left of the secrets, besides what it may show: `stdout: clear name`. */
async function leaksOf({ stdout, stderr }: Outcome, cwd: string, shows: readonly string[]): Promise<string[]> {
  const found = [
    ...canaries
      .in(stdout)
      .filter((name) => !shows.includes(name))
      .map((name) => `stdout: ${name}`),
    ...canaries.in(stderr).map((name) => `stderr: ${name}`),
  ];
  for (const [file, content] of await filesIn(cwd)) {
    const digest = createHash('sha256').update(content).digest('hex');
    if (clean.has(digest)) continue;
    const names = canaries.in(content);
    if (names.length === 0) clean.add(digest);
    found.push(...names.map((name) => `${file}: ${name}`));
  }
  return found;
}

/** Plants what JSON files hold as keys: each base64 text of 32 bytes or more. */
async function plantKeysOf(file: string): Promise<void> {
  for (const [, text] of (await readFile(file, 'utf8')).matchAll(/"([A-Za-z0-9+/=_-]{40,})"/g)) {
    canaries.plant(`key of ${file.slice(root.length + 1)}`, text!);
    canaries.plant(`key of ${file.slice(root.length + 1)}`, Buffer.from(text!, 'base64'));
  }
}

/** The workspace that every scenario gets a copy of: with records, a sealed log, an event and a sink with credentials. */
async function makeWorkspace(): Promise<void> {
  const cwd = join(root, 'original');
  const ws = workspace(join(cwd, 'made'));
  await mkdir(cwd);
  await writeFile(join(cwd, 'people.csv'), `name,ssn\n${NAME},${SSN}\n`);
  await prepare(['init', '--dir', 'made'], { cwd });
  const secrets = JSON.parse(await readFile(ws.tenantSecrets, 'utf8')) as Record<string, string>;
  const tenants = JSON.parse(await readFile(ws.tenants, 'utf8')) as { tenants: { id: string; sinks: object[] }[] };
  const splunk = { name: 'siem', kind: 'splunk', url: 'http://127.0.0.1:9', token: { secretRef: 'splunk' } };
  tenants.tenants.find(({ id }) => id === 'globex')!.sinks = [splunk];
  await writeFile(ws.tenants, JSON.stringify(tenants));
  await writeFile(ws.tenantSecrets, JSON.stringify({ ...secrets, splunk: SPLUNK_TOKEN }));
  apiKey = secrets['app-key']!;
  await prepare(['tenants', 'seal', '--dir', 'made'], { cwd });
  const { stdout: csv } = await run({ args: ['query', SQL, '--csv', '--dir', 'made'] }, cwd);
  tokens.push(...csv.split('\n')[1]!.split(',').slice(0, 2));
  await prepare(['audit', 'seal', '--dir', 'made'], { cwd });
  const wrap = { tenantId: 'acme', iclFields: { requestingId: 'ann', dataLabel: 'PII' }, customFields: {} };
  const stdin = event({
    httpMethod: 'POST',
    path: '/api/1/document/wrap',
    headers: { authorization: `cmk ${apiKey}` },
    body: JSON.stringify(wrap),
  });
  const answer = await prepare(['invoke', 'tenants', '--event', '-', '--dir', 'made'], { cwd, stdin });
  const { dek } = JSON.parse((JSON.parse(answer) as { body: string }).body) as { dek: string };

  canaries.plant('clear name', NAME);
  // Errors of JSON.parse quote ten characters.
  canaries.plant('clear name', NAME.slice(0, 9));
  canaries.plant('clear SSN', SSN);
  for (const token of tokens) canaries.plant('token', token);
  canaries.plant('API key', apiKey);
  canaries.plant('sink credential', SPLUNK_TOKEN);
  canaries.plant('JWT secret', Buffer.from(JWT_SECRET, 'base64'));
  canaries.plant('document key', Buffer.from(dek, 'base64'));
  const keys = insecureLocalKeyService(ws.localKey);
  const { content } = await openKeyring(keys, JSON.parse(await readFile(ws.sealedKeyring, 'utf8')));
  for (const { key } of content.rootKeys) canaries.plant('root key', Buffer.from(key, 'base64'));
  using keyring = new Keyring(content);
  for (const { id } of parsePolicy(JSON.parse(await readFile(ws.policy, 'utf8'))).elements) {
    for (const purpose of ['ff1', 'perm', 'gcm', 'siv', 'hmac'] as const) {
      canaries.plant('element key', keyring.elementKey(id, purpose).expose());
    }
  }
  for (const file of globSync('made/keys/**/*.json', { cwd })) await plantKeysOf(join(cwd, file));
}

async function copyOf(from: string): Promise<string> {
  const cwd = join(root, `copy-${++copies}`);
  await cp(join(root, from), cwd, { recursive: true });
  return cwd;
}

/** Cuts the end off files of a workspace: what reads one fails behind its secrets. */
async function damage(cwd: string, files: readonly string[]): Promise<void> {
  const entries = globSync([...files], { cwd, withFileTypes: true }).filter((entry) => entry.isFile());
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = await readFile(path);
      await writeFile(path, content.subarray(0, -3));
    }),
  );
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'canaries-'));
  await makeWorkspace();
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('the planted secrets are many, and the search finds them where they are', async () => {
  expect(canaries.names.length).toBeGreaterThanOrEqual(12);
  const own = join(root, 'original/made');
  expect(canaries.in(await readFile(join(own, 'tenant-secrets.json')))).toEqual(['API key', 'sink credential']);
  const held = readdirSync(join(own, 'keys')).filter((name) => name.endsWith('.json'));
  expect(held.length).toBeGreaterThanOrEqual(3);
  for (const name of held)
    expect(canaries.in(await readFile(join(own, 'keys', name)))).toEqual([`key of original/made/keys/${name}`]);
  expect(canaries.in(await readFile(join(root, 'original/people.csv')))).toEqual(['clear SSN', 'clear name']);
});

test('a workspace as it was made holds no secret beyond the files that are for secrets', async () => {
  expect(await leaksOf({ code: 0, stdout: '', stderr: '' }, join(root, 'original'), [])).toEqual([]);
});

describe('every command', () => {
  test('has a scenario', async () => {
    const names = await namesOf(COMMANDS);
    expect(names.length).toBeGreaterThan(40);
    expect(Object.keys(SCENARIOS).toSorted()).toEqual(names.toSorted());
  });

  const scenarios = Object.entries(SCENARIOS);

  test.each(scenarios)('%s shows and writes no secret that it is not asked for', async (_, scenario) => {
    const { code = 0, shows = [] } = scenario;
    const cwd = await copyOf('original');
    const outcome = await run(scenario, cwd);
    expect([outcome.code, await leaksOf(outcome, cwd, shows)]).toEqual([code, []]);
  });

  test.each(scenarios)('%s shows no secret when files are damaged and the debug switch is on', async (_, scenario) => {
    for (const files of [['made/**'], ['made/keys/**', 'made/tenant-secrets.json']]) {
      // oxlint-disable no-await-in-loop -- one run after the other
      const cwd = await copyOf('original');
      await damage(cwd, files);
      const outcome = await run(scenario, cwd, { PROTECTOR_DEBUG: '1' });
      expect(await leaksOf(outcome, cwd, scenario.shows ?? [])).toEqual([]);
      // oxlint-enable no-await-in-loop
    }
  });

  test.each(scenarios)('%s shows no secret where there is no workspace', async (_, scenario) => {
    const cwd = join(root, `empty-${++copies}`);
    await mkdir(cwd);
    const outcome = await run(scenario, cwd, { PROTECTOR_DEBUG: '1' });
    expect(await leaksOf(outcome, cwd, [])).toEqual([]);
    expect(existsSync(cwd)).toBe(true);
  });
});
