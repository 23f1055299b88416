// Commands in the process of the test, over real files and a real DuckDB.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RELEASE } from '../../lib/contract/release.ts';
import { type Outcome, prepare as run, runProtector } from '../support/command.ts';

let root: string;
/** Made once by `protector init`, never written to. */
let fresh: string;
/** A copy of it for the test that runs. */
let dir: string;
let copies = 0;

const protector = (args: readonly string[], stdin = ''): Promise<Outcome> => runProtector(args, { cwd: root, stdin });

const query = (sql: string, ...options: readonly string[]) => protector(['query', sql, '--dir', dir, ...options]);
const invoke = (event: unknown, stdin?: string) =>
  protector(['invoke', 'redshift', '--dir', dir, '--event', String(event)], stdin);
const verify = (...options: readonly string[]) => protector(['audit', 'verify', '--dir', dir, ...options]);

const ESCAPE = String.fromCodePoint(0x1b);

/** How a command refused: its exit code, and what it said on standard error without a stack trace or colour. */
function refusal({ code, stderr }: Outcome): { code: number | null; message: string } {
  if (/\n\s+at /.test(stderr) || stderr.includes(ESCAPE)) throw new Error(`A stack trace or a colour: ${stderr}`);
  return { code, message: stderr };
}

/** Runs a command that a test builds on. */
const prepare = (...args: readonly string[]): Promise<string> => run(args, { cwd: root });

/** A Redshift event as JSON. */
const event = (change: object = {}): string =>
  JSON.stringify({
    user: 'test_user',
    query_id: 7,
    external_function: 'public.pty_protect_dessn',
    num_records: 2,
    arguments: [['900-12-3456'], null],
    ...change,
  });

const writeTrail = (text: string) => writeFile(join(dir, 'audit', 'audit.jsonl'), text);
const joined = (kept: readonly (string | undefined)[]) => `${kept.join('\n')}\n`;

const policyCommand = (command: string) => protector(['policy', command, '--dir', dir]);

