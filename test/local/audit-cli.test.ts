// Reading, copying and delivering audit records by the command.
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { DeadLetters } from '../../lib/delivery/dead-letters.ts';
import { type Outcome, runProtector, spawnProtector } from '../support/command.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { startFakeOpenSearch } from '../support/fake-opensearch.ts';
import { KEY_ID, originals } from '../support/signed-lines.ts';

const ALL = originals(
  Array.from({ length: 12 }, (_, i) => ({
    chain: 'ab'[i % 2]!,
    user: ['ann', 'bob'][i % 2]!,
    code: i < 8 ? 8 : 3,
    operation: 'Unprotect' as const,
    count: i + 1,
  })),
);
const LINES = ALL.map(({ line }) => line);
const CREDENTIALS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

let directory: string;
let file: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'audit-cli-'));
  file = join(directory, 'audit.jsonl');
  await writeFile(file, `${[LINES[0], 'no record', ...LINES].join('\n')}\n`);
});
afterAll(() => rm(directory, { recursive: true }));

function audit(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runProtector(['audit', ...args], { cwd: directory, settings: { ...CREDENTIALS, ...environment } });
}

const letter = (id: string) =>
  ({ parcel: { id, timeMs: 1, body: `{"id":"${id}"}` }, kind: 'retry', reason: 'status 503', attempts: 6 }) as const;

const total = 'select sum(cnt)::integer as n, count(*)::integer as records from audit';
const NOT_VERIFIED = 'Not verified: no record key was given (--key-file), so these are what 12 records claim\n';
const EXPECTED = [{ n: 78, records: 12 }];

describe('protector audit query', () => {
  test('counts a repeated line once, leaves out what is no record, and says both', async () => {
    const { stdout, stderr } = await audit(['query', '--file', file, '--json', total]);
    expect(JSON.parse(stdout)).toEqual(EXPECTED);
    expect(stderr).toContain('no audit record: 1 line');
    expect(stderr).toContain('repeated: 1 line');
  });

  test('reads a directory of files, zipped or not, whatever their names', async () => {
    const copies = join(directory, 'copies');
    await mkdir(copies);
    await writeFile(join(copies, 'plain'), LINES.slice(0, 5).join('\n'));
    // Two members, as Firehose puts them into one object.
    const members = [LINES.slice(5, 9), LINES.slice(9)].map((lines) => gzipSync(`${lines.join('\n')}\n`));
    await writeFile(join(copies, 'zipped'), Buffer.concat(members));
    await writeFile(join(copies, 'empty'), '');
    const { stdout, stderr } = await audit(['query', '--file', copies, '--json', total]);
    expect([JSON.parse(stdout), stderr]).toEqual([EXPECTED, NOT_VERIFIED]);
    await writeFile(join(copies, 'damaged'), members[0]!.subarray(0, 40));
    expect(await audit(['query', '--file', copies, total])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/damaged cannot be read \(Z_BUF_ERROR\)/),
    });
  });

  test('runs any DuckDB SQL over typed columns', async () => {
    const sql =
      'select policy_user, max(sequence) as last, min(time) < now() + interval 99 year as typed from audit group by all order by 1';
    expect(JSON.parse((await audit(['query', '--file', file, '--json', sql])).stdout)).toEqual([
      { policy_user: 'ann', last: '6', typed: true },
      { policy_user: 'bob', last: '6', typed: true },
    ]);
  });

  test('ends with 1 for SQL that is wrong, and with 2 for a file that is not there', async () => {
    expect((await audit(['query', '--file', file, 'select nonsense'])).code).toBe(1);
    expect((await audit(['query', '--file', join(directory, 'none'), total])).code).toBe(2);
    expect((await audit(['query', '--file', file, '--s3', 's3://b', total])).code).toBe(2);
  });
});

test('protector audit report says it in words and as JSON', async () => {
  const words = await audit(['report', '--file', file]);
  expect(words.stdout).toContain('2 users unprotected 36 values of 1 data element');
  expect(words.stdout).toContain('4 attempts of 2 users did not get what was asked for');
  const { stdout } = await audit(['report', '--file', file, '--json', '--from', '2027-01-15', '--to', '2027-01-16']);
  expect(JSON.parse(stdout)).toMatchObject({ values: { Unprotect: 36 }, records: 12, malformed: 1, repeated: 1 });
  const none = await audit(['report', '--file', file, '--to', '2027-01-15T08:00:00Z']);
  expect(none.stdout).toBe('No audit record in this range.\n');
  expect(words.stdout).toContain('0 reprotected.\n');
});

