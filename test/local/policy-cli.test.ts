// oxlint-disable typescript/no-explicit-any -- what commands print, and what a policy is changed to, has no type here
// Policy and keys by the commands, over real files and a real DuckDB.
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type Outcome, runProtector } from '../support/command.ts';

let root: string;
let dir: string;
let copies = 0;

const protector = (args: readonly string[], settings: Record<string, string> = {}): Promise<Outcome> =>
  runProtector([...args, '--dir', dir], { cwd: root, settings });

/** What a command that ends well prints. */
async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await protector(args);
  if (code !== 0) throw new Error(`It ended with ${code}: ${stderr}`);
  return stdout;
}

const json = async (...args: readonly string[]): Promise<any> => JSON.parse(await output(...args, '--json'));

/** The rows of a query. */
const query = (sql: string, user = 'test_user'): Promise<Record<string, string>[]> =>
  json('query', sql, '--user', user);

async function editPolicy(change: (policy: any) => void): Promise<void> {
  const path = join(dir, 'policy.json');
  const policy: unknown = JSON.parse(await readFile(path, 'utf8'));
  change(policy);
  await writeFile(path, JSON.stringify(policy, null, 2));
}

/** The policy file as YAML, in place of JSON. */
async function toYaml(change: (text: string) => string = (text) => text): Promise<void> {
  const policy: unknown = JSON.parse(await readFile(join(dir, 'policy.json'), 'utf8'));
  await writeFile(join(dir, 'policy.yaml'), change(stringify(policy)));
  await rm(join(dir, 'policy.json'));
}

const lineOf = (text: string, lines: string[]) => lines.findIndex((line) => line.includes(text)) + 1;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-policy-'));
  dir = join(root, 'fresh');
  await output('init');
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(join(root, 'fresh'), dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('protector policy check', () => {
  test('takes YAML in place of JSON', async () => {
    await toYaml((text) => `# ours\n${text}`);
    expect(await output('policy', 'check')).toMatch(/policy\.yaml: SAMPLE_POLICY, 13 elements, 3 roles/);
    await writeFile(
      join(dir, 'mapping.yml'),
      'move_ssn: { Operation: reprotect, OldElement: deSSN, Element: deSSN }\n',
    );
    expect(await output('policy', 'seal')).toContain('version 2');
    expect((await json('policy', 'show')).mapping).toMatchObject({ move_ssn: { Operation: 'reprotect' } });
  });

  test('refuses a file that is there twice', async () => {
    await writeFile(join(dir, 'policy.yml'), 'name: P');
    const { code, stderr } = await protector(['policy', 'check']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/policy\.json and .*policy\.yml are both there/)]);
  });

  test('says every problem with its path and its line, for people and for programs', async () => {
    await toYaml((text) => text.replace('name: dePhone', 'name: dessn').replace('- analyst\n', '- group: nobody\n'));
    const path = join(dir, 'policy.yaml');
    const lines = (await readFile(path, 'utf8')).split('\n');
    const { code, stderr } = await protector(['policy', 'check']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `line ${lineOf('group: nobody', lines)}, $.roles[1].members[0].group: the policy has no group of this name`,
    );
    const asJson = await protector(['policy', 'check', '--json']);
    expect(asJson.code).toBe(1);
    const report = JSON.parse(asJson.stdout) as { valid: boolean; problems: { path: string; line: number }[] };
    expect(report.valid).toBe(false);
    expect(report.problems.map((problem) => problem.path)).toContain('$.elements[6]');
    expect(report.problems.every(({ line }) => line > 0)).toBe(true);
  });

  test('refuses a key that the keyring has not, and another data store', async () => {
    await editPolicy((policy) => {
      policy.dataStore = 'OTHER';
      policy.elements[0].keyVersion = 9;
    });
    for (const command of ['check', 'seal']) {
      const { code, stderr } = await protector(['policy', command]);
      expect(code).toBe(1);
      expect(stderr).toContain('$.dataStore: the keyring belongs to data store SAMPLE_POLICY');
      expect(stderr).toContain('$.elements[0].keyVersion: the keyring has no root key of version 9');
    }
    expect(await json('policy', 'show')).toMatchObject({ version: '1' });
  });
});

