// Evidence in a workspace: what is missing, damaged, forged or hostile is named, by every command that reads the trail.
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CliError } from '../../functions/cli/core/exit.ts';
import { workspaceRecordKeys } from '../../functions/cli/trail/key-list.ts';
import { verifyWorkspace } from '../../functions/cli/trail/verify.ts';
import { workspace } from '../../functions/cli/workspace/workspace.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { type Outcome, prepare, runProtector } from '../support/command.ts';
import { after, type Mishap, mishapsOf, sameEvidence, sampledPairs } from '../support/every-file.ts';
import { type Objects, readObjects } from '../support/tamper.ts';

const DAY_MS = 86_400_000;
const TRAIL = 'audit/audit.jsonl';

let root: string;
/** Made once: a workspace that was sealed, rotated its keys, and was sealed again. */
let sealed: string;
/** The files of the workspace when it was sealed first. */
let earlier: Objects;
/** A copy of it for the test that runs. */
let dir: string;
let copies = 0;

const audit = (...args: readonly string[]): Promise<Outcome> =>
  runProtector(['audit', ...args, '--dir', dir], { cwd: root, settings: {} });
const objectsOf = (directory: string): Objects => readObjects(pathToFileURL(`${directory}/`));

async function trail(): Promise<readonly string[]> {
  return (await readFile(join(dir, TRAIL), 'utf8')).trimEnd().split('\n');
}

async function writeTrail(lines: readonly string[]): Promise<void> {
  await writeFile(join(dir, TRAIL), `${lines.join('\n')}\n`);
}

/** Kinds and places of the findings that are no notes. */
function findingsOf({ stdout }: Outcome): readonly string[] {
  const { findings } = JSON.parse(stdout) as {
    findings: { kind: string; note?: true; path?: string; line?: number }[];
  };
  return findings
    .filter(({ note }) => note !== true)
    .map(({ kind, path, line }) => `${kind} ${line ?? path?.replace(`${dir}/`, '') ?? ''}`.trim());
}

async function isIntact(): Promise<boolean> {
  try {
    return (await verifyWorkspace(workspace(dir), Date.now() + 2 * DAY_MS)).valid;
  } catch (error) {
    if (error instanceof CliError) return false;
    throw error;
  }
}

async function put(from: Objects, to: Objects): Promise<void> {
  for (const path of new Set([...from.keys(), ...to.keys()])) {
    const bytes = to.get(path);
    if (bytes === from.get(path)) continue;
    await rm(join(dir, path), { force: true });
    await mkdir(dirname(join(dir, path)), { recursive: true });
    if (bytes !== undefined) await writeFile(join(dir, path), bytes);
  }
}

/** Writes the trail with other users, and returns its path. */
async function forgedTrail(): Promise<string> {
  const file = join(dir, 'forged.jsonl');
  await writeFile(
    file,
    `${(await trail()).map((line) => line.replace('"policy_user":"', '"policy_user":"not_')).join('\n')}\n`,
  );
  return file;
}

/** Verifies a forged trail against a log. */
const forgedWith = async (log: string): Promise<Outcome> => {
  return audit('verify', '--file', await forgedTrail(), '--log', log, '--keys', join(dir, 'audit-keys.json'), '--json');
};