async function editPolicy(change: (policy: { elements: Record<string, unknown>[] }) => void): Promise<void> {
  const path = join(dir, 'policy.json');
  const policy = JSON.parse(await readFile(path, 'utf8')) as { elements: Record<string, unknown>[] };
  change(policy);
  await writeFile(path, JSON.stringify(policy));
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-cli-'));
  fresh = join(root, 'fresh');
  await prepare('init', '--dir', fresh);
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(fresh, dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('protector init', () => {
  test('writes policy and tenants, what is sealed of them, and keys and secrets that only their owner may read', async () => {
    const made = join(root, 'made');
    const { code, stdout } = await protector(['init', '--dir', made]);
    expect(code).toBe(0);
    expect(stdout).not.toContain(ESCAPE);
    const files = (await readdir(made, { recursive: true })).toSorted();
    expect(files).toEqual([
      'keyring.sealed.json',
      'keys',
      join('keys', 'audit-signing.json'),
      join('keys', 'insecure-local-kms.json'),
      join('keys', 'tenants'),
      join('keys', 'tenants', 'acme.json'),
      join('keys', 'tenants', 'globex.json'),
      'policy.json',
      'policy.sealed.json',
      'policy.tests.yaml',
      'schemas',
      join('schemas', 'mapping.schema.json'),
      join('schemas', 'policy-tests.schema.json'),
      join('schemas', 'policy.schema.json'),
      join('schemas', 'tenants.schema.json'),
      'tenant-secrets.json',
      'tenants.json',
      'tenants.sealed.json',
    ]);
    const signing: unknown = JSON.parse(await readFile(join(made, 'keys', 'audit-signing.json'), 'utf8'));
    expect(signing).toEqual({ key_id: expect.stringMatching(/^[0-9a-f-]{36}$/), key: expect.any(String) });
    for (const name of [
      'keys/audit-signing.json',
      'keys/insecure-local-kms.json',
      'keys/tenants/acme.json',
      'keyring.sealed.json',
      'policy.sealed.json',
      'tenant-secrets.json',
      'tenants.sealed.json',
    ]) {
      expect((await stat(join(made, name))).mode & 0o077).toBe(0);
    }
    expect(JSON.parse(await readFile(join(made, 'policy.json'), 'utf8'))).toMatchObject({ name: 'SAMPLE_POLICY' });
    expect(JSON.parse(await readFile(join(made, 'policy.sealed.json'), 'utf8'))).toMatchObject({ version: 1 });
  });
});

describe('protector demo', () => {
  test('without --json shows a table, values before and after, and the verdict, without colour', async () => {
    const { code, stdout, stderr } = await protector(['demo', '--rows', '50', '--dir', dir]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/mismatches/);
    expect(stdout).toContain('Before and after');
    expect(stdout).toMatch(/✓ intact: \d+ records in 1 chain/);
    expect(stdout + stderr).not.toContain(ESCAPE);
  });

  test.each(['0', '1.5', ''])('refuses %j rows', async (rows) => {
    expect(refusal(await protector(['demo', `--rows=${rows}`, '--dir', dir]))).toEqual({
      code: 2,
      message: expect.stringContaining('whole number'),
    });
  });
});

describe('protector query', () => {
  const NAMES = [
    'José Ángel Núñez',
    'Jose\u0301 A\u0301ngel Nu\u0301n\u0303ez', // the same, decomposed
    "Siobhán O'Brien",
    'Siobhán O’Brien-Smythe',
    'Łukasz Żółć',
    'Þórður Æsir',
    'Nguyễn Thị Ánh',
    'Γιώργος Παπαδόπουλος',
    'Ελένη Σταύρου',
    'Фёдор Михайлович Достоевский',
    'Їжак Ґанок',
    'محمد بن عبد الله',
    'فاطمة الزهراء',
    'שָׁרוֹן לֵוִי',
    'राजेश कुमार',
    'สมชาย ใจดี',
    '山田 太郎',
    'さくら ももこ',
    '髙田 一郎',
    '欧阳娜娜',
    '김영희',
    'გიორგი',
    'Արամ',
    'Anne-Marie',
    'X Æ A-Xii',
    'O',
  ];

  test('protects and unprotects real names of many scripts in a CSV file', async () => {
    const file = join(root, 'people.csv');
    const csv = NAMES.map((name, i) => `${i},"${name.replaceAll('"', '""')}"`).join('\n');
    await writeFile(file, `id,name\n${csv}\n${NAMES.length},\n${NAMES.length + 1},""\n`);
    const table = `create table t as select id, name, pty_protect_dename(name) as token
      from read_csv('${file}', header = true, all_varchar = true, allow_quoted_nulls = false)`;
    const select = 'select name, token, pty_unprotect_dename(token) as back from t order by id::int';
    const { code, stdout } = await query(`${table}; ${select}`, '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { name: string | null; token: string | null; back: string | null }[];
    expect(rows.map(({ name }) => name)).toEqual([...NAMES, null, '']);
    expect(rows.map(({ back }) => back)).toEqual([...NAMES.map((name) => name.normalize('NFC')), null, '']);
    for (const { name, token } of rows.slice(0, NAMES.length - 1)) {
      expect(token).not.toBe(name);
      expect(token?.match(/[ '’-]/g)).toEqual(name?.match(/[ '’-]/g));
      expect(Array.from(token ?? '')).toHaveLength(Array.from(name?.normalize('NFC') ?? '').length);
    }
    expect(rows.slice(-2).map(({ token }) => token)).toEqual([null, '']);
    expect(await verify()).toMatchObject({ code: 0 });
    const trail = await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8');
    for (const { name, token } of rows.slice(0, NAMES.length - 1)) {
      expect(trail).not.toContain(name);
      expect(trail).not.toContain(token);
    }
  });

  test('--csv tells NULL from an empty text, and quotes what needs it', async () => {
    const sql = `select * from (values (1, 'a,"b"', true), (2, null, null), (3, '', false)) t(n, "the text", b)`;
    expect(await query(sql, '--csv')).toMatchObject({
      code: 0,
      stdout: 'n,the text,b\n1,"a,""b""",true\n2,,\n3,"",false\n',
    });
  });

  test('--json keeps every column although names are repeated', async () => {
    const { stdout } = await query('select 1 as a, 2 as a, 3 as a_1, null as a', '--json');
    expect(JSON.parse(stdout)).toEqual([{ a: 1, a_1: 2, a_1_1: 3, a_2: null }]);
  });

  test('numbers keep their digits as text', async () => {
    const { stdout } = await query(
      "select 9007199254740993::bigint as n, pty_unprotect_dessn(pty_protect_dessn('007-12-3456')) as ssn",
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual([{ n: '9007199254740993', ssn: '007-12-3456' }]);
  });

  test('prints a table by default, with the number of rows on standard error, without colour', async () => {
    const { code, stdout, stderr } = await query("select 'x' as col, null as nothing");
    expect(code).toBe(0);
    expect(stdout).toMatch(/col\s+nothing[^]*x\s+NULL/);
    expect(stderr).toMatch(/\b1 row\b/);
    expect(stdout + stderr).not.toContain(ESCAPE);
  });

  test('shows each user what the policy allows', async () => {
    const made = await query(
      "select pty_protect_decity('München') as city, pty_protect_dessn('900-12-3456') as ssn",
      '--json',
    );
    const [tokens] = JSON.parse(made.stdout) as { city: string; ssn: string }[];
    const read = `select pty_unprotect_decity('${tokens?.city}') as city, pty_unprotect_dessn('${tokens?.ssn}') as ssn`;
    const [asked, analyst, auditor] = await Promise.all(
      ['test_user', 'analyst', 'auditor'].map((user) => query(read, '--json', '--user', user)),
    );
    expect(JSON.parse(asked!.stdout)).toEqual([{ city: 'München', ssn: '900-12-3456' }]);
    expect(JSON.parse(analyst!.stdout)).toEqual([{ city: 'München', ssn: null }]);
    expect(JSON.parse(auditor!.stdout)).toEqual([tokens]);
    expect([asked!.code, analyst!.code, auditor!.code]).toEqual([0, 0, 0]);
    expect(refusal(await query(read, '--user', 'nobody'))).toEqual({
      code: 1,
      message: expect.stringContaining('The username could not be found'),
    });
    expect(refusal(await query("select pty_protect_dename('Anna')", '--user', 'analyst'))).toEqual({
      code: 1,
      message: expect.stringContaining('User not authorized'),
    });
    expect(await verify()).toMatchObject({ code: 0 });
  });

  test('reprotects from one element to another', async () => {
    const sql =
      "select pty_reprotect_dessn__to__dephone(pty_protect_dessn('900-12-3456')) = pty_protect_dephone('900-12-3456') as same";
    expect((await query(sql, '--json')).stdout).toBe('[{"same":true}]\n');
  });

  test.each([
    ['a syntax error', 'selec 1', /syntax error/i],
    ['a function that is not there', "select pty_protect_denothing('x')", /pty_protect_denothing/],
    ['a file that is not there', "select * from 'absent.csv'", /absent\.csv/],
    [
      'a value that is too short',
      "select pty_protect_dessn('12')",
      /deSSN: value 1 of 1 is too short \(at least 6 digits\)/,
    ],
  ])('of %s is exit code 1, with the reason and no stack trace', async (_, sql, reason) => {
    const outcome = await query(sql);
    expect(refusal(outcome)).toEqual({ code: 1, message: expect.stringMatching(reason) });
    expect(outcome.stdout).toBe('');
  });

  test('without a workspace says how to make one', async () => {
    const absent = join(root, 'absent');
    expect(refusal(await protector(['query', 'select 1', '--dir', absent]))).toEqual({
      code: 2,
      message: expect.stringContaining(`protector init --dir ${absent}`),
    });
  });

  test('--csv and --json do not go together', async () => {
    expect(refusal(await query('select 1', '--csv', '--json'))).toEqual({
      code: 2,
      message: expect.stringMatching(/cannot be used with/),
    });
  });
});

describe('protector invoke redshift', () => {
  test('answers an event from a file or from standard input, on standard output', async () => {
    const file = join(dir, 'event.json');
    await writeFile(file, event());
    const fromFile = await invoke(file);
    expect(fromFile).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(fromFile.stdout)).toEqual({
      success: true,
      num_records: 2,
      results: [expect.stringMatching(/^\d{3}-\d\d-\d{4}$/), null],
    });
    expect(await invoke('-', event())).toEqual(fromFile);
  });

  test.each([
    ['an unknown user', event({ user: 'nobody' }), 'The username could not be found in the policy in shared memory.'],
    ['null', 'null', 'The content of the input data is not valid. external_function is missing'],
    [
      'a short value',
      event({ arguments: [['12'], null] }),
      'deSSN: value 1 of 2 is too short (at least 6 digits); no other value of this batch is bad. Find every such value before the load: pty_check_deSSN(value) is NULL for a good value, else the reason',
    ],
  ])('%s is exit code 1, with the refusal on standard output', async (_, text, error_msg) => {
    const outcome = await invoke('-', text);
    expect(JSON.parse(outcome.stdout)).toEqual({ success: false, error_msg });
    expect(refusal(outcome)).toEqual({ code: 1, message: expect.stringContaining('The request was refused') });
  });

  test('an event that is no JSON is exit code 2 and is not quoted', async () => {
    const outcome = await invoke('-', '{"arguments": [["CANARY"');
    expect(refusal(outcome)).toEqual({ code: 2, message: expect.stringContaining('The event is not JSON') });
    expect(outcome.stdout + outcome.stderr).not.toContain('CANARY');
  });

  test('a file that is not there is exit code 2', async () => {
    expect(refusal(await invoke(join(dir, 'absent.json')))).toEqual({
      code: 2,
      message: expect.stringMatching(/ENOENT/),
    });
  });

  test.each([
    [
      'tampered',
      (text: string) => text.replace('"SAMPLE_POLICY"', '"OTHER_POLICY"'),
      'Failed to load data encryption key',
    ],
    ['cut', (text: string) => text.slice(0, 100), 'The policy in shared memory is empty.'],
  ])('a sealed policy that was %s is refused, and the record of it is signed', async (_, harm, reason) => {
    const path = join(dir, 'policy.sealed.json');
    await writeFile(path, harm(await readFile(path, 'utf8')));
    const outcome = await invoke('-', event());
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout)).toEqual({ success: false, error_msg: expect.stringContaining(reason) });
    expect(await verify()).toMatchObject({ code: 0 });
  });
});

describe('protector audit verify', () => {
  let trail: string;
  let lines: readonly string[];
  beforeAll(async () => {
    const made = join(root, 'trail');
    await cp(fresh, made, { recursive: true });
    const sql =
      "select pty_protect_decity('Wien'); select pty_protect_dezip('1010 AB'); select pty_protect_dessn('900-12-3456'); select pty_protect_dename('Anna')";
    await prepare('query', sql, '--dir', made);
    trail = await readFile(join(made, 'audit', 'audit.jsonl'), 'utf8');
    lines = trail.trimEnd().split('\n');
  });
  beforeEach(async () => {
    await mkdir(join(dir, 'audit'));
    await writeTrail(trail);
  });

  test('finds an untouched trail intact', async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✓ intact .*4 records in 1 chain/);
    expect(stdout).not.toContain(ESCAPE);
    const report: unknown = JSON.parse((await verify('--json')).stdout);
    expect(report).toMatchObject({ valid: true, records: 4, chains: 1, findings: [], successCount: 4 });
  });

  test.each<[string, (all: readonly string[]) => readonly (string | undefined)[], string, number]>([
    ['an edited line', ([a, b, c, d]) => [a, b?.replace('"cnt":1', '"cnt":2'), c, d], 'modified', 2],
    [
      'a line whose user was renamed',
      ([a, b, c, d]) => [a, b, c, d?.replace('test_user', 'toast_user')],
      'modified',
      4,
    ],
    ['a deleted line', ([a, , c, d]) => [a, c, d], 'missing', 2],
    ['a deleted first line', ([, b, c, d]) => [b, c, d], 'missing', 1],
    ['two lines the other way round', ([a, b, c, d]) => [a, c, b, d], 'reordered', 3],
    [
      'a dropped signature',
      ([a, b, c, d]) => [a, b, JSON.stringify({ ...(JSON.parse(c ?? '') as object), signature: undefined }), d],
      'unsigned',
      3,
    ],
    ['a line of garbage', ([a, b, c, d]) => [a, b, c, 'garbage', d], 'malformed', 4],
    ['half a line at the end', ([a, b, c, d]) => [a, b, c, d, a?.slice(0, 50)], 'malformed', 5],
  ])('names %s by kind and line: exit code 1', async (_, harm, kind, line) => {
    await writeTrail(joined(harm(lines)));
    const outcome = await verify();
    expect(outcome.stdout.split('\n')[0]).toMatch(new RegExp(`^✗ ${kind} .*audit\\.jsonl:${line}: `));
    expect(refusal(outcome)).toEqual({ code: 1, message: expect.stringContaining('is not intact') });
  });

  test('a line that is there twice is a note, and the trail is intact', async () => {
    await writeTrail(joined([lines[0], lines[1], lines[1], lines[2], lines[3]]));
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringMatching(/• repeated .*audit\.jsonl:3: /) });
  });

  test('says the same as JSON', async () => {
    await writeTrail(joined([lines[0], lines[2], 'garbage', lines[3]]));
    const { code, stdout } = await verify('--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      records: 3,
      findings: [
        { kind: 'missing', line: 2, sequence: 2 },
        { kind: 'malformed', line: 3 },
      ],
    });
  });

  test.each([
    ['is not there', undefined, /ENOENT/],
    ['is empty', '', /holds no audit record/],
    ['has only blank lines', '\n\n', /holds no audit record/],
  ])('a trail that %s proves nothing: exit code 2', async (_, text, reason) => {
    if (text === undefined) await rm(join(dir, 'audit', 'audit.jsonl'));
    else await writeTrail(text);
    expect(refusal(await verify())).toEqual({ code: 2, message: expect.stringMatching(reason) });
  });

  test('reads any file with any key file, but not one without the other', async () => {
    const file = join(root, 'copy of the trail.jsonl');
    await writeFile(file, trail);
    const key = join(dir, 'keys', 'audit-signing.json');
    const [both, noKey, noFile] = await Promise.all([
      protector(['audit', 'verify', '--file', file, '--key-file', key]),
      protector(['audit', 'verify', '--file', file]),
      protector(['audit', 'verify', '--key-file', key]),
    ]);
    expect(both).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
    expect(refusal(noKey)).toEqual({ code: 2, message: expect.stringContaining('--file and --key-file go together') });
    expect(refusal(noFile)).toEqual({ code: 2, message: expect.stringContaining('--file and --key-file go together') });
  });

  test('with another key finds that every line is signed with an unknown one', async () => {
    const other = join(root, 'other');
    await protector(['init', '--dir', other]);
    const key = join(other, 'keys', 'audit-signing.json');
    const outcome = await protector([
      'audit',
      'verify',
      '--file',
      join(dir, 'audit', 'audit.jsonl'),
      '--key-file',
      key,
    ]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout.match(/✗ unknown-key/g)).toHaveLength(4);
  });
});