describe('protector policy diff', () => {
  test('says what sealing would change, and nothing afterwards', async () => {
    await editPolicy((policy) => {
      const analyst = policy.roles[1];
      analyst.grants.find(({ element }: any) => element === 'deEmail').permissions.push('unprotect');
      analyst.members.push('joe');
    });
    const lines = (await output('policy', 'diff')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['+ joe joined role analyst', '+ analyst may now unprotect deEmail']));
    await output('policy', 'seal');
    expect(await output('policy', 'diff')).toContain('no change');
    expect(await json('policy', 'diff')).toEqual([]);
  });

  test('compares two files, in either form', async () => {
    const old = join(root, 'old.json');
    await cp(join(dir, 'policy.json'), old);
    await editPolicy((policy) => {
      policy.elements[4].name = 'deSocial';
      for (const role of policy.roles)
        for (const grant of role.grants) if (grant.element === 'deSSN') grant.element = 'deSocial';
    });
    await toYaml();
    const changes = await json('policy', 'diff', old, join(dir, 'policy.yaml'));
    expect(changes).toEqual([
      { about: 'element', effect: 'neutral', text: 'deSSN is renamed to deSocial; its tokens stay readable' },
    ]);
  });
});

const explained = (user: string, element: string, ...more: string[]) =>
  protector(['policy', 'explain', '--user', user, '--element', element, ...more]);

describe('protector policy explain', () => {
  test('says why, role by role', async () => {
    const text = await output('policy', 'explain', '--user', 'ANALYST', '--element', 'decity');
    expect(text).toMatch(/Unprotect +allowed +analyst grants it/);
    expect(text).toMatch(/Protect +refused, code 3 +analyst does not grant it/);
    expect(text).toMatch(/analyst +a member +grants unprotect/);
  });

  test('of a folder with a policy and no keys, and of one whose sealed policy is damaged', async () => {
    await writeFile(join(dir, 'policy.sealed.json'), '{');
    expect((await explained('analyst', 'deSSN')).code).toBe(0);
    for (const name of ['policy.sealed.json', 'keyring.sealed.json', 'keys'])
      await rm(join(dir, name), { recursive: true });
    const { code, stderr } = await explained('analyst', 'deSSN');
    expect([code, stderr]).toEqual([0, '']);
  });

  test('suggests the element that was meant, and says that no role lists a user', async () => {
    for (const args of [['emial'], ['deSSN', '--to', 'emial']]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
      const { code, stdout, stderr } = await explained('analyst', args[0]!, ...args.slice(1));
      expect([code, stdout, stderr]).toEqual([
        2,
        '',
        expect.stringContaining('The policy has no element emial; did you mean deEmail?'),
      ]);
    }
    expect((await explained('analyst', 'zzzzzzzz')).stderr).toMatch(
      /no element zzzzzzzz; it has deName, deAddress, deCity/,
    );
    const { code, stdout, stderr } = await explained('analist', 'deSSN');
    expect([code, stdout]).toEqual([0, expect.stringContaining('refused')]);
    expect(stderr).toContain(
      'the policy does not name the user analist, so every request is refused; did you mean analyst?',
    );
    expect((await explained('ANALYST', 'deSSN')).stderr).toBe('');
  });

  test('at another time, of a member whose time is limited', async () => {
    await editPolicy((policy) => policy.roles[1].members.push({ user: 'eva', until: '2027-03-01' }));
    const at = (time: string) => output('policy', 'explain', '--user', 'eva', '--element', 'deCity', '--at', time);
    expect(await at('2027-02-28')).toMatch(/Unprotect +allowed +analyst grants it/);
    const over = await at('2027-03-01T00:00:00Z');
    expect(over).toMatch(/Unprotect +refused, code 1 +no role lists the user, .* it was allowed until\s/s);
    expect(over).toMatch(/analyst +a member until 2027-03-01, which is over/);
    await output('policy', 'seal');
    expect(await output('policy', 'show')).toContain('eva until 2027-03-01');
  });

  test('of the user that calls would have', async () => {
    const { stdout } = await protector(['policy', 'explain', '--user', 'analyst@x', '--element', 'deCity', '--json'], {
      USERNAME_REGEX: '^(.*)@.*$',
    });
    expect(JSON.parse(stdout)).toMatchObject({ user: 'analyst', roles: [{ role: 'analyst' }] });
  });
});