const check = (...args: readonly string[]): Promise<Outcome> => audit('prove', '--check', join(dir, 'proof'), ...args);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-evidence-'));
  sealed = join(root, 'sealed');
  const run = (...args: readonly string[]) => prepare([...args, '--dir', sealed], { cwd: root, settings: {} });
  const query = () => run('query', "select pty_unprotect_dename(pty_protect_dename('Zoë'))");
  await run('init');
  await query();
  await run('audit', 'seal');
  earlier = objectsOf(sealed);
  await run('audit', 'keys', 'rotate', 'records');
  await run('audit', 'keys', 'rotate', 'checkpoints');
  for (let i = 0; i < 2; i++) {
    await query();
    await run('audit', 'seal');
  }
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(sealed, dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('every file of a workspace', () => {
  /** What is no evidence of what happened: settings, keys of the data, and aids (docs/audit.md). */
  const NO_EVIDENCE = [
    /^(policy|mapping|tenants|tenant-secrets)\.json$/,
    /^policy\.tests\.yaml$/,
    /^(policy|keyring|tenants)\.sealed\.json$/,
    /^(schemas|versions|keys\/tenants)\//,
    /^keys\/insecure-local-kms\.json$/,
    /^keys\/insecure-checkpoint\.[0-9a-f]{8}\.json$/,
    /^log\/heads\.json$/,
  ];
  const isEvidence = (path: string): boolean => !NO_EVIDENCE.some((pattern) => pattern.test(path));
  let files: Objects;
  let evidence: Objects;

  beforeEach(() => {
    files = objectsOf(sealed);
    evidence = new Map([...files].filter(([path]) => isEvidence(path) || path === 'log/heads.json'));
  });

  async function wrongVerdicts(all: readonly (readonly Mishap[])[]): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const mishaps of all) {
      const now = after(files, mishaps);
      await put(files, now);
      if ((await isIntact()) !== sameEvidence(now, files, isEvidence))
        wrong.push(mishaps.map(({ name }) => name).join(', '));
      await put(now, files);
    }
    return wrong;
  }

  test('is known to be evidence or not', async () => {
    expect(await isIntact()).toBe(true);
    expect([...evidence.keys()].toSorted()).toEqual([
      'audit-keys.json',
      TRAIL,
      expect.stringMatching(/^keys\/audit-signing\.[^/]{20}\.json$/),
      'keys/audit-signing.json',
      'keys/insecure-checkpoint.json',
      'log/checkpoint',
      'log/checkpoints/000',
      'log/checkpoints/001',
      'log/checkpoints/002',
      'log/heads.json',
      ...[2, 4, 6].map((size) => `log/tile/0/000.p/${size}`),
      ...[2, 4, 6].map((size) => `log/tile/entries/000.p/${size}`),
    ]);
  });

  test('is missed when it is deleted, emptied, swapped or aged', async () => {
    const singles = [...evidence.keys()].flatMap((path) => mishapsOf(path, evidence, earlier).map((each) => [each]));
    expect(singles.length).toBeGreaterThan(120);
    expect(await wrongVerdicts(singles)).toEqual([]);
  }, 60_000);

  test('is missed in pairs', async () => {
    const pairs = sampledPairs(evidence, (path) => mishapsOf(path, evidence, earlier), 10);
    expect(await wrongVerdicts(pairs)).toEqual([]);
  }, 60_000);
});

/** A record of a chain of its own, signed with a key of the workspace unless it is forged. */
async function record(
  change: { readonly protection?: object; readonly rest?: object },
  forged?: 'forged',
): Promise<string> {
  const like = JSON.parse((await trail()).at(-1)!) as { protection: object; signature: object };
  const ws = workspace(dir);
  const [[keyId, key]] = [...(await workspaceRecordKeys(ws))] as [[string, never]];
  const signer = createSigner(keyId, key);
  const unsigned = {
    ...like,
    cnt: 777,
    protection: { ...like.protection, ...change.protection },
    signature: { key_id: signer.keyId, chain_id: `chain-${crypto.randomUUID()}`, sequence: 1 },
    ...change.rest,
  };
  const checksum = forged === undefined ? signer.checksum(unsigned) : 'F'.repeat(64);
  return JSON.stringify({ ...unsigned, signature: { ...unsigned.signature, checksum } });
}