test('protector audit report says how many values were checked, if any were', async () => {
  const checks = join(directory, 'checks.jsonl');
  const [checked] = originals([{ chain: 'c', user: 'ann', code: 10, operation: 'Check', count: 1200 }]);
  await writeFile(checks, `${checked!.line}\n`);
  expect((await audit(['report', '--file', checks])).stdout).toContain('0 reprotected, 1,200 checked.\n');
});

test('protector audit report says which elements left values clear, how many of how many, and which left parts', async () => {
  const clear = join(directory, 'clear.jsonl');
  const protect = { chain: 'd', user: 'ann', operation: 'Protect' } as const;
  const made = originals([
    { ...protect, element: 'deName', code: 6, count: 1200, clearCount: 1100 },
    { ...protect, element: 'deEmail', code: 6, count: 9, clearParts: true },
    { ...protect, element: 'deSSN', code: 6, count: 7 },
  ]);
  await writeFile(clear, made.map(({ line }) => `${line}\n`).join(''));
  const { stdout } = await audit(['report', '--file', clear]);
  const [, section = ''] = stdout.split('What stayed clear when it was protected');
  expect(section).toMatch(/deName\W+1,100\W+1,200\W+deEmail\W+0\W+9\W+stayed clear\W+$/);
  expect(section).not.toContain('deSSN');
  expect((await audit(['report', '--file', file])).stdout).not.toContain('stayed clear');
});

test('protector audit report lists the uses of break-glass roles, if there are any', async () => {
  const uses = join(directory, 'uses.jsonl');
  const use = { chain: 'e', user: 'eva', operation: 'Unprotect', element: 'deSSN', code: 8, breakGlass: true } as const;
  await writeFile(
    uses,
    originals([
      { ...use, count: 1200 },
      { ...use, count: 34 },
    ])
      .map(({ line }) => `${line}\n`)
      .join(''),
  );
  const { stdout } = await audit(['report', '--file', uses]);
  expect(stdout.split('Uses of break-glass roles')[1]).toMatch(/eva\W+Unprotect\W+deSSN\W+2\W+1,234/);
  expect((await audit(['report', '--file', file])).stdout).not.toContain('break-glass');
});

test('protector audit export copies records byte for byte, for its owner alone, and makes CSV of them', async () => {
  const out = join(directory, 'copy.jsonl');
  await audit(['export', '--file', file, '--out', out]);
  expect(await readFile(out, 'utf8')).toBe(`${LINES.join('\n')}\n`);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const { stdout } = await audit(['export', '--file', file, '--format', 'csv']);
  expect(stdout.split('\n')).toHaveLength(14);
  expect(stdout).toMatch(/^time,policy_user,/);
});

