// Security events of a workspace, from the file that accepts them to their tenants' sinks. What is killed is a process of its own.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { laneStore } from '../../lib/delivery/lane.ts';
import { eventLine } from '../../lib/events/line.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { childEnvironment, COMMAND, type Outcome, prepare, runProtector } from '../support/command.ts';
import { serve, type Served, serveHere } from '../support/served.ts';
import { securityEvent } from '../support/siem/events.ts';
import { type OpenSearchReceiver, startOpenSearch } from '../support/siem/opensearch.ts';

jest.setTimeout(180_000);

let ws: string;
let siem: OpenSearchReceiver;
let running: Served | undefined;

/** Each test's events have ids of their own: the SIEM drops what it has. */
let round = 0;
let before = 0;

beforeAll(async () => {
  ws = mkdtempSync(join(tmpdir(), 'events-'));
  siem = await startOpenSearch({}, '');
  await prepare(['init', '--dir', ws], { cwd: ws });
  rmSync(join(ws, 'tenants.sealed.json'));
  const search = { name: 'search', kind: 'opensearch', url: siem.endpoint, index: 'events' };
  const sinks = [
    { name: 'file', kind: 'file', path: join(ws, 'acme.jsonl') },
    { ...search, include: ['USER_*'], exclude: ['*_LOGOUT'] },
  ];
  const records = [{ name: 'file', kind: 'file', path: join(ws, 'globex.jsonl') }];
  const tenants = [
    { id: 'acme', sinks },
    { id: 'globex', dataStores: ['SAMPLE_POLICY'], sinks: records },
  ];
  writeFileSync(join(ws, 'tenants.json'), JSON.stringify({ unconfigured: 'stdout', tenants }));
  await prepare(['tenants', 'seal', '--dir', ws], { cwd: ws });
});

beforeEach(() => {
  round += 1;
  before = siem.accepted().length;
  for (const left of ['events', 'forwarder', 'acme.jsonl']) rmSync(join(ws, left), { recursive: true, force: true });
  mkdirSync(join(ws, 'events'));
  siem.heal();
});

afterEach(() => {
  running?.process.kill('SIGKILL');
  running = undefined;
});

afterAll(async () => {
  await siem.close();
  rmSync(ws, { recursive: true, force: true });
});

const NAMES = ['USER_LOGIN', 'DATA_EXPORT', 'USER_LOGOUT'];
const idOf = (number: number): string => `${round}-${String(number).padStart(6, '0')}`;
const eventOf = (number: number, tenantId = 'acme') =>
  securityEvent({
    tenantId,
    eventId: idOf(number),
    sequence: number + 1,
    timeMs: Date.now(),
    iclFields: { event: NAMES[number % NAMES.length]!, requestingId: `user ${number}` },
  });

/** What the gateway does when it accepts. */
function accept(from: number, to: number, tenantId?: string): void {
  const lines = Array.from({ length: to - from }, (_, i) => `${eventLine(eventOf(from + i, tenantId))}\n`);
  appendFileSync(join(ws, 'events', 'events.jsonl'), lines.join(''));
}

async function start(): Promise<Served> {
  running = await serve(ws, ['--port', '0']);
  return running;
}

async function stop({ process, ended }: Served, signal: NodeJS.Signals): Promise<number | null> {
  process.kill(signal);
  return ended;
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await sleep(20);
}

/** Ids of the events in the file of the sink, in order. */
function inFile(): readonly string[] {
  if (!existsSync(join(ws, 'acme.jsonl'))) return [];
  const lines = readFileSync(join(ws, 'acme.jsonl'), 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [(JSON.parse(line) as { iclFields: { eventId: string } }).iclFields.eventId];
    } catch {
      return []; // torn by the kill, and written again whole
    }
  });
}

const all = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => idOf(i));
const logins = (count: number): readonly string[] => all(count).filter((_, i) => i % NAMES.length === 0);
const inSearch = (): readonly string[] =>
  siem
    .accepted()
    .slice(before)
    .map(({ id }) => id);
const run = (...args: readonly string[]): Promise<Outcome> => runProtector([...args, '--dir', ws], { cwd: ws });

const noneOf = (whose: string): string =>
  `There are no dead letters of ${whose}; "protector events status" lists those who have some.\n`;

describe('protector serve', () => {
  test('forwards what is accepted to the sinks of its tenant that want it, and stops when everything is', async () => {
    const served = await start();
    accept(0, 30);
    await until(() => inFile().length === 30);
    accept(30, 60);
    accept(60, 61, 'another tenant');
    expect(await stop(served, 'SIGTERM')).toBe(0);
    expect(inFile()).toEqual(all(60));
    expect(inSearch()).toEqual(logins(60));
    expect(served.output()).toContain(formatEvent(eventOf(60, 'another tenant'), 'native').body.slice(0, 30));
    expect(served.output()).not.toContain('user 0');
  });

  test('loses nothing when it is killed, again and again, while a SIEM is down now and then', async () => {
    let count = 0;
    for (let life = 0; life < 6; life++) {
      siem.fail({ kind: 'status503', times: 4, after: life });
      const served = await start();
      for (let burst = 0; burst <= life; burst++) {
        accept(count, count + 50);
        count += 50;
        await sleep(10 * life);
      }
      if (life % 2 === 1) await until(() => inFile().includes(idOf(count - 60)));
      await stop(served, 'SIGKILL');
    }
    siem.heal();
    const served = await start();
    await until(() => inSearch().length === logins(count).length && inFile().includes(idOf(count - 1)));
    expect(await stop(served, 'SIGTERM')).toBe(0);
    expect([...new Set(inFile())]).toEqual(all(count));
    expect(inSearch()).toEqual(logins(count));
  });
});

