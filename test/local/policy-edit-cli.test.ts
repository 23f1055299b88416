// protector policy add-element, add-role, grant and revoke: they edit the file and keep what its author wrote.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bufferedIo, type Outcome, prepare, runProtector } from '../support/command.ts';
import { runCommandLine } from '../../functions/cli/command-line.ts';

const YAML = `# Our policy: do not touch without a ticket.
name: P
dataStore: D
masks:
  - { name: last4, fromLeft: 0, fromRight: 4, mode: clear }
elements:
  # The first element.
  - id: 0f1973c1-5875-4f2e-8d4c-c2acea64432f
    name: deSSN
    method: tokenization
    type: numeric
    shortData: error # short ones are wrong
    otherCharacters: refuse
roles:
  - name: loader
    members: [etl] # nightly
    grants:
      - { element: deSSN, permissions: [protect] }
`;

let root: string;
let fresh: { readonly json: string; readonly yaml: string };
let dir: string;
let copies = 0;

const policy = (...args: readonly string[]): Promise<Outcome> =>
  runProtector(['policy', ...args, '--dir', dir], { cwd: root });
const ok = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await policy(...args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code}: ${stderr}`);
  return stdout;
};
const text = (): Promise<string> => readFile(join(dir, 'policy.yaml'), 'utf8');
/** The lines of the text that are not in the one before. */
const added = (before: string, after: string): string[] =>
  after.split('\n').filter((line) => !before.split('\n').includes(line));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-edit-'));
  await writeFile(join(root, 'p.yaml'), YAML);
  fresh = { json: join(root, 'json'), yaml: join(root, 'yaml') };
  await prepare(['init', '--dir', fresh.json], { cwd: root });
  await prepare(['init', '--policy', 'p.yaml', '--dir', fresh.yaml], { cwd: root });
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(fresh.yaml, dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('protector policy add-element', () => {
  test('makes the id, says what is new, and leaves every other line as it is', async () => {
    const out = await ok(
      'add-element',
      'dePassport',
      '--type',
      'upper-case-alpha-numeric',
      '--set',
      'fromLeft=1',
      'shortData=weak-token',
    );
    expect(out).toContain('dePassport is new (upper-case-alpha-numeric)');
    const after = await text();
    expect(after.split('\n')).toEqual(expect.arrayContaining(YAML.split('\n')));
    expect(added(YAML, after)).toEqual([
      expect.stringMatching(/^ {2}- id: "?[0-9a-f-]{36}"?$/),
      '    name: dePassport',
      '    type: upper-case-alpha-numeric',
      '    shortData: weak-token',
      '    fromLeft: 1',
    ]);
    expect(after.indexOf('dePassport')).toBeLessThan(after.indexOf('roles:'));
    await ok('check');
  });

  test('is used by a grant once it is sealed', async () => {
    await ok('add-element', 'deIBAN', '--type', 'upper-case-alpha-numeric');
    await ok('grant', 'loader', 'deIBAN', '--protect');
    await ok('seal');
    const { code } = await runProtector(
      ['query', "select pty_protect_deiban('DE89370400440532013000')", '--user', 'etl', '--dir', dir],
      { cwd: root },
    );
    expect(code).toBe(0);
  });

  test('takes the settings of another element, and none of its identity', async () => {
    await ok('add-element', 'deSSN2', '--like', 'dessn', '--description', 'the new column');
    expect(added(YAML, await text())).toEqual([
      expect.stringMatching(/id:/),
      '    name: deSSN2',
      '    description: "the new column"',
      '    shortData: error',
    ]);
    expect(await text()).not.toMatch(/(0f1973c1-[^\n]+)[^]+\1/);
  });

  test('refuses letters that a new element would leave clear', async () => {
    await ok('add-element', 'deDigits', '--type', 'numeric');
    expect((await text()).match(/otherCharacters: refuse/g)).toHaveLength(2);
  });

  test.each<[string, string[], RegExp]>([
    ['a type that is not there', ['deX', '--type', 'numerc'], /no element type numerc; did you mean numeric\?/],
    ['a type that is like none', ['deX', '--type', 'zzzzzz'], /"protector methods" lists them/],
    [
      'an unknown setting',
      ['deX', '--type', 'numeric', '--set', 'fromRigth=4'],
      /fromRigth: unknown member; did you mean fromRight\?/,
    ],
    [
      'a value that is not allowed',
      ['deX', '--type', 'numeric', '--set', 'shortData=eror'],
      /expected one of "error"\|"as-is"\|"weak-token"; did you mean error\?/,
    ],
    [
      'an alphabet that is not there',
      ['deX', '--type', 'unicode', '--set', 'alphabet=grek'],
      /"protector methods --alphabets" lists them\); did you mean greek\?/,
    ],
    ['a name that is taken', ['DESSN', '--type', 'numeric'], /another element has this name/],
    ['neither a type nor an element', ['deX'], /either --type/],
    ['an element that is not there', ['deX', '--like', 'deSNN'], /no element deSNN; did you mean deSSN\?/],
    ['a setting without a value', ['deX', '--type', 'numeric', '--set', 'fromLeft'], /member=value/],
  ])('with %s writes nothing, and says what is allowed', async (_, args, message) => {
    const { code, stderr } = await policy('add-element', ...args);
    expect([code === 0, stderr]).toEqual([false, expect.stringMatching(message)]);
    expect(await text()).toBe(YAML);
  });

  test('works on every type that there is', async () => {
    const { stdout } = await runProtector(['methods', '--json'], { cwd: root });
    const types = (JSON.parse(stdout) as { type: string }[]).map(({ type }) => type);
    for (const type of new Set(types)) await ok('add-element', `de_${type.replaceAll('-', '_')}`, '--type', type);
    expect(await ok('check')).toContain('elements');
  });
});

describe('protector policy add-role, grant and revoke', () => {
  test('add a role, give it elements, and take them away', async () => {
    expect(await ok('add-role', 'support', '--member', 'ANN', 'BOB')).toContain('role support is new');
    expect(await ok('grant', 'support', 'deSSN', '--unprotect', '--mask', 'last4', '--until', '2999-01-01')).toContain(
      'support may now unprotect deSSN under mask last4',
    );
    const granted = await text();
    expect(granted).toContain('# nightly');
    expect(granted).toContain('members: [ANN, BOB]');
    expect(await ok('grant', 'support', 'deSSN', '--protect', '--json')).toContain('support may now protect deSSN');
    const fewer = await ok('revoke', 'support', 'deSSN', '--unprotect');
    expect(fewer).toContain('support may no longer unprotect deSSN');
    expect(await text()).not.toContain('mask: last4');
    await ok('revoke', 'support', 'deSSN');
    expect(await text()).toMatch(/name: support\n(?: {4}.*\n)*? {4}grants: \[\]/);
    await ok('check');
  });

  test('on a JSON file keep it JSON, and its order', async () => {
    dir = join(root, `copy-${copies}-json`);
    await cp(fresh.json, dir, { recursive: true });
    const before = await readFile(join(dir, 'policy.json'), 'utf8');
    await ok('add-element', 'dePassport', '--type', 'alpha-numeric');
    await ok('grant', 'analyst', 'dePassport', 'deSSN', '--unprotect');
    await ok('add-role', 'support', '--member', 'ANN');
    const after = await readFile(join(dir, 'policy.json'), 'utf8');
    const names = (JSON.parse(after) as { elements: { name: string }[] }).elements.map(({ name }) => name);
    expect(names.at(-1)).toBe('dePassport');
    const removed = before.split('\n').filter((line) => !after.split('\n').includes(line));
    // The last items of two lists got a comma, and one grant another permission.
    expect(removed.length).toBeLessThanOrEqual(3);
  });

  test('what a grant has already stays', async () => {
    await ok('grant', 'loader', 'deSSN', '--reprotect');
    expect(await text()).toContain('permissions: ["protect","reprotect"]');
    expect(await ok('grant', 'loader', 'deSSN', '--reprotect')).toContain('nothing to change');
  });

  test.each<[string, string[], RegExp]>([
    ['a role that is not there', ['grant', 'loadr', 'deSSN', '--protect'], /no role loadr; did you mean loader\?/],
    [
      'an element that is not there',
      ['grant', 'loader', 'deSSM', '--protect'],
      /no element deSSM; did you mean deSSN\?/,
    ],
    [
      'a mask that is not there',
      ['grant', 'loader', 'deSSN', '--unprotect', '--mask', 'last5'],
      /no mask of this name; did you mean last4\?/,
    ],
    ['nothing to grant', ['grant', 'loader', 'deSSN'], /Say what to grant/],
    [
      'a time that no calendar has',
      ['grant', 'loader', 'deSSN', '--protect', '--until', '2026-02-31'],
      /no calendar has this time/,
    ],
    ['no grant to revoke', ['revoke', 'loader', 'deSSN', 'deCCN'], /no element deCCN/],
    ['a role that is there', ['add-role', 'Loader'], /another role has this name/],
    ['a group that is not there', ['add-role', 'x', '--group', 'staff'], /no group of this name/],
  ])('with %s write nothing', async (_, args, message) => {
    const { code, stderr } = await policy(...args);
    expect([code === 0, stderr]).toEqual([false, expect.stringMatching(message)]);
    expect(await text()).toBe(YAML);
  });

  test('on a text that only a person can edit say what to write', async () => {
    await writeFile(
      join(dir, 'policy.yaml'),
      YAML.replace('roles:', 'roles: &roles').replace('dataStore: D', 'dataStore: D'),
    );
    await writeFile(
      join(dir, 'policy.yaml'),
      YAML.replace(
        /grants:\n.*\n$/,
        'grants: &g [{ element: deSSN, permissions: [protect] }]\n  - name: second\n    members: []\n    grants: *g\n',
      ),
    );
    const { code, stderr } = await policy('grant', 'second', 'deSSN', '--unprotect');
    expect([code, stderr]).toEqual([2, expect.stringContaining('it needs {"element":"deSSN"')]);
  });
});

/** Runs a command with a person at the terminal who gives this answer. */
async function answered(answer: boolean, ...args: readonly string[]) {
  const questions: string[] = [];
  const { io, outcome } = bufferedIo(
    { cwd: root },
    {
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      },
    },
  );
  const end = outcome(await runCommandLine([...args, '--dir', dir], io));
  return { ...end, questions };
}

describe('what cannot be undone', () => {
  test('is shown and asked on a terminal: a rotation of every element', async () => {
    const no = await answered(false, 'policy', 'rotate', '--all');
    expect(no.questions).toEqual([expect.stringMatching(/^Rotate 1 element of .* to root key version 2\?$/)]);
    expect([no.code, no.stdout, no.stderr]).toEqual([
      1,
      expect.stringContaining('would rotate'),
      expect.stringContaining('Nothing is changed'),
    ]);
    expect(await text()).toBe(YAML);
    expect(JSON.parse(await prepare(['keys', 'list', '--json', '--dir', dir], { cwd: root }))).toMatchObject({
      rootKeys: [{ version: 1 }],
    });
    expect((await answered(true, 'policy', 'rotate', '--all')).code).toBe(0);
    expect(await text()).toContain('keyVersion: 2');
    expect((await answered(false, 'policy', 'rotate', '--all', '--yes')).questions).toEqual([]);
  });

  test('a compromised key', async () => {
    const no = await answered(false, 'keys', 'compromise', '1');
    expect([no.code, no.questions.length, no.stderr]).toEqual([1, 1, expect.stringContaining('deSSN')]);
    expect((await answered(true, 'keys', 'compromise', '1')).code).toBe(0);
  });

  test('sealing a policy under which tokens can no longer be read, and no other', async () => {
    expect((await answered(false, 'policy', 'seal')).questions).toEqual([]);
    await writeFile(join(dir, 'policy.yaml'), YAML.replace('type: numeric', 'type: numeric\n    fromLeft: 2'));
    const no = await answered(false, 'policy', 'seal');
    expect([no.code, no.stdout]).toEqual([1, expect.stringContaining('can no longer be read')]);
    expect((await answered(true, 'policy', 'seal')).code).toBe(0);
  });

  test('rotates only the elements of a compromised key', async () => {
    await ok('add-element', 'deOther', '--like', 'deSSN');
    await prepare(['keys', 'rotate', '--dir', dir], { cwd: root });
    await ok('rotate', 'deOther');
    const preview = await ok('rotate', '--all', '--key-version', '1', '--dry-run', '--json');
    expect(
      (JSON.parse(preview) as { rotations: { element: string }[] }).rotations.map(({ element }) => element),
    ).toEqual(['deSSN']);
    await ok('rotate', '--all', '--key-version', '1');
    const none = await policy('rotate', '--all', '--key-version', '1');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('protects with root key version 1')]);
    expect((await policy('rotate', 'deSSN', '--key-version', '1')).code).toBe(2);
  });
});