describe('records elsewhere', () => {
  let fake: FakeAws;
  let bucket: FakeBucket;
  beforeAll(async () => {
    fake = await startFakeAws();
    bucket = await startFakeBucket();
  });
  afterAll(async () => {
    await fake.close();
    await bucket.close();
  });

  test('are read from a log group, all pages and streams of it', async () => {
    fake.createLogGroup('audit');
    const client = new CloudWatchLogsClient({
      endpoint: fake.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    for (const logStreamName of ['a', 'b']) {
      const stream = { logGroupName: 'audit', logStreamName };
      await client.send(new CreateLogStreamCommand(stream));
      const own = ALL.filter(({ id }) => id.startsWith(logStreamName));
      const logEvents = own.map(({ line }) => ({ message: line, timestamp: Date.now() }));
      await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
    }
    client.destroy();
    const { stdout } = await audit(['query', '--log-group', 'audit', '--json', total], {
      AWS_ENDPOINT_URL: fake.endpoint,
    });
    expect(JSON.parse(stdout)).toEqual(EXPECTED);
  });

  test('are verified in a log group, as in a file', async () => {
    const keyFile = join(directory, 'record-key.json');
    await writeFile(keyFile, JSON.stringify({ key_id: KEY_ID, key: Buffer.alloc(32, 7).toString('base64') }));
    const request = ['verify', '--log-group', 'audit', '--as-of', '2028-01-01'];
    const settings = { AWS_ENDPOINT_URL: fake.endpoint };
    const { code, stdout } = await audit([...request, '--key-file', keyFile, '--json'], settings);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ valid: true, records: 12, chains: 2, checksumsVerified: true }),
    ]);
    expect(await audit(request, settings)).toMatchObject({ code: 2, stderr: expect.stringContaining('--key-file') });
    expect(await audit([...request, '--file', file, '--key-file', keyFile], settings)).toMatchObject({ code: 2 });
  });

  test('of a log group that is not there cannot be verified', async () => {
    const request = ['verify', '--log-group', 'none', '--key-file', join(directory, 'record-key.json')];
    const { code, stderr } = await audit(request, { AWS_ENDPOINT_URL: fake.endpoint });
    expect([code, stderr]).toEqual([2, expect.stringContaining('none cannot be read (ResourceNotFoundException)')]);
  });

  test('are read from objects of a prefix, zipped or not', async () => {
    const { objects } = bucket;
    objects.set('copies/1.jsonl', Buffer.from(`${LINES.slice(0, 5).join('\n')}\n`));
    objects.set('copies/2.jsonl.gz', gzipSync(`${LINES.slice(5).join('\n')}\n`));
    objects.set('elsewhere/3.jsonl', Buffer.from('no record\n'));
    const environment = { AWS_ENDPOINT_URL: bucket.endpoint };
    const { stdout, stderr } = await audit(['query', '--s3', 's3://bucket/copies/', '--json', total], environment);
    expect([JSON.parse(stdout), stderr]).toEqual([EXPECTED, NOT_VERIFIED]);
  });
});

test('protector audit redrive drains the dead letters, and says what is left', async () => {
  const search = await startFakeOpenSearch();
  const store = join(directory, 'store');
  const letters = new DeadLetters(fileObjectStore(store), 'dead-letters/');
  await letters.keep('opensearch', [letter('a'), letter('b')], 1);
  await letters.keep('opensearch', [letter('c')], 2);
  const environment = { ESA_URL: search.endpoint };
  search.refuse((body) => body.includes('"b"'), 'item');
  const first = await audit(['redrive', '--store', store], environment);
  expect(first).toMatchObject({
    code: 1,
    stdout: '2 records delivered, 1 left\n  1: item status 400 mapper_parsing_exception\n',
  });
  search.refuse(() => false, 'item');
  const second = await audit(['redrive', '--store', store, '--json'], environment);
  expect(JSON.parse(second.stdout)).toEqual({ delivered: 1, left: {}, unreadable: [], neverRecords: 0 });
  expect([...search.documents.keys()].toSorted()).toEqual(['a', 'b', 'c']);
  const third = await audit(['redrive', '--store', store], environment);
  expect(third).toMatchObject({ code: 0, stdout: '0 records delivered, 0 left\n' });
  await search.close();
});

test.each([
  ['no server', {}, '.', /ESA_URL is missing/],
  ['no address', { ESA_URL: 'esa' }, '.', /ESA_URL must be like https:/],
  ['a server without TLS', { ESA_URL: 'http://esa.example' }, '.', /ESA_URL must be like https:/],
  ['no authority', { ESA_URL: 'https://esa.example', ESA_CA_PATH: 'nowhere' }, '.', /ESA_CA_PATH .* \(ENOENT\)/],
])('protector audit redrive with %s says so in one line', async (_, environment, store, message) => {
  const { code, stdout, stderr } = await audit(['redrive', '--store', store], environment);
  expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 });
  expect(stderr).toMatch(message);
});

test('protector audit redrive names a store that is not there as it was given', async () => {
  const outcome = await spawnProtector(['audit', 'redrive', '--store', 's3:/letters'], {
    cwd: directory,
    settings: { ESA_URL: 'https://esa.example' },
  });
  expect(outcome).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/no directory s3:\/letters.*\n$/) });
});