/** Those that the tenant of the data store has: a repeat is the same line. */
const received = (): readonly Record<string, unknown>[] => {
  const path = join(ws, 'globex.jsonl');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return [...new Set(lines)].map((line) => JSON.parse(line) as Record<string, unknown>);
};
const values = (): number => received().reduce((sum, { cnt }) => sum + Number(cnt), 0);
const query = async (sql: string): Promise<void> => expect((await run('query', sql)).code).toBe(0);

describe('audit records', () => {
  test('go to the tenant of their data store alone, each once, also after a kill', async () => {
    await query("select pty_protect_dename('Ann')");
    const first = await start();
    await until(() => values() === 1);
    await stop(first, 'SIGKILL');
    await query("select pty_protect_dename(name) from (values ('Ann'), ('Bob')) as t(name)");
    const second = await start();
    await until(() => values() >= 3);
    expect(await stop(second, 'SIGTERM')).toBe(0);
    expect(values()).toBe(3);
    expect(received()).toMatchObject([
      { logtype: 'Protection', protection: { datastore: 'SAMPLE_POLICY', operation: 'Protect' } },
      { logtype: 'Protection', protection: { datastore: 'SAMPLE_POLICY', operation: 'Protect' } },
    ]);
    expect([inFile(), inSearch()]).toEqual([[], []]);
  });
});

const letter = (number: number) => ({
  parcel: formatEvent(eventOf(number), 'native'),
  kind: 'data' as const,
  reason: 'status 400',
  attempts: 1,
});