describe('a budget', () => {
  test('is counted over processes of a workspace, and refuses what goes beyond it with the reason', async () => {
    await editPolicy((policy) => {
      for (const role of policy.roles) if (role.members.includes('test_user')) role.maxUnprotectPerDay = 3;
    });
    await output('policy', 'seal');
    const sql = "select pty_unprotect_dessn(x) as v from (values ('900-12-3456'), ('900-12-3457')) t(x)";
    expect(await query(sql)).toHaveLength(2);
    const { code, stderr } = await protector(['query', sql, '--user', 'test_user']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('deSSN: The daily number of values that the user may see is exceeded');
    expect(stderr).toContain('the policy lets the user see 3 values a day (left: 1), and this batch has 2');
    expect(await query("select pty_unprotect_dessn('900-12-3456') as v")).toHaveLength(1);
  });
});

describe('a setting for user names', () => {
  test('applies to calls, and to what they leave behind', async () => {
    const sql = "select pty_protect_dessn('900-12-3456') as t";
    const asked = await protector(['query', sql, '--user', 'test_user@x'], { USERNAME_REGEX: '^(.*)@.*$' });
    expect(asked.code).toBe(0);
    const trail = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).trim();
    expect(JSON.parse(trail)).toMatchObject({ protection: { policy_user: 'test_user' } });
  });

  test('that cannot be used stops the command', async () => {
    const { code, stderr } = await protector(['query', 'select 1'], { USERNAME_REGEX: '^(a)(b)$' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('USERNAME_REGEX: The regular expression')]);
    expect(stderr).not.toContain('(a)(b)');
  });
});

describe('protector policy show', () => {
  test('shows what is sealed and never a key', async () => {
    for (const text of [
      await output('policy', 'show'),
      await output('policy', 'show', '--json'),
      await output('keys', 'list', '--json'),
    ]) {
      expect(text).toContain('SAMPLE_POLICY');
      // 32 bytes in base64.
      expect(text).not.toMatch(/[A-Za-z0-9+/]{43}=/);
    }
  });
});

describe('protector schema', () => {
  test('prints the published schema, and writes it where an editor looks', async () => {
    const printed = await runProtector(['schema', 'policy'], { cwd: root });
    expect(printed.stdout).toBe(await readFile(join(dir, 'schemas', 'policy.schema.json'), 'utf8'));
    expect(JSON.parse(await readFile(join(dir, 'policy.json'), 'utf8'))).toMatchObject({
      $schema: './schemas/policy.schema.json',
    });
  });
});

describe('keys', () => {
  const TOKEN = "select pty_protect_dessn('900-12-3456') as t";

  test('outlive a policy that is lost', async () => {
    const [before] = await query(TOKEN);
    await rm(join(dir, 'policy.sealed.json'));
    await output('policy', 'seal');
    expect(await query(TOKEN)).toEqual([before]);
  });

  test('of a workspace of release 0.1.0, which has them in the sealed policy alone, become its keyring', async () => {
    const [before] = await query(TOKEN);
    await rm(join(dir, 'keyring.sealed.json'));
    expect(await query(TOKEN)).toEqual([before]);
    expect((await json('keys', 'list')).rootKeys).toHaveLength(1);
    await output('policy', 'seal');
    await rm(join(dir, 'policy.sealed.json'));
    await output('policy', 'seal');
    expect(await query(TOKEN)).toEqual([before]);
  });

  test('that were replaced by others are not taken for theirs', async () => {
    const path = join(dir, 'keyring.sealed.json');
    const sealed = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...sealed, keyring: 'OTHER' }));
    expect((await protector(['policy', 'seal'])).code).toBe(2);
    expect((await protector(['keys', 'rotate'])).code).toBe(2);
  });

  test('rotate for one element: its old tokens are read, moved, and then no longer readable', async () => {
    const [first] = await query(TOKEN);
    const old = first!.t;
    expect(await json('keys', 'rotate')).toEqual({ version: 2 });
    expect(await query(TOKEN)).toEqual([first]);
    await toYaml((text) => `# kept\n${text}`);
    const rotation = await json('policy', 'rotate', 'dessn', '--table', 't', '--column', 'ssn');
    expect(rotation).toMatchObject({ element: 'deSSN', keyVersion: 2, oldKeyVersions: [1], oldName: 'deSSN@1' });
    expect(await readFile(join(dir, 'policy.yaml'), 'utf8')).toMatch(
      /^# kept\n[^]*name: deSSN\n +keyVersion: 2\n +oldKeyVersions: \[1\]\n/,
    );
    await output('policy', 'seal');
    const moving = `select pty_unprotect_dessn_v1('${old}') as clear, pty_reprotect_dessn_v1__to__dessn('${old}') as moved`;
    const [row] = await query(moving);
    expect(row).toEqual({ clear: '900-12-3456', moved: expect.stringMatching(/^\d{3}-\d\d-\d{4}$/) });
    expect(row!.moved).not.toBe(old);
    expect(await query(`select pty_unprotect_dessn('${row!.moved}') as clear`)).toEqual([{ clear: '900-12-3456' }]);
    expect(await query(`select "pty_unprotect_dessn@1"('${old}') as clear`)).toEqual([{ clear: '900-12-3456' }]);
    expect((await json('policy', 'lint')).map(({ rule }: any) => rule)).toEqual(
      expect.arrayContaining(['old-key-version', 'deactivated-key']),
    );
    // The statement that was printed does the same to a column.
    const update = /update [^;]*;/.exec(rotation.redshift)![0];
    const [after] = await query(`create table t as select '${old}' as ssn; ${update} select ssn from t`);
    expect(after).toEqual({ ssn: row!.moved });

    const path = join(dir, 'policy.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace(/ +oldKeyVersions: .*\n/, ''));
    await output('policy', 'seal');
    const gone = await protector(['query', `select pty_unprotect_dessn_v1('${old}')`]);
    expect(gone.code).toBe(1);
  });

  test('rotate without a wider column, as the command and its SQL say', async () => {
    const { code, stdout, stderr } = await protector(['policy', 'rotate', 'deName']);
    expect(code).toBe(0);
    expect(stderr).toContain('Column widths do not change: tokens under either key are equally wide.');
    expect(stdout.match(/^-- Tokens under either key are equally wide: the column keeps its type$/gm)).toHaveLength(2);
  });

  test('of a digest and of clear values do not rotate, and none is made in vain', async () => {
    const { code, stderr } = await protector(['policy', 'rotate', 'deEmailHash']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no digest can be moved')]);
    expect((await json('keys', 'list')).rootKeys).toHaveLength(1);
  });

  test('that are compromised are not sealed into a policy that protects with them', async () => {
    await output('keys', 'compromise', '1');
    const refused = await protector(['policy', 'seal']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('root key version 1 is compromised: rotate the element'),
    ]);
    expect((await protector(['keys', 'compromise', '7'])).code).toBe(2);
    expect(await json('keys', 'rotate')).toEqual({ version: 2 });
    expect((await json('keys', 'list')).rootKeys.map(({ state }: any) => state)).toEqual(['compromised', 'active']);
  });
});

