// `protector console` over HTTP: who gets in, what it answers, and that it keeps nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Feed, FileFeed } from '../../functions/cli/console/feed.ts';
import { LogGroupFeed } from '../../functions/cli/console/log-group-feed.ts';
import { pageFiles } from '../../functions/cli/console/page-bundle.ts';
import { TrailBook } from '../../functions/cli/console/trail-book.ts';
import { CliError } from '../../functions/cli/core/exit.ts';
import type { LogMessage } from '../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import type {
  Failure,
  Overview,
  PolicyChanges,
  PolicyFacts,
  PolicyReason,
  PolicyTestResults,
  ProofReply,
  RecordInFull,
  RecordList,
  SubjectFacts,
  TenantFacts,
  TryReply,
} from '../../lib/console/messages.ts';
import { workspace } from '../../functions/cli/workspace/workspace.ts';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import { laneStore } from '../../lib/delivery/lane.ts';
import { operate, type OperatorRequest } from '../../lib/delivery/operate.ts';
import { prepare, runProtector } from '../support/command.ts';
import { fillLanes } from '../support/console/lanes.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { startFakeBucket } from '../support/fake-bucket.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { LambdaModel } from '../support/publication/lambda-model.ts';
import { writeUse } from '../support/console/trail.ts';
import { listenApart, listenHere, type Served, type ServedHere } from '../support/served.ts';

const END_MS = Date.now() - 60_000;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

