// `protector policy test` over real files.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { XmlDocument } from 'libxml2-wasm';
import { parse } from 'yaml';
import { type Outcome, prepare, runProtector } from '../support/command.ts';

let root: string;
let dir: string;
let copies = 0;

const run = (...args: readonly string[]): Promise<Outcome> =>
  runProtector(['policy', 'test', ...args, '--dir', dir], { cwd: root });

async function tests(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-policy-test-'));
  await prepare(['init', '--dir', join(root, 'fresh')], { cwd: root });
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(join(root, 'fresh'), dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('protector policy test', () => {
  test('runs the tests that "protector init" writes, and they pass', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('✓ analyst unprotects deSSN: null\n');
    expect(stdout).toMatch(/✓ SAMPLE_POLICY: \d+ tests, 0 failed; \d+ of 39 grants touched\n$/);
  });

  test('leaves no audit record and changes no file', async () => {
    const before = await readFile(join(dir, 'policy.sealed.json'), 'utf8');
    await run('--keys');
    expect(await readFile(join(dir, 'policy.sealed.json'), 'utf8')).toBe(before);
    await expect(readFile(join(dir, 'audit', 'audit.jsonl'))).rejects.toThrow('ENOENT');
  });

  test('says of a failing test what is expected, what the policy gives, why and where, and exits with 1', async () => {
    const file = await tests('own.tests.yaml', '# ours\ntests:\n  - "analyst unprotects deSSN: clear"\n');
    const { code, stdout } = await run(file);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '✗ analyst unprotects deSSN: clear  own.tests.yaml:3',
      '    expected  clear',
      '    gives     null',
      '    because   analyst does not grant it; role analyst (a member) grants nothing; a refused unprotect gives null',
    ]);
  });

  test('refutes a statement with a counterexample', async () => {
    const file = await tests('own.tests.yaml', 'statements:\n  - "nobody but role analyst sees deCity in clear"\n');
    const { code, stdout } = await run(file);
    expect(code).toBe(1);
    expect(stdout).toContain('    but       test_user may see deCity in clear\n');
  });

  test('exits with 2 where tests cannot be read, and names every line', async () => {
    const file = await tests('own.tests.yaml', 'tests:\n  - "analyst unprotects deSNN: null"\nstatements:\n  - "x"\n');
    const { code, stderr, stdout } = await run(file, '--json');
    expect(code).toBe(2);
    expect(stderr).toContain('line 2, $.tests[0]: the policy has no element deSNN; did you mean deSSN?');
    const { passed, problems } = JSON.parse(stdout) as { passed: boolean; problems: { line: number }[] };
    expect([passed, problems.map(({ line }) => line)]).toEqual([false, [2, 4]]);
  });

  test.each([
    ['a file that is not there', ['absent.yaml'], 'absent.yaml cannot be read (ENOENT)'],
    ['a policy that is not there', ['--policy', 'absent.json'], 'absent.json cannot be read (ENOENT)'],
    ['a share that is none', ['--min-coverage', '101'], 'It must be 0 to 100.'],
  ])('exits with 2 for %s', async (_, args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('exits with 2 where the policy has problems', async () => {
    await writeFile(join(dir, 'policy.json'), '{}');
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('The policy has 4 problems');
  });

  test('exits with 2 where no file of tests is beside the policy', async () => {
    await rm(join(dir, 'policy.tests.yaml'));
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('There is no file *.tests.yaml or *.tests.json');
  });

  test('takes every file of tests beside the policy, and several that are named', async () => {
    const json = await tests('more.tests.json', JSON.stringify({ tests: ['auditor unprotects deSSN: token'] }));
    expect((await run()).stdout).toContain('✓ auditor unprotects deSSN: token');
    expect((await run()).stdout).toContain('✓ analyst unprotects deSSN: null');
    const { stdout } = await run(json, join(dir, 'policy.tests.yaml'));
    expect(stdout.indexOf('auditor unprotects')).toBeLessThan(stdout.indexOf('analyst unprotects'));
  });

  test('takes another policy', async () => {
    const policy = JSON.parse(await readFile(join(dir, 'policy.json'), 'utf8')) as { roles: { members: string[] }[] };
    policy.roles[1]!.members = ['test_user'];
    await writeFile(join(dir, 'other.json'), JSON.stringify(policy));
    const { code, stdout } = await run('--policy', join(dir, 'other.json'));
    expect(code).toBe(1);
    expect(stdout).toContain('✗ analyst unprotects deSSN: null');
  });

  test('notes users that the policy does not list', async () => {
    const file = await tests('own.tests.yaml', 'tests:\n  - "analist unprotects deSSN: refused"\n');
    const { code, stderr } = await run(file);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'own.tests.yaml:2: the policy does not list the user analist: the test is about a user that no role lists; did you mean analyst?\n',
    );
    const json = await run(file, '--json');
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout)).toMatchObject({ files: [{ notes: [{ line: 2, path: '$.tests[0]' }] }] });
  });

  test('lists the grants that no test touches, and fails below a share', async () => {
    const file = await tests('own.tests.yaml', 'tests:\n  - "analyst unprotects deCity: clear"\n');
    const listed = await run(file, '--coverage', '--min-coverage', '2.5');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('not tested  role analyst may unprotect deZip\n');
    expect(listed.stdout).not.toContain('role analyst may unprotect deCity');
    const untouched = await tests('none.tests.yaml', 'tests:\n  - "analyst unprotects deSSN: null"\n');
    expect((await run(untouched, '--min-coverage', '0')).code).toBe(0);
    const failed = await run(file, '--min-coverage', '3');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('the tests touch 2.6 % of the grants, and must touch 3 %');
  });

  test('writes JUnit XML, with the lines', async () => {
    const junit = join(dir, 'junit.xml');
    const file = await tests('own.tests.yaml', 'tests:\n  - "analyst unprotects deSSN: clear"\n');
    expect((await run(file, '--junit', junit)).code).toBe(1);
    using document = XmlDocument.fromString(await readFile(junit, 'utf8'));
    expect(document.get('/testsuites/testsuite/testcase/@line')?.content).toBe('2');
    expect(document.get('//failure/@message')?.content).toBe('null instead of clear');
  });

  test('prints JSON for programs', async () => {
    const file = await tests('own.tests.yaml', 'tests:\n  - "analyst unprotects deSSN: clear"\n');
    const { stdout } = await run(file, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      passed: false,
      policy: 'SAMPLE_POLICY',
      tests: 1,
      failed: 1,
      coverage: { granted: 39, touched: 0 },
      files: [{ file, results: [{ kind: 'test', passed: false, line: 2, expected: 'clear', gives: 'null' }] }],
    });
  });

  test('shows no token, whatever a test expects', async () => {
    const value = '{ user: auditor, unprotect: deSSN, value: "944-07-4214", gives: "x" }';
    const protect = '{ user: test_user, protect: deSSN, value: "944-07-4214", gives: clear }';
    const junit = join(dir, 'junit.xml');
    const file = await tests('own.tests.yaml', `tests:\n  - ${value}\n  - ${protect}\n`);
    const { stdout, stderr } = await run(file, '--junit', junit, '--keys');
    const all = stdout + stderr + (await readFile(junit, 'utf8')) + (await run(file, '--json', '--keys')).stdout;
    expect(stdout).toContain('gives     token');
    expect(all.match(/\d{3}-\d{2}-\d{4}/g) ?? []).toEqual([]);
  });

  test('gives values the keys of the workspace where it is asked to, which must suit the policy', async () => {
    const path = join(dir, 'policy.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"name": "deSSN",', '"name": "deSSN", "keyVersion": 2,'));
    expect((await run()).code).toBe(0);
    const { code, stderr } = await run('--keys');
    expect(code).toBe(2);
    expect(stderr).toContain('the keyring has no root key of version 2');
  });
});

test('the published schema takes the sample and every form, and refuses an unknown member', async () => {
  const schema: unknown = JSON.parse(
    await readFile(join(root, 'fresh', 'schemas', 'policy-tests.schema.json'), 'utf8'),
  );
  const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema as object);
  const sample: unknown = parse(await readFile(join(root, 'fresh', 'policy.tests.yaml'), 'utf8'));
  expect([accepts(sample), accepts.errors]).toEqual([true, null]);
  expect(
    accepts({ tests: [{ user: 'a', unprotect: 'b', gives: null }], statements: [{ nobody: { protect: '*' } }] }),
  ).toBe(true);
  expect(accepts({ tests: [{ user: 'a', unprotect: 'b', gives: null, colour: 1 }] })).toBe(false);
});
