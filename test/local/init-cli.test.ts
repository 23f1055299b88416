// protector init: a policy of one's own, a draft from data, and what is there already.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Outcome, prepare, runProtector } from '../support/command.ts';

const POLICY = `# Ours.
name: CRM
dataStore: crm # the systems
elements:
  - id: 0f1973c1-5875-4f2e-8d4c-c2acea64432f
    name: deSSN
    method: tokenization
    type: numeric
    shortData: error
    otherCharacters: refuse
roles:
  - name: loader
    members: [etl]
    grants:
      - { element: deSSN, permissions: [protect, unprotect] }
`;
const CSV = `id,full_name,email,ssn
1,Ada Lovelace,ada@mail.example,944-07-4214
2,Grace Hopper,grace@mail.example,951-08-9204
3,Zoë Müller,zoe@post.example,917-53-8264
`;

let root: string;
let count = 0;

/** A folder of a test's own, with these files. */
async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = join(root, String(++count));
  await mkdir(cwd);
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  return cwd;
}

const protector = (cwd: string, ...args: readonly string[]): Promise<Outcome> =>
  runProtector([...args, '--dir', join(cwd, 'ws')], { cwd });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-init-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('with a policy of the user', () => {
  test('it is sealed and answers queries, with its comments, its mapping and its tests', async () => {
    const cwd = await folder({
      'mine.yaml': POLICY,
      'mapping.json': '{"hr.hide": {"Operation": "protect", "Element": "deSSN"}}',
      'mine.tests.yaml': 'tests: ["etl protects deSSN: allowed"]\n',
    });
    const { code, stderr } = await protector(cwd, 'init', '--policy', 'mine.yaml');
    expect([code, stderr]).toEqual([0, expect.stringContaining('next: protector query')]);
    expect(await readFile(join(cwd, 'ws', 'policy.yaml'), 'utf8')).toBe(POLICY);
    expect(existsSync(join(cwd, 'ws', 'tenants.json'))).toBe(false);
    const query = await protector(cwd, 'query', "select hide('944-07-4214') as t", '--user', 'etl', '--json');
    expect([query.code, query.stdout]).toEqual([0, expect.stringMatching(/^\[\{"t":"\d{3}-\d\d-\d{4}"\}\]\n$/)]);
    expect((await protector(cwd, 'policy', 'test')).code).toBe(0);
  });

  test('a second time is fine; another file is not taken in place of the one that is there', async () => {
    const cwd = await folder({ 'mine.yaml': POLICY });
    await protector(cwd, 'init', '--policy', 'mine.yaml');
    const again = await protector(cwd, 'init', '--policy', 'mine.yaml', '--json');
    expect([again.code, JSON.parse(again.stdout)]).toEqual([
      0,
      { dir: join(cwd, 'ws'), made: [], kept: expect.any(Array) },
    ]);
    await writeFile(join(cwd, 'mine.yaml'), POLICY.replace('crm', 'other'));
    const { code, stderr } = await protector(cwd, 'init', '--policy', 'mine.yaml');
    expect([code, stderr]).toEqual([2, expect.stringContaining('differs from')]);
  });

  test('that has problems is refused with their lines, and nothing is made', async () => {
    const cwd = await folder({ 'mine.yaml': POLICY.replace('numeric', 'numerik') });
    const { code, stderr } = await protector(cwd, 'init', '--policy', 'mine.yaml');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/line 8, .*did you mean numeric\?/)]);
    expect(existsSync(join(cwd, 'ws'))).toBe(false);
  });

  test('that lies in the workspace already gets keys', async () => {
    const cwd = await folder();
    await mkdir(join(cwd, 'ws'));
    await writeFile(join(cwd, 'ws', 'policy.yaml'), POLICY);
    for (const args of [
      ['policy', 'seal'],
      ['query', 'select 1'],
    ]) {
      const { code, stderr } = await protector(cwd, ...args);
      expect([args, code, stderr]).toEqual([
        args,
        2,
        expect.stringMatching(/has no keys and is not sealed: run "protector init --dir/),
      ]);
    }
    const { code, stdout } = await protector(cwd, 'init');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/policy\.yaml +is there, and kept/)]);
    expect((await protector(cwd, 'query', "select pty_protect_dessn('944-07-4214')", '--user', 'etl')).code).toBe(0);
  });
});

const dataStoreOf = async (cwd: string, file: string): Promise<string | undefined> =>
  /dataStore"?: "?(\w+)/.exec(await readFile(join(cwd, 'ws', file), 'utf8'))?.[1];

describe('--data-store', () => {
  test('is that of the sample, of a file, and of a draft', async () => {
    const sample = await folder();
    expect((await protector(sample, 'init', '--data-store', 'lake')).code).toBe(0);
    expect(await dataStoreOf(sample, 'policy.json')).toBe('lake');
    expect((await protector(sample, 'policy', 'test')).code).toBe(0);
    const own = await folder({ 'mine.yaml': POLICY });
    expect((await protector(own, 'init', '--policy', 'mine.yaml', '--data-store', 'lake')).code).toBe(0);
    expect(await readFile(join(own, 'ws', 'policy.yaml'), 'utf8')).toBe(POLICY.replace('crm #', '"lake" #'));
    const draft = await folder({ 'people.csv': CSV });
    expect((await protector(draft, 'init', '--from', 'people.csv', '--data-store', 'lake')).code).toBe(0);
    expect(await dataStoreOf(draft, 'policy.yaml')).toBe('lake');
  });

  test('of a workspace that has another one is refused with what to do', async () => {
    const cwd = await folder();
    await protector(cwd, 'init');
    const { code, stderr } = await protector(cwd, 'init', '--data-store', 'lake');
    expect([code, stderr]).toEqual([2, expect.stringContaining('choose another --dir')]);
    const file = join(cwd, 'ws', 'policy.json');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace('"dataStore": "SAMPLE_POLICY"', '"dataStore": "lake"'),
    );
    const seal = await protector(cwd, 'policy', 'seal');
    expect([seal.code, seal.stderr]).toEqual([1, expect.stringContaining('give this policy a workspace')]);
  });
});