describe('what was promised and is gone', () => {
  const UNCOVERED = ['missing checkpoint', 'unverified 1', 'unverified 3', 'unverified 5'];

  test('is a log that is named and does not exist, is empty, or has no checkpoint', async () => {
    expect(findingsOf(await forgedWith('/no/such/dir'))).toEqual(UNCOVERED);
    await mkdir(join(dir, 'empty'));
    expect(findingsOf(await forgedWith(join(dir, 'empty')))).toEqual(UNCOVERED);
    await rm(join(dir, 'log', 'checkpoints'), { recursive: true });
    await rm(join(dir, 'log', 'checkpoint'));
    const outcome = await forgedWith(join(dir, 'log'));
    expect([outcome.code, findingsOf(outcome)]).toEqual([1, UNCOVERED]);
  });

  test('is the log of a workspace that has a list of keys', async () => {
    await rm(join(dir, 'log'), { recursive: true });
    await rm(join(dir, 'keys', 'insecure-checkpoint.json'));
    expect(findingsOf(await audit('verify', '--json'))).toEqual([
      'missing keys/insecure-checkpoint.json',
      'missing checkpoint',
    ]);
  });

  /** Of each line, or of each checkpoint. */
  const UNKNOWN = Array<string>(4).fill('unknown-key');

  test.each([
    ['log/checkpoint', ['missing checkpoint', 'missing']],
    ['log', ['missing checkpoint']],
    ['audit-keys.json', ['missing audit-keys.json', ...UNKNOWN]],
    ['keys/insecure-checkpoint.json', ['missing keys/insecure-checkpoint.json', 'missing']],
    [
      'keys/audit-signing.json',
      ['missing keys/audit-signing.json', 'missing keys/audit-signing.json', ...UNKNOWN, 'missing'],
    ],
  ])('is %s, with the end of the trail cut off', async (path, expected) => {
    await writeTrail((await trail()).slice(0, -1));
    await rm(join(dir, path), { recursive: true });
    const outcome = await audit('verify', '--json');
    const kinds = findingsOf(outcome).map((each) => each.replace(/^unknown-key .*/, 'unknown-key'));
    expect({ code: outcome.code, kinds: kinds.filter((each) => !/^(unknown-key|missing) \d+$/.test(each)) }).toEqual({
      code: 1,
      kinds: expected,
    });
    expect((await audit('verify')).stdout).not.toContain('intact');
  });

  test('is the trail itself', async () => {
    await rm(join(dir, TRAIL));
    expect(findingsOf(await audit('verify', '--json'))[0]).toBe(`missing ${TRAIL}`);
  });

  test('is a checkpoint by the clock, or one of those there were', async () => {
    const at = ['--as-of', new Date(Date.now() + DAY_MS).toISOString()];
    expect(findingsOf(await audit('verify', ...at, '--json'))).toEqual([]);
    expect(findingsOf(await audit('verify', ...at, '--every', '3600', '--json'))).toEqual(['gap checkpoints/002']);
    const log = ['--log', join(dir, 'log'), '--json'];
    expect(findingsOf(await audit('verify', ...at, '--every', '3600', ...log))).toEqual(['gap checkpoints/002']);
    expect(findingsOf(await audit('verify', '--checkpoints', '4', ...log))).toEqual(['missing checkpoints/003']);
    expect((await audit('verify', '--checkpoints', '3', ...log)).code).toBe(0);
  });
});

test('a forged record of the future is a finding, and in no sum, when no record key is given', async () => {
  const forged = await record({ rest: { origin: { time_utc: 30_000_000_000 } } }, 'forged');
  await writeTrail([...(await trail()), forged]);
  const outcome = await audit('verify', '--file', join(dir, TRAIL), '--log', join(dir, 'log'), '--json');
  expect(findingsOf(outcome)).toEqual(['later-than-now 7', 'unverified 7']);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ successCount: 6, unverified: { records: 1, successCount: 777 } });
  const words = await audit('verify', '--file', join(dir, TRAIL), '--log', join(dir, 'log'));
  expect(words.stdout).toContain('not verified: 1 record about 777 values, which no sum contains');
});

describe('a proof', () => {
  beforeEach(async () => {
    await audit('prove', '0', '--out', join(dir, 'proof'));
  });

  test('does not hold under a checkpoint key after its end, nor for a record key before its time', async () => {
    const path = join(dir, 'audit-keys.json');
    const list = JSON.parse(await readFile(path, 'utf8')) as Record<string, object[]>;
    const change = async (member: string, use: object): Promise<void> => {
      await writeFile(path, JSON.stringify({ ...list, [member]: list[member]!.map((each) => ({ ...each, ...use })) }));
    };
    expect((await check()).code).toBe(0);
    await change('checkpoint_keys', { until: '2020-01-01' });
    expect(await check()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unknown-key: the proof does not'),
    });
    await change('record_keys', { from: '2099-01-01' });
    expect(await check()).toMatchObject({ code: 1, stderr: expect.stringMatching(/unknown-key: .*2099/) });
  });

  test('says whether the checksum of the record was checked', async () => {
    const keys = join(dir, 'keys');
    const former = (await readFile(join(dir, 'audit-keys.json'), 'utf8')).match(/"key_id": "(.{20})/)![1]!;
    expect((await check()).stdout).toContain('the checksum of the record was not checked');
    expect((await check('--key-file', join(keys, `audit-signing.${former}.json`))).stdout).toContain('record holds');
    expect(JSON.parse((await check('--json')).stdout)).toMatchObject({ valid: true, checksum: 'not checked' });
    // The key that the record was not signed with.
    expect(await check('--key-file', join(keys, 'audit-signing.json'))).toMatchObject({ code: 1 });
  });
});