describe('protector policy', () => {
  test('check accepts the sample policy', async () => {
    expect(await policyCommand('check')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('13 elements, 3 roles'),
    });
  });

  test('check says everything that is wrong, each with its path: exit code 1', async () => {
    await editPolicy(({ elements }) => {
      elements[0]!['type'] = 'emoji';
      elements[1]!['colour'] = 'red';
      delete elements[2]!['shortData'];
    });
    const outcome = await policyCommand('check');
    expect(refusal(outcome)).toEqual({ code: 1, message: expect.stringContaining('The policy has 3 problems:') });
    for (const path of ['$.elements[0].type: ', '$.elements[1].colour: unknown member', '$.elements[2].shortData: ']) {
      expect(outcome.stderr).toContain(path);
    }
  });

  test('check reads mapping.json too', async () => {
    await writeFile(join(dir, 'mapping.json'), '{"f": {"Operation": "protect", "Element": "deNothing"}}');
    expect(refusal(await policyCommand('check'))).toEqual({
      code: 1,
      message: expect.stringMatching(/\$\["f"\]\.Element/),
    });
  });

  test('a policy that is no JSON is exit code 2', async () => {
    await writeFile(join(dir, 'policy.json'), '{');
    expect(refusal(await policyCommand('check'))).toEqual({ code: 2, message: expect.stringContaining('is not JSON') });
  });

  test('seal counts the version up, and what was protected before stays readable', async () => {
    const { stdout } = await query("select pty_protect_dename('Łukasz') as t", '--json');
    const [row] = JSON.parse(stdout) as { t: string }[];
    await editPolicy(({ elements }) => {
      elements[0]!['description'] = 'changed';
    });
    await writeFile(join(dir, 'mapping.json'), '{"who_is": {"Operation": "unprotect", "Element": "deName"}}');
    expect(await policyCommand('seal')).toMatchObject({ code: 0, stdout: expect.stringContaining('version 2') });
    const back = await query(`select who_is('${row?.t}') as a, pty_unprotect_dename('${row?.t}') as b`, '--json');
    expect(JSON.parse(back.stdout)).toEqual([{ a: 'Łukasz', b: 'Łukasz' }]);
    const records = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).trimEnd().split('\n').slice(-3);
    expect(records.map((line) => (JSON.parse(line) as { additional_info: object }).additional_info)).toMatchObject([
      { policy_version: '1' },
      { policy_version: '2' },
      { policy_version: '2' },
    ]);
  });

  test('seal leaves the sealed policy as it is when the file is wrong', async () => {
    const before = await readFile(join(dir, 'policy.sealed.json'), 'utf8');
    await editPolicy(({ elements }) => {
      elements[0]!['type'] = 'emoji';
    });
    expect(refusal(await policyCommand('seal'))).toEqual({
      code: 1,
      message: expect.stringContaining('The policy has 1 problem:'),
    });
    expect(await readFile(join(dir, 'policy.sealed.json'), 'utf8')).toBe(before);
    expect((await readdir(dir)).filter((name) => name.startsWith('policy'))).toHaveLength(3);
  });
});