describe('protector events', () => {
  test('status says what waits and why, and nothing when it is delivered', async () => {
    expect((await run('events', 'status')).stdout).toBe('Nothing waits.\n');
    siem.fail({ kind: 'deny', times: 99 });
    const { stop: stopServing } = await serveHere(ws);
    accept(0, 9);
    const status = async () => JSON.parse((await run('events', 'status', '--json')).stdout) as object[];
    await until(async () => (await status()).length > 0);
    expect(await stopServing()).toBe(0);
    expect(await status()).toEqual([
      {
        lane: 'acme@search',
        waiting: 3,
        sinceMs: expect.any(Number),
        circuit: expect.objectContaining({ kind: 'config', reason: expect.stringMatching(/^(?:item )?status 401$/) }),
        isSlow: false,
        dead: { letters: 0, reasons: {}, hasMore: false },
      },
    ]);
    expect((await run('events', 'status')).stdout).toMatch(/acme@search +3 +20\d\d-.* +(?:item )?status 401 +20\d\d-/);
  });

  test('what waits for a setting is delivered as soon as the tenants are sealed again, and not before', async () => {
    siem.fail({ kind: 'deny', times: 1 });
    const { stop: stopServing } = await serveHere(ws);
    accept(0, 9);
    const circuits = async () => JSON.parse((await run('events', 'status', '--json')).stdout) as { circuit?: object }[];
    await until(async () => (await circuits()).some(({ circuit }) => circuit !== undefined));
    const { calls } = siem;
    accept(9, 12); // the server takes what comes, and does not call the sink
    await until(() => inFile().length === 12);
    expect([inSearch(), siem.calls]).toEqual([[], calls]);
    await run('tenants', 'seal');
    await until(() => inSearch().length > 0);
    expect(await stopServing()).toBe(0);
    expect(inSearch()).toEqual(logins(12));
  });

  test('tail shows the last events, of one tenant where it is asked for, and leaves out what is none', async () => {
    expect((await run('events', 'tail')).stdout).toBe('No events.\n');
    accept(0, 20);
    accept(20, 21, 'globex\u001b[31m');
    appendFileSync(join(ws, 'events', 'events.jsonl'), 'torn\n');
    const { stdout, stderr } = await run('events', 'tail', '-n', '2');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^20\S+Z {2}acme {2}DATA_EXPORT {2}user 19$/),
      expect.stringMatching(/^20\S+Z {2}globex\uFFFD\[31m {2}USER_LOGOUT {2}user 20$/),
      '',
    ]);
    expect(stderr).toBe('Left out, no event: 1 line\n');
    const json = (await run('events', 'tail', '--tenant', 'acme', '--json')).stdout.split('\n').slice(0, -1);
    expect(json.map((line) => (JSON.parse(line) as { iclFields: { eventId: string } }).iclFields.eventId)).toEqual(
      all(20).slice(-10),
    );
  });

  test('tail --follow goes on with what is accepted later', async () => {
    accept(0, 1);
    const child = spawn(process.execPath, [COMMAND, 'events', 'tail', '--follow', '--dir', ws], {
      env: childEnvironment(),
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('user 0'));
    accept(1, 3);
    await until(() => output.includes('user 2'));
    expect(output.match(/user \d/g)).toEqual(['user 0', 'user 1', 'user 2']);
    child.kill();
  });

  test('a test event goes to each sink at once, and what each made of it is said', async () => {
    const good = await run('events', 'test', 'acme', '--json');
    expect(good.code).toBe(0);
    const { eventId, results } = JSON.parse(good.stdout) as { eventId: string; results: object[] };
    expect(results).toEqual([
      { sink: 'file', kind: 'file', verdict: 'delivered', reason: '' },
      { sink: 'search', kind: 'opensearch', verdict: 'delivered', reason: '' },
    ]);
    expect(inFile()).toEqual([eventId]);
    expect(inSearch()).toEqual([eventId]);
    siem.fail({ kind: 'deny', times: 1 });
    const bad = await run('events', 'test', 'acme', '--sink', 'search');
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringMatching(/search +opensearch +config +\S*.*401/)]);
    expect((await run('events', 'test', 'nobody')).code).toBe(2);
    expect((await run('events', 'test', 'acme', '--sink', 'none')).code).toBe(2);
  });

  test('redrive sends dead letters again, those of one tenant or sink where it is asked for', async () => {
    const { deadLetters } = laneStore(fileObjectStore(join(ws, 'forwarder')));
    await deadLetters.keep('acme@search', [letter(0), letter(1)], Date.now());
    await deadLetters.keep('acme@file', [letter(2)], Date.now());
    await deadLetters.keep('gone@file', [letter(3)], Date.now());
    expect((await run('events', 'redrive', '--tenant', 'globex')).stdout).toBe(noneOf('globex'));
    siem.fail({ kind: 'deny', times: 1 });
    const failed = await run('events', 'redrive', '--sink', 'search');
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining('0 events delivered, 2 left')]);
    const done = await run('events', 'redrive');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('acme@search:\n2 events delivered, 0 left')]);
    expect(done.stderr).toContain('gone@file: no enabled sink of a tenant in force, left');
    expect([inSearch(), inFile()]).toEqual([[idOf(0), idOf(1)], [idOf(2)]]);
    expect((await run('events', 'redrive', '--json')).stdout).toBe('{}\n');
  });

  test('status and dead-letters show in two lanes what was given up, and send nothing', async () => {
    const { deadLetters } = laneStore(fileObjectStore(join(ws, 'forwarder')));
    await deadLetters.keep('acme@search', [letter(0), letter(1)], Date.UTC(2027, 0, 1));
    await deadLetters.keep('gone@file', [letter(2)], Date.UTC(2027, 0, 2));
    const { stdout } = await run('events', 'status');
    expect(stdout).toMatch(/acme@search +2 +2027-01-01\S* +2: status 400/);
    expect(stdout).toMatch(/gone@file +1 +2027-01-02\S* +1: status 400/);
    const listed = await run('events', 'dead-letters', '--lane', 'acme@search', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ letters: [{ id: idOf(0) }, { id: idOf(1) }], hasMore: false });
    const table = (await run('events', 'dead-letters')).stdout;
    for (const number of [0, 1, 2]) expect(table).toMatch(new RegExp(`${idOf(number)} +\\S+ +status 400 +2027`));
    expect(table).not.toContain('DATA_EXPORT');
    expect([inSearch(), inFile()]).toEqual([[], []]);
    expect((await run('events', 'dead-letters', '--tenant', 'nobody')).stdout).toBe(noneOf('nobody'));
    expect((await run('events', 'redrive', '--lane', 'acme@serch')).stdout).toBe(noneOf('acme@serch'));
  });

  test('redrive --lane --now delivers what waits in a lane, and says why the rest waits', async () => {
    const lanes = laneStore(fileObjectStore(join(ws, 'forwarder')));
    const nextTryMs = Date.now() + 900_000;
    for (const id of ['acme@search', 'acme@file']) {
      const number = id === 'acme@search' ? 0 : 1;
      await lanes.backlog.park(id, [{ position: '1', parcel: letter(number).parcel }], Date.now());
      const circuit = { failures: 1, kind: 'config', reason: 'status 401', waitingSinceMs: 1, nextTryMs } as const;
      await lanes.states.update(id, () => ({ circuit }));
    }
    siem.fail({ kind: 'deny', times: 1 });
    const failed = await run('events', 'redrive', '--lane', 'acme@search', '--now');
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringMatching(/0 waiting events delivered; .*401/)]);
    const done = await run('events', 'redrive', '--lane', 'acme@search', '--now');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('1 waiting event delivered')]);
    expect([inSearch(), inFile()]).toEqual([[idOf(0)], []]);
  });
});