describe('a mask of a role', () => {
  test('is what its members see, and the record says so', async () => {
    await editPolicy((policy) => {
      policy.masks = [{ name: 'last four', fromLeft: 0, fromRight: 4, mode: 'clear' }];
      const grant = policy.roles[1].grants.find(({ element }: any) => element === 'deSSN');
      Object.assign(grant, { permissions: ['unprotect'], mask: 'last four' });
    });
    await output('policy', 'seal');
    const [token] = await query("select pty_protect_dessn('900-12-3456') as t");
    expect(await query(`select pty_unprotect_dessn('${token!.t}') as ssn`, 'analyst')).toEqual([
      { ssn: '*******3456' },
    ]);
    const lines = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      level: 'SUCCESS',
      protection: { audit_code: 8, mask_setting: 'left=0,right=4,mode=clear,char=*', policy_user: 'analyst' },
    });
  });
});

describe('audit that is switched off', () => {
  test('is summed up when the command ends, and the chain is intact', async () => {
    await editPolicy((policy) => {
      policy.roles[0].grants[4].audit = { protect: { successful: false } };
    });
    await output('policy', 'seal');
    await query("select max(pty_protect_dessn(lpad(i::varchar, 9, '9'))) as t from range(5000) r(i)");
    const lines = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(1);
    const record = JSON.parse(lines[0]!) as { cnt: number; additional_info: Record<string, unknown> };
    expect(record).toMatchObject({ cnt: 5000, protection: { policy_user: 'test_user', audit_code: 6 } });
    expect(record.additional_info.request_cnt).toBeGreaterThan(1);
    expect(record.additional_info).not.toHaveProperty('request_id');
    await output('audit', 'verify');
  });
});

test('a workspace whose files were moved away is told to begin', async () => {
  await rename(join(dir, 'policy.sealed.json'), join(dir, 'elsewhere.json'));
  for (const command of [
    ['keys', 'rotate'],
    ['policy', 'show'],
    ['policy', 'diff'],
  ]) {
    const { code, stderr } = await protector(command);
    expect([code, stderr]).toEqual([2, expect.stringContaining('run "protector init')]);
  }
});
