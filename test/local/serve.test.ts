// The `protector serve` command, asked over HTTP; signals reach a process of its own.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { prepare, runProtector } from '../support/command.ts';
import { serve as serveProcess, serveHere, type Served, type ServedHere } from '../support/served.ts';

let directory: string;
let child: Served | undefined;
let running: ServedHere[] = [];

const protector = (...args: readonly string[]) => runProtector([...args, '--dir', directory], { cwd: directory });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'serve-'));
  await prepare(['init', '--dir', directory], { cwd: directory });
});

afterEach(async () => {
  child?.process.kill('SIGKILL');
  child = undefined;
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function serve(...args: string[]): Promise<ServedHere> {
  const served = await serveHere(directory, ...args);
  running.push(served);
  return served;
}

type Answer = (body: string) => unknown;

/** One value through each front end: what to send, and where the answer's value stands. */
const FRONT_ENDS: Record<string, (op: 'protect' | 'unprotect', value: string) => [string, object, object, Answer]> = {
  redshift: (op, value) => [
    '/2015-03-31/functions/redshift/invocations',
    {},
    {
      user: 'test_user',
      external_function: `public.pty_${op}_dessn`,
      query_id: 1,
      num_records: 1,
      arguments: [[value]],
    },
    (body) => (JSON.parse(body) as { results: unknown[] }).results[0],
  ],
  snowflake: (op, value) => [
    '/snowflake',
    {
      'sf-external-function-current-query-id': 'q',
      'sf-context-current-user': 'test_user',
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({
        jsonpaths: [{ op_type: op.toUpperCase(), data_element: 'deSSN' }],
      }),
    },
    { data: [[0, value]] },
    (body) => (JSON.parse(body) as { data: unknown[][] }).data[0]![1],
  ],
  rest: (op, value) => [
    `/pty/v1/${op}`,
    {},
    { user: 'test_user', data_element: 'deSSN', data: [value] },
    (body) => (JSON.parse(body) as { results: unknown[] }).results[0],
  ],
};
const names = Object.keys(FRONT_ENDS);

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Opens a request with Node's own client, which opens as many connections as it is allowed, and no more. */
function open(url: string, headers: object, agent?: Agent): { sent: ClientRequest; reply: Promise<Reply> } {
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(agent && { agent }),
  };
  const sent = request(url, options);
  const reply = new Promise<Reply>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body: text }));
    });
  });
  return { sent, reply };
}

function post(url: string, headers: object, body: object, agent?: Agent): Promise<Reply> {
  const { sent, reply } = open(url, headers, agent);
  sent.end(JSON.stringify(body));
  return reply;
}

async function ask(origin: string, name: string, op: 'protect' | 'unprotect', value: string, agent?: Agent) {
  const [path, headers, body, answer] = FRONT_ENDS[name]!(op, value);
  const reply = await post(`${origin}${path}`, headers, body, agent);
  expect(reply.status).toBe(200);
  return answer(reply.body);
}

const records = (): AuditRecord[] =>
  readFileSync(join(directory, 'audit', 'audit.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord);

const value = (i: number) => String(100_000_000 + i);

describe('protector serve', () => {
  test('gives a value one token through Redshift, Snowflake and REST, and each reads the others', async () => {
    const { origin } = await serve();
    const tokens = await Promise.all(names.map((name) => ask(origin, name, 'protect', '944-07-4214')));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe('944-07-4214');
    const values = await Promise.all(names.map((name) => ask(origin, name, 'unprotect', String(tokens[0]))));
    expect(values).toEqual(names.map(() => '944-07-4214'));
  });

  test('answers 1,000 requests over 50 connections, and its records count each value once in an intact chain', async () => {
    const before = records().reduce((sum, { cnt }) => sum + cnt, 0);
    const { origin, stop } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const token = await ask(origin, names[i % names.length]!, 'protect', value(i), agent);
        return [value(i), token] as const;
      }),
    );
    expect(new Set(answers.map(([, token]) => token)).size).toBe(1000);
    agent.destroy();
    expect(await stop()).toBe(0);
    expect(records().reduce((sum, { cnt }) => sum + cnt, 0) - before).toBe(1000);
    expect(JSON.parse((await protector('audit', 'verify', '--json')).stdout)).toMatchObject({
      valid: true,
      findings: [],
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'answers what is under way when it is told to stop by %s',
    async (signal) => {
      child = await serveProcess(directory, ['--port', '0']);
      const [path] = FRONT_ENDS.rest!('protect', '');
      const data = Array.from({ length: 100_000 }, (_, i) => value(i));
      const { sent, reply } = open(`${child.origin}${path}`, { expect: '100-continue' });
      sent.flushHeaders();
      await once(sent, 'continue'); // the server has the head of the request
      sent.end(JSON.stringify({ user: 'test_user', data_element: 'deSSN', data }));
      child.process.kill(signal);
      expect((await reply).status).toBe(200);
      expect(await child.ended).toBe(0);
      expect(child.output()).toContain('Stopping');
    },
  );

  test('says what to do when the port is taken, and ends with 2', async () => {
    const { origin } = await serve();
    const { port } = new URL(origin);
    await expect(serve('--port', port)).rejects.toThrow(
      new RegExp(`serve ended with 2: .*Port ${port} is taken: choose another with --port`, 's'),
    );
  });

  test('listens on this machine alone unless it is told otherwise, and then says what that means', async () => {
    const { origin } = await serve();
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const everywhere = await serve('--host', '0.0.0.0');
    expect(everywhere.origin).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
    expect(everywhere.output()).toContain('may unprotect as any user');
  });

  test.each([['65536'], ['-1'], ['http']])('refuses the port %s', async (port) => {
    await expect(serve('--port', port)).rejects.toThrow(/serve ended with 2: .*It must be 0 to 65535/s);
  });
});