describe('what does not verify', () => {
  const USED = { audit_code: 8, operation: 'Unprotect', dataelement: 'deSSN', policy_user: 'alice' };

  test('is counted apart by report, query and export, and named', async () => {
    const genuine = await trail();
    const unsigned = JSON.stringify({ ...JSON.parse(await record({ protection: USED })), signature: undefined });
    await writeTrail([genuine[0]!, unsigned, ...genuine.slice(1), await record({ protection: USED }, 'forged')]);
    const report = await audit('report', '--json');
    expect(JSON.parse(report.stdout)).toMatchObject({
      verified: true,
      records: 6,
      unverifiedRecords: 2,
      unverified: { records: 2, unprotected: [{ user: 'alice', element: 'deSSN', values: 1554 }] },
      named: [
        { place: expect.stringMatching(/audit\.jsonl:2$/), why: 'The signature is absent or incomplete' },
        { place: expect.stringMatching(/audit\.jsonl:8$/), why: 'The checksum does not match the record' },
      ],
    });
    expect(JSON.parse(report.stdout).unprotected).not.toContainEqual(expect.objectContaining({ user: 'alice' }));
    const words = await audit('report');
    expect(words.stdout).toMatch(/6 records from[^]*Not verified, and in no sum above\n2 records[^]*alice/);
    expect(words.stderr).toMatch(/audit\.jsonl:2: The signature is absent/);
    const sums =
      'select (select sum(cnt) from audit)::int as sum, (select sum(cnt) from audit_unverified)::int as apart';
    expect(JSON.parse((await audit('query', sums, '--json')).stdout)).toEqual([{ sum: 6, apart: 1554 }]);
    expect((await audit('export')).stdout).toBe(`${genuine.join('\n')}\n`);
    expect((await audit('export', '--unverified')).stdout.trimEnd().split('\n')[0]).toBe(unsigned);
  });

  test('is said of every record without a record key', async () => {
    const file = ['--file', join(dir, TRAIL)];
    expect(JSON.parse((await audit('report', ...file, '--json')).stdout)).toMatchObject({
      verified: false,
      records: 6,
    });
    expect((await audit('report', ...file)).stdout).toMatch(/^Not verified: these are what the records claim/);
    const former = (await readFile(join(dir, 'audit-keys.json'), 'utf8')).match(/"key_id": "(.{20})/)![1]!;
    const keys = ['audit-signing.json', `audit-signing.${former}.json`].map((name) => join(dir, 'keys', name));
    const { stdout } = await audit('report', ...file, '--key-file', ...keys, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, records: 6, unverifiedRecords: 0, named: [] });
  });

  test('gives way to the genuine record, which comes behind it', async () => {
    const genuine = await trail();
    const edited = genuine[0]!.replace(/"policy_user":"[^"]*"/, '"policy_user":"mallory"');
    await writeTrail([edited, ...genuine]);
    expect((await audit('export')).stdout).toBe(`${genuine.join('\n')}\n`);
    const { stdout } = await audit('report', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      records: 6,
      contradicted: 1,
      unverifiedRecords: 0,
      named: [{ place: expect.stringMatching(/:1$/), why: expect.stringContaining('the genuine record is there') }],
    });
  });

  test('is named when it contradicts another record, and no key can tell which is genuine', async () => {
    const genuine = await trail();
    const edited = genuine[0]!.replace(/"policy_user":"[^"]*"/, '"policy_user":"mallory"');
    await writeTrail([...genuine, edited, genuine[1]!]);
    const { stdout } = await audit('report', '--file', join(dir, TRAIL), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      records: 6,
      contradicted: 1,
      repeated: 1,
      named: [{ place: expect.stringMatching(/:7$/) }],
    });
  });
});