let directory: string;
let ws: string;
let running: ServedHere[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'console-'));
  ws = join(directory, 'made');
  await prepare(['init', '--dir', ws], { cwd: directory });
  await writeUse(ws, { records: 400, days: 30, endMs: END_MS });
  await prepare(['audit', 'seal', '--dir', ws], { cwd: directory });
});

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request with exactly these headers. */
function send(
  url: string | URL,
  headers: Readonly<Record<string, string>> = {},
  { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode!, headers: reply.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

interface Session {
  readonly address: URL;
  readonly cookie: string;
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: (path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
}

/** Starts a console and opens its address. */
async function open(...args: readonly string[]): Promise<Session> {
  const served = await listenHere(directory, ['console', ...(args.length > 0 ? args : ['--dir', ws])]);
  running.push(served);
  return enter(served.origin);
}

/** Opens an address, as a browser does. */
async function enter(origin: string): Promise<Session> {
  const address = new URL(origin);
  const entered = await send(address);
  const cookie = String(entered.headers['set-cookie']).split(';')[0]!;
  const get = async <T>(path: string): Promise<T> =>
    JSON.parse((await send(new URL(path, address), { cookie })).text) as T;
  const post: Session['post'] = (path, body, headers = {}) =>
    send(
      new URL(path, address),
      { cookie, origin: address.origin, 'content-type': 'application/json', ...headers },
      { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
    );
  return { address, cookie, get, post };
}

/** Asks until the trail is read and verified. */
async function verified(session: Session): Promise<Overview> {
  for (;;) {
    const overview = await session.get<Overview>('/api/overview');
    if (overview.verdict.is !== 'checking') return overview;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

describe('the door of the console', () => {
  const PATHS = ['/', '/console.js', '/api/overview', '/api/records?count=1', '/api/live', '/api/policy', '/nothing'];

  test('lets the address in once, and gives it a cookie that no script and no other site can use', async () => {
    const { address } = await open();
    const { status, headers, text } = await send(address);
    expect([status, headers['location'], text]).toEqual([303, '/', '']);
    expect(String(headers['set-cookie'])).toMatch(
      /^protector-console-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(String(headers['set-cookie'])).not.toContain(address.searchParams.get('token')!);
  });

  test.each(PATHS)('refuses %s without the cookie', async (path) => {
    const { address } = await open();
    const { status, text } = await send(new URL(path, address));
    expect([status, JSON.parse(text)]).toEqual([
      403,
      { error: expect.any(String), next: expect.stringContaining('address') },
    ]);
  });

  test.each(['', 'x', 'A'.repeat(43)])('refuses the token %j', async (token) => {
    const { address } = await open();
    const { status, headers } = await send(new URL(`/?token=${token}`, address));
    expect([status, headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('gives each console a token and a cookie of its own', async () => {
    const [one, other] = [await open(), await open()];
    expect(one.address.searchParams.get('token')).not.toBe(other.address.searchParams.get('token'));
    const { status } = await send(new URL('/api/subject', other.address), {
      cookie: one.cookie.replace(one.address.port, other.address.port),
    });
    expect(status).toBe(403);
  });

  test.each([
    ['attacker.example'],
    ['attacker.example:<port>'],
    ['127.0.0.1.attacker.example:<port>'],
    ['127.0.0.1'],
    ['127.0.0.1:1'],
    ['0.0.0.0:<port>'],
    ['[::]:<port>'],
  ])('refuses the host name %s, with the token and with the cookie', async (name) => {
    const { address, cookie } = await open();
    const host = name.replace('<port>', address.port);
    for (const [path, headers] of [
      [address.href, {}],
      ['/api/overview', { cookie }],
    ] as const) {
      expect((await send(new URL(path, address), { ...headers, host })).status).toBe(403);
    }
  });

  test.each([
    [{ origin: 'https://attacker.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://127.0.0.1:1' }],
    [{ origin: 'http://localhost:<port>' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('refuses a request of another page: %j', async (given) => {
    const { address, cookie, post } = await open();
    const foreign = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('<port>', address.port)]),
    );
    expect((await send(new URL('/api/overview', address), { cookie, ...foreign })).status).toBe(403);
    expect((await post('/api/try', {}, foreign)).status).toBe(403);
  });

  test('takes a trial from its own page alone: a request that says no origin is refused', async () => {
    const { address, cookie } = await open();
    const { status } = await send(new URL('/api/try', address), { cookie }, { method: 'POST', body: '{}' });
    expect(status).toBe(403);
  });

  test('allows no script, style, frame or host but its own, and keeps no answer', async () => {
    const { address, cookie } = await open();
    for (const path of PATHS.filter((each) => each !== '/api/live')) {
      const { headers } = await send(new URL(path, address), { cookie });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
    }
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'POST'])('changes nothing: %s finds no page', async (method) => {
    const { address, cookie } = await open();
    const { status } = await send(new URL('/api/records', address), { cookie, origin: address.origin }, { method });
    expect(status).toBe(404);
  });
});

describe('the answers of the console', () => {
  test('over a workspace: verdict, sums, and what of it is sealed', async () => {
    const session = await open();
    const { verdict, usage, progress } = await verified(session);
    expect(verdict).toMatchObject({
      is: 'intact',
      records: 400,
      checksumsVerified: true,
      log: { newest: { size: 400 } },
    });
    expect(progress).toMatchObject({ records: 400, uncounted: 0, malformed: 0, isReading: false });
    const report = JSON.parse(await prepare(['audit', 'report', '--json', '--dir', ws], { cwd: directory })) as object;
    const {
      verified: _,
      malformed,
      repeated,
      contradicted,
      unverifiedRecords,
      named,
      unread,
      ...sums
    } = report as Record<string, unknown>;
    expect([malformed, repeated, contradicted, unverifiedRecords, named, unread]).toEqual([0, 0, 0, 0, [], []]);
    expect(usage.report).toEqual(sums);
  });

  test('the list has the newest first, a filter, and parts', async () => {
    const session = await open();
    await verified(session);
    const all = await session.get<RecordList>('/api/records?count=500');
    expect([all.total, all.rows.length, all.rows[0]!.line]).toEqual([400, 400, 400]);
    const part = await session.get<RecordList>('/api/records?from=10&count=5');
    expect(part.rows).toEqual(all.rows.slice(10, 15));
    const before = await session.get<RecordList>('/api/records?count=1&upTo=100');
    expect([before.total, before.rows[0]!.line]).toEqual([100, 100]);
    const hotline = await session.get<RecordList>('/api/records?user=hotline&effect=unprotected&count=500');
    expect(hotline.rows).toEqual(all.rows.filter(({ user, effect }) => user === 'hotline' && effect === 'unprotected'));
    expect(hotline.total).toBeGreaterThan(3);
  });

  test('a record in full is its line, and its proof holds', async () => {
    const session = await open();
    await verified(session);
    const { text, row } = await session.get<RecordInFull>('/api/records/123');
    expect(text).toBe(readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n')[122]);
    expect(row).toMatchObject({ line: 123, state: 'verified' });
    const proof = (await session.get<ProofReply>('/api/records/123/proof')) as Extract<ProofReply, { proof: string }>;
    expect([proof.index, proof.size]).toEqual([122, 400]);
    const file = join(directory, 'proof');
    writeFileSync(file, proof.proof);
    const { code } = await runProtector(['audit', 'prove', '--check', file, '--dir', ws], { cwd: directory });
    expect(code).toBe(0);
    expect(await session.get<Failure>('/api/records/9999')).toMatchObject({ error: 'There is no such record' });
  });

  test('a record that was changed is named, rejected, and in no sum', async () => {
    const trail = readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n');
    const copy = join(directory, 'changed.jsonl');
    writeFileSync(copy, trail.with(9, trail[9]!.replace('"cnt":', '"cnt":9')).join('\n'));
    const session = await open('--file', copy, '--log', join(ws, 'log'), '--keys', join(ws, 'audit-keys.json'));
    const { verdict, progress } = await verified(session);
    expect(verdict).toMatchObject({ is: 'broken', findings: [{ kind: 'modified', line: 10 }] });
    expect(progress.uncounted).toBe(1);
    const bad = await session.get<RecordList>('/api/records?bad=1&count=10');
    expect(bad.rows.map(({ line, state }) => [line, state])).toEqual([[10, 'bad']]);
    const { findings } = await session.get<RecordInFull>('/api/records/10');
    expect(findings).toMatchObject([{ kind: 'modified' }]);
  });

  test('records without a key are what they claim, and say so', async () => {
    const copy = join(directory, 'copy.jsonl.gz');
    writeFileSync(copy, gzipSync(readFileSync(join(ws, 'audit/audit.jsonl'))));
    const session = await open('--file', copy);
    const { verdict, usage } = await verified(session);
    expect(verdict).toMatchObject({ is: 'impossible', why: expect.stringContaining('--key-file') });
    expect(usage.report.records).toBe(400);
    expect(await session.get<Failure>('/api/policy')).toMatchObject({ next: expect.stringContaining('--dir') });
    expect((await session.post('/api/try', TRIAL)).status).toBe(404);
  });

  test('the policy: who gets what and why, what changed, and its tests', async () => {
    const session = await open();
    const facts = await session.get<PolicyFacts>('/api/policy');
    expect(facts.users).toEqual(['analyst', 'auditor', 'test_user']);
    const at = facts.elements.findIndex(({ name }) => name === 'deSSN');
    expect(facts.cells.Unprotect.map((row) => row[at]!.kind)).toEqual(['null', 'token', 'clear', 'refused']);
    const why = await session.get<PolicyReason>('/api/policy/why?user=analyst&element=deSSN');
    const said = await prepare(
      ['policy', 'explain', '--user', 'analyst', '--element', 'deSSN', '--json', '--dir', ws],
      { cwd: directory },
    );
    expect(JSON.parse(said)).toMatchObject(why);
    expect(await session.get<PolicyChanges>('/api/policy/diff?from=1&to=file')).toEqual({ changes: [] });
    const tests = await session.get<PolicyTestResults>('/api/policy/tests');
    expect(tests.tests.length).toBeGreaterThan(3);
    expect(tests.tests.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(await session.get<Failure>('/api/policy/diff?from=1&to=../../keys')).toMatchObject({
      error: expect.stringContaining('whole number'),
    });
  });

  test('tenants: a lane for each sink, and no credential', async () => {
    const session = await open();
    const { lanes, deadLetters, why } = await session.get<TenantFacts>('/api/tenants');
    expect(lanes).toMatchObject([
      { lane: expect.stringMatching(/^acme@/), kind: 'file', isEnabled: true, waiting: 0, deadLetters: 0 },
      { lane: expect.stringMatching(/^globex@/), kind: 'stdout' },
    ]);
    expect([deadLetters, why]).toEqual([[], undefined]);
    await fillLanes(ws, 'acme@file', END_MS);
    const later = await session.get<TenantFacts>('/api/tenants');
    expect(later.lanes[0]).toMatchObject({ waiting: 3, sinceMs: END_MS - 180_000, reason: 'HTTP 503', deadLetters: 2 });
    expect(later.deadLetters).toMatchObject([
      { lane: 'acme@file', id: '01K9GIVENUP1', reason: 'HTTP 400', attempts: 1 },
      { id: '01K9GIVENUP2', reason: 'HTTP 503', attempts: 31 },
    ]);
  });

  test('a bundle of at most 200 KB, gzipped', async () => {
    const files = await pageFiles();
    const sizes = [...files].map(([path, { text }]) => [path, gzipSync(text).length] as const);
    const all = sizes.reduce((sum, [, size]) => sum + size, 0);
    process.stdout.write(
      `page of the console, gzipped: ${all} bytes (${sizes.map(([path, size]) => `${path} ${size}`).join(', ')})\n`,
    );
    expect(all).toBeLessThanOrEqual(200_000);
    for (const [, { text }] of files) expect(text).not.toMatch(/["']node:/);
  });
});

const TRIAL = { user: 'test_user', operation: 'protect', element: 'deSSN', values: ['900-12-3456'] };

describe('a trial', () => {
  test('gives what the policy gives, and shows the record that it left', async () => {
    const session = await open();
    const reply = JSON.parse((await session.post('/api/try', TRIAL)).text) as TryReply;
    const [token] = reply.results as [string];
    expect(token).toMatch(/^\d{3}-\d\d-\d{4}$/);
    const back = { ...TRIAL, operation: 'unprotect', values: [token] };
    expect(JSON.parse((await session.post('/api/try', back)).text)).toMatchObject({ results: TRIAL.values });
    const analyst = JSON.parse((await session.post('/api/try', { ...back, user: 'analyst' })).text) as TryReply;
    expect(analyst.results).toEqual([null]);
    const stranger = JSON.parse((await session.post('/api/try', { ...back, user: 'mallory' })).text) as TryReply;
    expect(stranger).toMatchObject({ refusal: expect.any(String) });
    expect(stranger).not.toHaveProperty('results');
    const records = [reply, analyst, stranger].map(({ record }) => JSON.parse(record!) as Record<string, unknown>);
    expect(records.map(({ protection }) => protection)).toMatchObject([
      { policy_user: 'test_user', audit_code: 6, dataelement: 'deSSN' },
      { policy_user: 'analyst', audit_code: 3 },
      { policy_user: 'mallory', audit_code: 1 },
    ]);
  });

  test('leaves its value nowhere: in no file of the workspace, and not in the trail', async () => {
    const session = await open();
    await session.post('/api/try', { ...TRIAL, values: ['917-53-8264'] });
    await Promise.all(running.splice(0).map(({ stop }) => stop()));
    const files = readdirSync(ws, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(10);
    const holding = files.filter(({ parentPath, name }) =>
      readFileSync(join(parentPath, name)).includes('917-53-8264'),
    );
    expect(holding).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no values', { ...TRIAL, values: [] }],
    ['too many values', { ...TRIAL, values: Array(101).fill('1') }],
    ['a value that is too long', { ...TRIAL, values: ['1'.repeat(4097)] }],
    ['a value that is no text', { ...TRIAL, values: [1] }],
    ['another operation', { ...TRIAL, operation: 'check' }],
    ['another member', { ...TRIAL, file: '/etc/passwd' }],
  ])('with %s is refused', async (_, body) => {
    const session = await open();
    const { status, text } = await session.post('/api/try', body);
    expect([status, JSON.parse(text)]).toMatchObject([400, { next: expect.stringContaining('100 values') }]);
  });
});

describe('the report as one file', () => {
  const SCRIPT = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';

  test('holds its data, style and script, names no host, and keeps names of users text', async () => {
    const other = join(directory, 'other');
    await prepare(['init', '--dir', other], { cwd: directory });
    await writeUse(other, { records: 50, days: 3, endMs: END_MS, last: [{ user: SCRIPT, element: SCRIPT, code: 2 }] });
    const file = join(directory, 'report.html');
    const { code, stdout } = await runProtector(['audit', 'report', '--html', file, '--dir', other], {
      cwd: directory,
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining(file)]);
    const html = readFileSync(file, 'utf8');
    // Compared as a number: jest would print the whole page.
    expect(html.split('<script>alert').length + html.split('<img').length).toBe(2);
    expect(html.split('<script').length).toBe(3);
    const markup = html.replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/(?:src|href)=|https?:/);
    const [, data] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(html)!;
    const { overview } = JSON.parse(data!) as { readonly overview: Overview };
    expect(overview.usage.report.records).toBe(51);
    expect(overview.usage.report.refused.map(({ user }) => user)).toContain(SCRIPT);
    expect(overview.verdict).toMatchObject({ is: 'intact', records: 51 });
  });

  test('says which records it leaves out', async () => {
    const trail = readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n');
    const copy = join(directory, 'edited.jsonl');
    writeFileSync(copy, trail.with(3, trail[3]!.replace('"cnt":', '"cnt":9')).join('\n'));
    const file = join(directory, 'edited.html');
    const key = join(ws, 'keys/audit-signing.json');
    await runProtector(['audit', 'report', '--html', file, '--file', copy, '--key-file', key], { cwd: directory });
    const [, data] = /id="data">(.*?)<\/script>/.exec(readFileSync(file, 'utf8'))!;
    const { overview } = JSON.parse(data!) as { readonly overview: Overview };
    expect(overview.verdict).toMatchObject({ is: 'broken', findings: [{ kind: 'modified', line: 4 }] });
    expect(overview.progress.uncounted).toBe(1);
  });
});

test('records that are written while it runs appear, told by an event', async () => {
  const session = await open();
  await verified(session);
  const before = (await session.get<RecordList>('/api/records?count=1')).total;
  const stream = await fetch(new URL('/api/live', session.address), { headers: { cookie: session.cookie } });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let told = '';
  await session.post('/api/try', TRIAL);
  while (!told.includes(`"records":${before + 1}`)) told += (await reader.read()).value ?? '';
  expect(told).toContain('event: progress');
  const [newest] = (await session.get<RecordList>('/api/records?count=1')).rows;
  expect(newest).toMatchObject({ user: 'test_user', element: 'deSSN', effect: 'protected' });
  await reader.cancel();
});

async function numbers(feed: Feed): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { lines, isFirst } of feed.more()) {
    found.push(...(isFirst ? ['first'] : []), ...lines.map(({ number, text }) => `${number} ${text}`));
  }
  return found;
}

test('a log group is read with the credentials of the caller, and AWS is asked to read alone', async () => {
  const fake = await startFakeAws();
  const lines = readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n').slice(0, 400);
  fake.createLogGroup('audit');
  const client = new CloudWatchLogsClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const stream = { logGroupName: 'audit', logStreamName: 'stream' };
  await client.send(new CreateLogStreamCommand(stream));
  const logEvents = lines.map((message) => ({ message, timestamp: Date.now() }));
  await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
  client.destroy();
  const before = fake.calls.length;
  const evidence = ['--log', join(ws, 'log'), '--keys', join(ws, 'audit-keys.json')];
  const served = await listenApart(directory, ['console', '--log-group', 'audit', ...evidence], {
    AWS_ENDPOINT_URL: fake.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  });
  const session = await enter(served.origin);
  const { verdict, usage } = await verified(session);
  expect(verdict).toMatchObject({
    is: 'intact',
    records: 400,
    checksumsVerified: false,
    log: { newest: { size: 400 } },
  });
  expect(usage.report.records).toBe(400);
  expect(await session.get<SubjectFacts>('/api/subject')).toMatchObject({
    records: 'audit',
    isLive: true,
    everyS: 10,
  });
  expect([...new Set(fake.calls.slice(before))]).toEqual(['FilterLogEvents']);
  // An open stream of events does not keep it from ending.
  const live = await fetch(new URL('/api/live', session.address), { headers: { cookie: session.cookie } });
  served.process.kill('SIGTERM');
  expect(await served.ended).toBe(0);
  await live.text();
  await fake.close();
});

/** A copy of the trail, with its key. */
const copyOfTrail = (): string[] => [
  '--file',
  join(ws, 'audit/audit.jsonl'),
  '--key-file',
  join(ws, 'keys/audit-signing.json'),
];

/** Stops a console and the services that it asked. Resolves to its exit code. */
async function stopApart(served: Served, ...services: readonly { close(): Promise<void> }[]): Promise<number> {
  served.process.kill('SIGTERM');
  const code = await served.ended;
  await Promise.all(services.map((service) => service.close()));
  return code ?? -1;
}

describe('tenants of a forwarder elsewhere', () => {
  const WAITING = {
    lane: 'globex@siem',
    kind: '',
    waiting: 3,
    sinceMs: END_MS - 180_000,
    reason: 'HTTP 503',
    deadLetters: 2,
  };
  let elsewhere: string;
  beforeAll(async () => {
    elsewhere = join(directory, 'elsewhere');
    await prepare(['init', '--dir', elsewhere], { cwd: directory });
    await fillLanes(elsewhere, 'globex@siem', END_MS);
  });

  test('are those of its store, and no sink or event of this workspace', async () => {
    const session = await open(...copyOfTrail(), '--dir', ws, '--store', workspace(elsewhere).forwarder);
    const facts = await session.get<TenantFacts>('/api/tenants');
    expect(facts).toMatchObject({
      lanes: [WAITING],
      events: [],
      deadLetters: [{ reason: 'HTTP 400' }, { attempts: 31 }],
    });
  });

  test('are those that its function answers, beside records of a bucket, each asked with the rights of the caller', async () => {
    const [bucket, model] = [await startFakeBucket(), new LambdaModel()];
    const store = laneStore(fileObjectStore(workspace(elsewhere).forwarder));
    const asked: unknown[] = [];
    model.createFunction('forwarder', () => (event) => {
      asked.push(event);
      const options = {
        store,
        findLane: () => undefined,
        deadlineMs: 0,
        claimant: '',
        nowMs: Date.now,
        sleep: () => Promise.resolve(),
        random: () => 0,
      };
      return operate(event as OperatorRequest, options);
    });
    model.busyReads = 0;
    model.createAlias('forwarder', 'operator', model.publishVersion('forwarder', undefined, '').version);
    const lambda = await startLambdaService(model);
    const client = new S3Client({
      endpoint: bucket.endpoint,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      forcePathStyle: true,
    });
    const lines = readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n').slice(0, 400);
    const objects = s3ObjectStore({ client, bucket: 'evidence' });
    await objects.put('records/a.jsonl', Buffer.from(`${lines.slice(0, 150).join('\n')}\n`), 'absent');
    await objects.put('records/b.jsonl.gz', gzipSync(lines.slice(150).join('\n')), 'absent');
    client.destroy();
    const before = bucket.calls.length;
    const source = ['--s3', 's3://evidence/records', '--key-file', join(ws, 'keys/audit-signing.json')];
    const served = await listenApart(directory, ['console', ...source, '--function', 'forwarder'], {
      AWS_ENDPOINT_URL: bucket.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    });
    running.push({ ...served, output: () => '', stop: () => stopApart(served, bucket, lambda) });
    const session = await enter(served.origin);
    expect(await verified(session)).toMatchObject({ verdict: { is: 'intact', records: 400, checksumsVerified: true } });
    expect(await session.get<SubjectFacts>('/api/subject')).toMatchObject({
      records: 's3://evidence/records',
      isLive: false,
    });
    expect(await session.get<TenantFacts>('/api/tenants')).toMatchObject({ lanes: [WAITING], events: [] });
    expect(asked).toEqual([{ operate: 'status' }, { operate: 'dead-letters' }]);
    expect([...new Set(bucket.calls.slice(before))].toSorted()).toEqual(['GET', 'LIST']);
    // A function that breaks is named, and the page says what to do.
    model.functions.clear();
    expect(await session.get<Failure>('/api/tenants')).toMatchObject({
      error: expect.stringContaining('forwarder'),
      next: expect.any(String),
    });
  });
});

const logMessage = (id: string, timeMs: number, text = id): LogMessage => ({
  id,
  timeMs,
  message: text,
  writtenMs: timeMs,
});

/** Answers looks one after another; a look that is an error breaks off behind its messages. */
function groupOf(...looks: readonly (readonly (LogMessage | Error)[])[]) {
  const from: (number | undefined)[] = [];
  const read = async function* (fromMs: number | undefined): AsyncGenerator<LogMessage> {
    for (const found of looks[from.push(fromMs) - 1] ?? []) {
      if (found instanceof Error) throw found;
      yield found;
    }
  };
  return { from, read };
}

describe('a log group that is asked again', () => {
  const MINUTE_MS = 60_000;

  test('gives each event once, late ones too, and asks only for the last ten minutes', async () => {
    const [a, b, late, c] = [
      logMessage('a', 0),
      logMessage('b', 60 * MINUTE_MS),
      logMessage('l', 55 * MINUTE_MS),
      logMessage('c', 61 * MINUTE_MS),
    ];
    const { from, read } = groupOf([a, b], [b], [late, b, c], [late, c]);
    const feed = new LogGroupFeed({ logGroup: 'audit', read });
    expect(await numbers(feed)).toEqual(['first', '1 a', '2 b']);
    expect(await numbers(feed)).toEqual([]);
    expect(await numbers(feed)).toEqual(['3 l', '4 c']);
    expect(await numbers(feed)).toEqual([]);
    expect(from).toEqual([undefined, 50 * MINUTE_MS, 50 * MINUTE_MS, 51 * MINUTE_MS]);
    expect([await feed.textOf(3), feed.lines()]).toEqual(['l', ['a', 'b', 'l', 'c']]);
  });

  test('goes on behind a refusal of AWS: nothing is lost, and nothing comes twice', async () => {
    const [a, b] = [logMessage('a', 0), logMessage('b', 1)];
    const refusal = Object.assign(new Error('no'), { name: 'ExpiredTokenException' });
    const { from, read } = groupOf([a, refusal], [a, b]);
    const feed = new LogGroupFeed({ logGroup: 'audit', read });
    await expect(numbers(feed)).rejects.toMatchObject({ message: 'audit cannot be read (ExpiredTokenException)' });
    expect(feed.lines()).toEqual(['a']);
    expect(await numbers(feed)).toEqual(['2 b']);
    expect(from).toEqual([undefined, undefined]);
  });

  test('is followed no longer once it has as many lines as find room', async () => {
    const { read } = groupOf([logMessage('a', 0), logMessage('b', 1), logMessage('c', 2)]);
    const feed = new LogGroupFeed({ logGroup: 'audit', read, mostLines: 2 });
    expect([await numbers(feed), feed.isLive]).toEqual([['first', '1 a', '2 b'], false]);
  });

  test('shows new records by itself, also after AWS refused once', async () => {
    const [one, two, three] = readFileSync(join(ws, 'audit/audit.jsonl'), 'utf8').split('\n');
    const messages = [one, two, three].map((text, n) => logMessage(String(n), n, text));
    const { read } = groupOf([messages[0]!], [new Error('no')], messages);
    const seen: string[] = [];
    const enough = Promise.withResolvers<void>();
    const book: TrailBook = new TrailBook({
      feed: new LogGroupFeed({ logGroup: 'audit', read, lookEveryMs: 1 }),
      verify: () => Promise.reject(new CliError('CLI_USAGE', 'no key')),
      from: undefined,
      to: undefined,
      nowMs: () => 0,
      onChange: () => {
        const { records, verdict } = book.progress;
        seen.push(`${records} ${verdict}`);
        if (records === 3) enough.resolve();
      },
    });
    const reading = book.run();
    await enough.promise;
    book.stop();
    await reading;
    expect(seen).toEqual(expect.arrayContaining(['1 checking', '3 impossible']));
    expect([book.verdict, book.progress.isFollowed]).toEqual([{ is: 'impossible', why: expect.any(String) }, true]);
  });
});

describe('a file that is read on', () => {
  test('has its lines numbered as the verifier does, whatever they hold, and finds each again', async () => {
    const path = join(directory, 'grows');
    writeFileSync(path, Buffer.concat([Buffer.from('a\n\n\n'), Buffer.of(0xff, 0xfe), Buffer.from('\nlast')]));
    const feed = new FileFeed(path);
    expect(await numbers(feed)).toEqual(['first', '1 a', '4 \ufffd\ufffd']);
    writeFileSync(path, ' is whole\n\nnext\n', { flag: 'a' });
    expect(await numbers(feed)).toEqual(['5 last is whole', '7 next']);
    expect(await numbers(feed)).toEqual([]);
    const texts = await Promise.all([1, 2, 4, 5, 7, 8].map((number) => feed.textOf(number)));
    expect(texts).toEqual(['a', undefined, '\ufffd\ufffd', 'last is whole', 'next', undefined]);
  });

  test('begins anew when a shorter one takes its place', async () => {
    const path = join(directory, 'shorter');
    writeFileSync(path, 'one\ntwo\n');
    const feed = new FileFeed(path);
    await numbers(feed);
    writeFileSync(path, 'new\n');
    expect(await numbers(feed)).toEqual(['first', '1 new']);
  });

  test('may not be there yet', async () => {
    expect(await numbers(new FileFeed(join(directory, 'absent')))).toEqual([]);
  });
});