describe('the command', () => {
  test.each([
    [],
    ['init'],
    ['demo'],
    ['query'],
    ['invoke'],
    ['invoke', 'redshift'],
    ['policy'],
    ['policy', 'check'],
    ['policy', 'seal'],
    ['audit'],
    ['audit', 'verify'],
    ['audit', 'seal'],
    ['audit', 'prove'],
  ])('%s %s explains itself with --help', async (...names) => {
    const { code, stdout, stderr } = await protector([...names, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: ${['protector', ...names].join(' ')}`);
    expect(stdout).not.toContain(ESCAPE);
  });

  test.each([
    ['an unknown option', ['init', '--colour'], /unknown option '--colour'/],
    ['an unknown command', ['encrypt'], /unknown command 'encrypt'/],
    ['no SQL', ['query'], /Give the SQL as an argument/],
    ['an argument too many', ['init', 'here'], /too many arguments/],
  ])('%s is exit code 2', async (_, args, reason) => {
    expect(refusal(await protector(args))).toEqual({ code: 2, message: expect.stringMatching(reason) });
  });

  describe.each([
    ['no event', ['invoke', 'redshift'], /required option '--event <file>'/],
    ['no agent', ['policy', 'approve', '--key', 'k'], /required option '--agent <function>'/],
    ['an unknown option of a command of a command', ['audit', 'verify', '--colour'], /unknown option '--colour'/],
  ])('%s', (_, args, reason) => {
    test('is exit code 2 as well', async () => {
      expect(refusal(await protector(args))).toEqual({ code: 2, message: expect.stringMatching(reason) });
    });
  });

  test('prints the version of the release', async () => {
    expect(await protector(['--version'])).toEqual({ code: 0, stdout: `${RELEASE}\n`, stderr: '' });
  });
});