describe('a hostile name', () => {
  const HOSTILE = 'eve\u001b[2J\r\nroot\u202e\u009b\u2066';
  const SHOWN = String.raw`eve\u001b[2J\u000d\u000aroot\u202e\u009b\u2066`;
  // oxlint-disable-next-line no-control-regex -- those are the characters that no terminal may get
  const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

  beforeEach(async () => {
    const protection = { audit_code: 8, operation: 'Unprotect', dataelement: '=HYPERLINK("x")', policy_user: HOSTILE };
    await writeTrail([...(await trail()), await record({ protection })]);
  });

  test('is escaped in words, and exact in JSON', async () => {
    const report = await audit('report');
    expect(report.stdout).toContain(SHOWN);
    const query = await audit('query', 'select policy_user from audit where cnt = 777');
    expect(query.stdout).toContain(SHOWN.slice(0, 35));
    const json = await audit('query', 'select policy_user from audit where cnt = 777', '--json');
    expect(JSON.parse(json.stdout)).toEqual([{ policy_user: HOSTILE }]);
    const reported = await audit('report', '--json');
    expect(JSON.parse(reported.stdout).unprotected[0].user).toBe(HOSTILE);
    expect((await audit('export')).stdout).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    for (const { stdout, stderr } of [report, query, json, reported]) expect(stdout + stderr).not.toMatch(CONTROLS);
  });

  test('is escaped in findings and proofs', async () => {
    const chain = { signature: { key_id: 'x', chain_id: HOSTILE, sequence: 1, checksum: HOSTILE } };
    const line = JSON.stringify({ ...JSON.parse(await record({})), ...chain });
    await writeTrail([...(await trail()), line.replace('"x"', JSON.stringify(HOSTILE))]);
    await audit('seal');
    for (const args of [['verify'], ['verify', '--json'], ['prove', '7', '--json'], ['seal']]) {
      const { stdout, stderr } = await audit(...args);
      expect(stdout + stderr).not.toMatch(CONTROLS);
    }
  });

  test('is no formula in CSV, whose numbers stay numbers', async () => {
    const { stdout } = await audit('export', '--format', 'csv');
    expect(stdout).toContain(`"'=HYPERLINK(""x"")"`);
    const cells = ['=1', '+1', '-1', '@a', '\t=1', '\r=1', '\n=1', '＝1', '-', 'a=1', ''];
    const values = cells.map((cell) => `('${cell}')`).join(', ');
    const query = await audit('query', `select a, -5 as n from (values ${values}) t(a)`, '--csv');
    expect(query.stdout).toBe(
      `a,n\n'=1,-5\n'+1,-5\n'-1,-5\n'@a,-5\n'\t=1,-5\n"'\r=1",-5\n"'\n=1",-5\n'＝1,-5\n'-,-5\na=1,-5\n"",-5\n`,
    );
  });
});

test.each<[string, object]>([
  ['an audit code that is text', { protection: { audit_code: 'eight' } }],
  ['an audit code beyond 32 bits', { protection: { audit_code: 2 ** 31 } }],
  ['an audit code with a fraction', { protection: { audit_code: 8.5 } }],
  ['a count of requests that is text', { rest: { additional_info: { request_cnt: 'many' } } }],
  ['a first time beyond all calendars', { rest: { additional_info: { first_time_ms: 8.64e15 } } }],
  ['a first time that is text', { rest: { additional_info: { first_time_ms: 'now' } } }],
])('a record with %s is named and left out, and every query works', async (_, change) => {
  const bad = await record(change).catch(() => record(change, 'forged')); // a fraction has no checksum
  await writeTrail([bad, ...(await trail())]);
  const { code, stdout, stderr } = await audit('query', 'select count(*)::int as n from audit', '--json');
  expect({ code, rows: JSON.parse(stdout) }).toEqual({ code: 0, rows: [{ n: 6 }] });
  expect(stderr).toMatch(/Left out, no audit record: 1 line\n.*audit\.jsonl:1: \w+ is no [A-Z]+/);
  expect(JSON.parse((await audit('report', '--json')).stdout)).toMatchObject({ records: 6, malformed: 1 });
});

test('a text that is no Unicode does not stop a query', async () => {
  await writeTrail([await record({ protection: { policy_user: 'a\ud800b\u0000c' } }, 'forged'), ...(await trail())]);
  expect(await audit('query', 'select policy_user from audit_unverified', '--json')).toMatchObject({ code: 0 });
});

test('files of a directory that are links are read, and what cannot be read is named', async () => {
  const records = join(dir, 'records');
  const elsewhere = join(dir, 'elsewhere');
  await mkdir(records);
  await mkdir(elsewhere);
  const [first = '', ...rest] = await trail();
  await writeFile(join(records, 'a.jsonl'), `${first}\n`);
  await writeFile(join(elsewhere, 'b.jsonl'), `${rest.join('\n')}\n`);
  await symlink(join(elsewhere, 'b.jsonl'), join(records, 'b.jsonl'));
  const verify = (): Promise<Outcome> => audit('verify', '--file', records, '--log', join(dir, 'log'), '--json');
  expect(JSON.parse((await verify()).stdout)).toMatchObject({ valid: true, records: 6 });
  await symlink(elsewhere, join(records, 'c'));
  await symlink(join(dir, 'nothing'), join(records, 'd.jsonl'));
  expect(findingsOf(await verify())).toEqual(['unreadable records/c', 'unreadable records/d.jsonl']);
  expect(await audit('report', '--file', records)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/Not read: .*records\/c: [^]*Not read: .*records\/d\.jsonl: /),
  });
  await rm(join(dir, 'log', 'checkpoint'));
  await mkdir(join(dir, 'log', 'checkpoint'));
  expect(findingsOf(await audit('verify', '--json'))).toEqual(['unreadable checkpoint']);
});