describe('--from', () => {
  test('drafts the policy, seals it, and writes the query that protects the data', async () => {
    const cwd = await folder({ 'people.csv': CSV });
    const { code, stdout, stderr } = await protector(cwd, 'init', '--from', 'people.csv');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/ssn +US social security numbers/)]);
    expect(stderr).toMatch(/next: protector query -f .*protect\.sql --user etl/);
    const protect = join(cwd, 'ws', 'protect.sql');
    const query = await protector(cwd, 'query', '-f', protect, '--user', 'etl', '--csv');
    expect(query.code).toBe(0);
    expect(query.stdout).not.toMatch(/Ada|944-07-4214|grace@/);
    expect((await protector(cwd, 'policy', 'test')).code).toBe(0);
  });

  test('a second time keeps the policy, and says so', async () => {
    const cwd = await folder({ 'people.csv': CSV });
    await protector(cwd, 'init', '--from', 'people.csv');
    const before = await readFile(join(cwd, 'ws', 'policy.yaml'), 'utf8');
    const { code, stdout } = await protector(cwd, 'init', '--from', 'people.csv');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/policy\.yaml +is there, and kept/)]);
    expect(await readFile(join(cwd, 'ws', 'policy.yaml'), 'utf8')).toBe(before);
  });

  test('without a column that needs an element makes nothing', async () => {
    const cwd = await folder({ 'numbers.csv': 'n,m\n1,2\n3,4\n5,6\n' });
    const { code, stderr } = await protector(cwd, 'init', '--from', 'numbers.csv');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no policy to draft')]);
    expect(existsSync(join(cwd, 'ws'))).toBe(false);
  });

  test('a draft of discover --out is taken, and is not overwritten by either', async () => {
    const cwd = await folder({ 'people.csv': CSV });
    await prepare(['discover', 'people.csv', '--out', 'ws'], { cwd });
    const { code, stdout } = await protector(cwd, 'init', '--from', 'people.csv');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/policy\.yaml +is there, and kept/)]);
    const again = await runProtector(['discover', 'people.csv', '--out', 'ws'], { cwd });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is not overwritten')]);
  });

  test('and --policy do not go together', async () => {
    const cwd = await folder({ 'people.csv': CSV, 'mine.yaml': POLICY });
    const { code, stderr } = await protector(cwd, 'init', '--from', 'people.csv', '--policy', 'mine.yaml');
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be used with')]);
  });
});

describe('in a workspace that is there', () => {
  test('after the demo nothing is missing: exit code 0', async () => {
    const cwd = await folder();
    await prepare(['demo', '--rows', '20', '--dir', join(cwd, 'ws')], { cwd });
    const { code, stdout } = await protector(cwd, 'init', '--json');
    expect([code, (JSON.parse(stdout) as { made: string[] }).made]).toEqual([0, []]);
  });

  test('a lost policy file comes back as it is sealed', async () => {
    const cwd = await folder({ 'mine.yaml': POLICY });
    await protector(cwd, 'init', '--policy', 'mine.yaml');
    await rm(join(cwd, 'ws', 'policy.yaml'));
    const gone = await protector(cwd, 'policy', 'check');
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('writes again what is sealed')]);
    expect((await protector(cwd, 'init')).code).toBe(0);
    expect((await protector(cwd, 'policy', 'diff')).stdout).toContain('no change');
  });

  test.each(['policy.json', 'keys/audit-signing.json', 'keys/insecure-local-kms.json', 'tenants.json'])(
    '%s alone is kept, and the rest is made',
    async (kept) => {
      const cwd = await folder();
      await protector(cwd, 'init');
      const whole = join(cwd, 'whole');
      await cp(join(cwd, 'ws'), whole, { recursive: true });
      await rm(join(cwd, 'ws'), { recursive: true });
      await mkdir(join(cwd, 'ws', 'keys'), { recursive: true });
      await cp(join(whole, kept), join(cwd, 'ws', kept));
      const before = await readFile(join(cwd, 'ws', kept), 'utf8');
      expect((await protector(cwd, 'init')).code).toBe(0);
      expect(await readFile(join(cwd, 'ws', kept), 'utf8')).toBe(before);
      expect((await protector(cwd, 'query', "select pty_protect_decity('Paris')")).code).toBe(0);
    },
  );

  test.each(['policy.sealed.json', 'keyring.sealed.json', 'tenants.sealed.json'])(
    '%s without its key is left alone: a new key would not open it',
    async (kept) => {
      const cwd = await folder();
      await protector(cwd, 'init');
      await rm(join(cwd, 'ws', 'keys'), { recursive: true });
      for (const other of ['policy.sealed.json', 'keyring.sealed.json', 'tenants.sealed.json']) {
        if (other !== kept) await rm(join(cwd, 'ws', other));
      }
      const before = await readFile(join(cwd, 'ws', kept), 'utf8');
      const { code, stderr } = await protector(cwd, 'init');
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${kept} was made with it`)]);
      expect(await readFile(join(cwd, 'ws', kept), 'utf8')).toBe(before);
      expect(existsSync(join(cwd, 'ws', 'keys'))).toBe(false);
    },
  );
});
