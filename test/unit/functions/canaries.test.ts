// Plants clear values, keys, tokens and credentials around every Lambda handler and searches its replies, rejections,
// log, metrics, records, events and objects: when it succeeds, when it refuses, and when what it stands on fails with an
// error that quotes them.
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { SignJWT } from 'jose';
import { auditStoreLane, standardOutputLane } from '../../../functions/runtime/forward/environment.ts';
import { logForwarder } from '../../../functions/runtime/forward/log-forwarder.ts';
import {
  fileProtectorHandler,
  type FileProtectorEnvironment,
} from '../../../functions/runtime/files/file-protector.ts';
import { redshiftHandler } from '../../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import { policyAgentHandler } from '../../../functions/runtime/publish/policy-agent.ts';
import { sealerHandler } from '../../../functions/runtime/seal/log-sealer.ts';
import { verifierHandler } from '../../../functions/runtime/verify/log-verifier.ts';
import { witnessHandler } from '../../../functions/runtime/witness/witness.ts';
import { tenantGateway } from '../../../functions/runtime/keys/tenant-gateway.ts';
import type { DeliverySink, Parcel } from '../../../lib/delivery/ports.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { parseFileJob } from '../../../lib/files/objects/job.ts';
import { Keyring } from '../../../lib/policy/keyring.ts';
import { Canaries } from '../../support/canaries.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { kinesisEvent, kinesisRecord, subscriptionPayload } from '../../support/kinesis-events.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { JOB, ObjectWorldInMemory } from '../../support/object-world.ts';
import {
  compiledPolicy,
  KEYRING,
  lambdaContext,
  POLICY,
  redshiftEvent,
  testEnvironment,
} from '../../support/policy.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';
import { sinkOf, tenantOf, tenantsOf } from '../../support/small-tenants.ts';
import { API_KEYS, tspUnderTest } from '../../support/tsp.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { fixedWitness } from '../../support/witness.ts';

const NAME = 'Zoltanqua Markerin';
const SSN = '917-53-826401';
const JWT_SECRET = randomBytes(48);
const SPLUNK_TOKEN = '7e3b1c90-5d2f-4a68-9b17-c4f0a1d2e3b4';
const TOKEN = 'token of a value';
const NOW_MS = START_MS;
const nowMs = (): number => NOW_MS;

const canaries = new Canaries();
canaries.plant('clear name', NAME);
// Errors of JSON.parse quote ten characters.
canaries.plant('clear name', NAME.slice(0, 9));
canaries.plant('clear SSN', SSN);
canaries.plant('root key', Buffer.from(KEYRING.rootKeys[0]!.key, 'base64'));
canaries.plant('JWT secret', JWT_SECRET);
canaries.plant('sink credential', SPLUNK_TOKEN);
for (const key of API_KEYS) canaries.plant('API key', key);
const keyring = new Keyring(KEYRING);
for (const { id } of POLICY.elements as readonly { id: string }[]) {
  canaries.plant('element key', keyring.elementKey(id, 'ff1').expose());
}

/** The token of the name, which is asked for in some requests, and that of the SSN, which none asks for. */
const [NAME_TOKEN, SSN_TOKEN] = (() => {
  using policy = compiledPolicy();
  const tokenOf = (element: string, value: string) =>
    String(policy.method(element).protect([value], undefined).column[0]);
  return [tokenOf('deName', NAME), tokenOf('deText', SSN)] as const;
})();
canaries.plant(TOKEN, NAME_TOKEN);
canaries.plant(TOKEN, SSN_TOKEN);

/** An error of another's code, which quotes everything. */
const QUOTING = new TypeError(
  [
    NAME,
    SSN,
    NAME_TOKEN,
    SSN_TOKEN,
    KEYRING.rootKeys[0]!.key,
    JWT_SECRET.toString('base64'),
    SPLUNK_TOKEN,
    ...API_KEYS,
  ].join(' '),
);
const failing = (): Promise<never> => Promise.reject(QUOTING);

/** What came out of a handler: texts and objects of every kind. */
type Output = readonly unknown[];

interface Scenario {
  readonly what: string;
  /** What the reply, which comes first, may hold, since the caller asks for it. */
  readonly shows?: string;
  readonly run: () => Promise<Output>;
}

/** The reply, or what Lambda logs of a rejection. */
async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    const { name, message, stack, cause } = error as Error;
    return [name, message, stack, String((cause as Error | undefined)?.stack)];
  }
}

const bodyOf = (values: readonly unknown[]): string =>
  JSON.stringify({ data: values.map((value, row) => [row, value]) });
const RULES = (rule: object): [string, string][] => [
  ['sf-external-function-query-batch-id', 'b:1'],
  ['sf-external-function-current-query-id', 'q'],
  ['sf-context-current-user', 'test_user'],
  ['sf-custom-X-Protegrity-HCoP-Rules', JSON.stringify({ jsonpaths: [rule] })],
];

type ProtectHandler = (event: unknown, context: Context) => Promise<unknown>;
type Environment = ReturnType<typeof testEnvironment>;

/** Sends one event to a protect function. */
function asking(
  make: (environment: Environment) => ProtectHandler,
  environment: Environment,
  event: unknown,
): () => Promise<Output> {
  return async () => {
    const reply = await outcomeOf(() => make(environment)(event, lambdaContext()));
    return [reply, environment.sink.lines, environment.log];
  };
}

/**
 * The scenarios of a protect function. `good` protects the name; `back` unprotects its token. Clear values and tokens are
 * in the replies that they are asked for in, and in no record and no line of the log.
 */
function protect(
  make: (environment: Environment) => ProtectHandler,
  good: unknown,
  back: unknown,
  others: readonly unknown[],
): Scenario[] {
  const run = (environment: Environment, event: unknown) => asking(make, environment, event);
  const unable = testEnvironment(failing);
  const unrecorded = testEnvironment();
  unrecorded.sink.append = failing;
  return [
    { what: 'a good request', shows: TOKEN, run: run(testEnvironment(), good) },
    { what: 'a good request for the clear value', shows: 'clear name', run: run(testEnvironment(), back) },
    ...others.map((event, i): Scenario => ({ what: `bad request ${i}`, run: run(testEnvironment(), event) })),
    { what: 'a policy that cannot be opened', run: run(unable, good) },
    { what: 'a policy that cannot be opened for a token', run: run(unable, back) },
    { what: 'a sink that fails', run: run(unrecorded, good) },
    { what: 'a sink that fails for a token', run: run(unrecorded, back) },
    { what: 'no environment', run: run({ ...testEnvironment(), environment: failing }, good) },
  ];
}

const restColumn = { user: 'test_user', data_element: 'deName', data: [NAME, null] };
const tokenColumn = { ...restColumn, data: [NAME_TOKEN, null] };
const rest = (body: unknown, authorization = '', operation = 'protect'): unknown =>
  gatewayEvent(
    'POST',
    `/v1/${operation}`,
    authorization === '' ? [] : [['authorization', authorization]],
    typeof body === 'string' ? body : JSON.stringify(body),
  );

async function bearer(): Promise<string> {
  const token = new SignJWT({ sub: 'test_user', exp: NOW_MS / 1000 + 600 }).setProtectedHeader({ alg: 'HS256' });
  const signed = await token.sign(JWT_SECRET);
  canaries.plant('access token', signed);
  return signed;
}

const ACCESS_TOKEN = await bearer();
const JWT = { authorization: 'JWT', jwt_secret_base64: JWT_SECRET.toString('base64') };

/** Runs the gateway of the tenants. The document keys of replies are planted, and are in nothing but replies. */
function gateway(what: string, body: object, fault?: Parameters<typeof tspUnderTest>[0]): Scenario {
  return {
    what,
    run: async () => {
      const under = await tspUnderTest(fault);
      const headers: [string, string][] = [['authorization', `cmk ${API_KEYS[0]}`]];
      const event = (path: string, content: object): Parameters<typeof under.handler>[0] =>
        gatewayEvent('POST', `/api/1/document/${path}`, headers, JSON.stringify(content));
      const wrapped = await under.handler(event('wrap', { tenantId: 'acme', ...WHO }), lambdaContext());
      const reply = await under.handler(event('unwrap', { ...WHO, ...body }), lambdaContext());
      const own = new Canaries();
      for (const { body: text } of [wrapped, reply]) {
        const { dek } = JSON.parse(text) as { dek?: string };
        if (dek !== undefined) own.plant('document key', Buffer.from(dek, 'base64'));
      }
      const left = JSON.stringify([under.logged, under.metrics, under.lines, under.events]);
      return [reply, left, own.in(left).map((name) => `found: ${name}`)];
    },
  };
}

const WHO = { iclFields: { requestingId: 'ann', dataLabel: 'PII' }, customFields: {} };

/** A sink that keeps what it gets, or fails as SIEMs do whose errors quote the request. */
function deliverySink(fails: boolean, got: Parcel[] = []): DeliverySink {
  return {
    name: 'siem',
    maxParcels: 100,
    maxBytes: 1_000_000,
    deliver: async (parcels) => {
      if (fails) throw QUOTING;
      got.push(...parcels);
      await Promise.resolve();
      return parcels.map(() => ({ kind: 'delivered' as const }));
    },
  };
}

function forwarder(
  what: string,
  data: Uint8Array | string,
  fails: 'sink' | 'store' | 'environment' | undefined,
): Scenario {
  return {
    what,
    run: async () => {
      const store = new MemoryStore();
      if (fails === 'store') store.get = failing;
      const output: unknown[] = [];
      const settings = { kind: 'splunk', url: 'https://siem.example.com', token: { secret: SPLUNK_TOKEN } } as const;
      const tenants = tenantsOf([
        tenantOf('acme', { sinks: [sinkOf('siem', { settings: settings as never })], dataStores: ['SAMPLE_POLICY'] }),
      ]);
      const environment = {
        store,
        auditStore: auditStoreLane(deliverySink(fails === 'sink')),
        tenants: {
          current: () => Promise.resolve(tenants),
          open: () => deliverySink(fails === 'sink'),
          standardOutput: standardOutputLane(deliverySink(false)),
        },
        eventStream: 'events',
      };
      const handler = logForwarder(
        fails === 'environment' ? failing : () => Promise.resolve(environment),
        (entry) => output.push(entry),
        (line) => output.push(line),
        new VirtualTime(NOW_MS),
      );
      const reply = await outcomeOf(() => handler(kinesisEvent([kinesisRecord(data, 0)]), lambdaContext()));
      // The dead letters hold the bytes of a line that no program wrote: they are evidence.
      const kept = [...store.objects].filter(([key]) => !key.includes('dead-letters/unreadable'));
      return [reply, output, kept.map(([key, { body }]) => [key, body.toString('latin1')])];
    },
  };
}

function sealer(what: string, data: Uint8Array | string, fails: 'store' | 'environment' | undefined): Scenario {
  return {
    what,
    run: async () => {
      const store = new MemoryTileStore();
      if (fails === 'store') store.read = failing;
      const output: unknown[] = [];
      const environment = { sealer: new Sealer(fixedLog(store, { nowMs }), store), everyS: 300, nowMs };
      const handler = sealerHandler(
        fails === 'environment' ? failing : () => Promise.resolve(environment),
        (entry) => output.push(entry),
        (line) => output.push(line),
      );
      const reply = await outcomeOf(() => handler(kinesisEvent([kinesisRecord(data, 0)])));
      return [reply, output, [...store.objects].map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')])];
    },
  };
}

function verifier(what: string, lines: readonly string[], fails = false): Scenario {
  async function* written(): AsyncGenerator<{ line: string; writtenMs: number }> {
    await Promise.resolve();
    if (fails) throw QUOTING;
    for (const line of lines) yield { line, writtenMs: NOW_MS };
  }
  return {
    what,
    run: async () => {
      const output: unknown[] = [];
      const memory = new MemoryTileStore();
      const environment = {
        written,
        log: new MemoryTileStore(),
        memory,
        settledAfterMs: 1,
        nowMs: () => NOW_MS + 600_000,
      };
      const handler = verifierHandler(
        () => Promise.resolve(environment),
        (entry) => output.push(entry),
        (line) => output.push(line),
      );
      const context = { getRemainingTimeInMillis: () => 600_000 } as Context;
      const reply = await outcomeOf(() => handler({}, context));
      return [reply, output, [...memory.objects.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))];
    },
  };
}

function agent(what: string, author: (cloud: TestCloud) => unknown, fails = false): Scenario {
  return {
    what,
    run: async () => {
      const cloud = new TestCloud();
      await author(cloud);
      const output: unknown[] = [];
      const handler = policyAgentHandler(
        fails ? failing : () => cloud.environment(),
        (entry) => output.push(entry),
        (line) => output.push(line),
      );
      const reply = await outcomeOf(() => handler({}, lambdaContext()));
      return [reply, output, cloud.events, cloud.sink.lines];
    },
  };
}

function witness(what: string, body: string, fails = false): Scenario {
  return {
    what,
    run: async () => {
      const { witness: service, store } = fixedWitness();
      if (fails) store.read = failing;
      const output: unknown[] = [];
      const handler = witnessHandler(
        () => Promise.resolve(service),
        (entry) => output.push(entry),
      );
      return [await outcomeOf(() => handler(gatewayEvent('POST', '/add-checkpoint', [], body))), output];
    },
  };
}

/** Runs a task on an object. What it leaves is searched without the output, which holds what was asked for. */
function fileProtector(what: string, body: string, change: object = {}, fails?: 'read' | 'environment'): Scenario {
  return {
    what,
    run: async () => {
      const world = new ObjectWorldInMemory();
      world.objects.set('people/x.csv', Buffer.from(body));
      const job = { ...JOB, columns: { name: 'deName' }, onUpload: true, ...change };
      if (fails === 'read') {
        world.trouble = (call) => {
          if (call === 'read') throw QUOTING;
        };
      }
      const output: unknown[] = [];
      const environment: FileProtectorEnvironment = {
        job: () => Promise.resolve(parseFileJob(job)),
        jobs: async function* () {
          yield await Promise.resolve(parseFileJob(job));
        },
        work: () => Promise.resolve(world.work(job)),
      };
      const handler = fileProtectorHandler(
        fails === 'environment' ? failing : () => Promise.resolve(environment),
        (entry) => output.push(entry),
        (line) => output.push(line),
      );
      const event = { task: 'object', job: JOB.name, key: 'people/x.csv' };
      const replies = [await outcomeOf(() => handler(event, lambdaContext()))];
      replies.push(await outcomeOf(() => handler({ task: body }, lambdaContext())));
      const documents = [...world.documents].map(([key, { body: text }]) => [key, text.toString()]);
      return [replies, output, documents, world.lines, world.otherLines];
    },
  };
}

const LINES = await chainLines('a', 3);
const CHECKPOINT = await (async () => {
  const store = new MemoryTileStore();
  await new Sealer(fixedLog(store), store).seal(LINES);
  return Buffer.from((await store.read('checkpoint'))!).toString();
})();

/** Every handler of functions/, by the name of its entry. */
const HANDLERS: Readonly<Record<string, readonly Scenario[]>> = {
  redshift: protect(
    ({ environment, write }) => redshiftHandler(environment, write) as ProtectHandler,
    redshiftEvent('pty_protect_dename', [NAME, null]),
    redshiftEvent('pty_unprotect_dename', [NAME_TOKEN, null]),
    [
      redshiftEvent('pty_protect_dessn', [NAME]),
      redshiftEvent('pty_unprotect_dessn', [NAME_TOKEN, SSN_TOKEN]),
      redshiftEvent('pty_unprotect_dename', [NAME_TOKEN], { user: 'outsider' }),
      redshiftEvent('pty_protect_dessn', [SSN, 7]),
      redshiftEvent('pty_protect_dename', [NAME], { num_records: 2 }),
      { arguments: [[NAME]] },
      NAME,
    ],
  ),
  snowflake: protect(
    ({ environment, write }) => snowflakeHandler(environment, write) as ProtectHandler,
    gatewayEvent('POST', '/snowflake', RULES({ op_type: 'PROTECT', data_element: 'deName' }), bodyOf([NAME, null])),
    gatewayEvent('POST', '/s', RULES({ op_type: 'UNPROTECT', data_element: 'deName' }), bodyOf([NAME_TOKEN, null])),
    [
      gatewayEvent(
        'POST',
        '/s',
        RULES({ op_type: 'UNPROTECT', data_element: 'deSSN' }),
        bodyOf([NAME_TOKEN, SSN_TOKEN]),
      ),
      gatewayEvent('POST', '/s', RULES({ op_type: 'PROTECT', data_element: 'deSSN' }), bodyOf([SSN, NAME])),
      gatewayEvent('POST', '/s', RULES({ op_type: 'PROTECT', data_element: 'deName' }), `{"data":[[0,"${NAME}"`),
      gatewayEvent('POST', '/s', [], bodyOf([NAME])),
    ],
  ),
  rest: [
    ...protect(
      ({ environment, write }) => restHandler(environment, {}, write, { nowMs: () => NOW_MS }) as ProtectHandler,
      rest(restColumn),
      rest(tokenColumn, '', 'unprotect'),
      [
        rest({ ...tokenColumn, data_element: 'deSSN' }, '', 'unprotect'),
        rest({ ...restColumn, data: [NAME, 7] }),
        rest(`{"user":"test_user","data":["${NAME}"`),
        rest({ data: NAME }),
      ],
    ),
    ...protect(
      ({ environment, write }) => restHandler(environment, JWT, write, { nowMs: () => NOW_MS }) as ProtectHandler,
      rest(restColumn, `Bearer ${ACCESS_TOKEN}`),
      rest(tokenColumn, `Bearer ${ACCESS_TOKEN}`, 'unprotect'),
      [
        rest(restColumn, `Bearer ${ACCESS_TOKEN.slice(0, -4)}AAAA`),
        rest(restColumn, `Basic ${ACCESS_TOKEN}`),
        rest(restColumn, ACCESS_TOKEN),
      ],
    ),
    {
      what: 'a JWT secret that is none',
      run: asking(
        ({ environment, write }) =>
          restHandler(environment, { ...JWT, jwt_secret_base64: `*${JWT_SECRET.toString('base64')}` }, write, {
            nowMs: () => NOW_MS,
          }) as ProtectHandler,
        testEnvironment(),
        rest(restColumn, `Bearer ${ACCESS_TOKEN}`),
      ),
    },
  ],
  'file-protector': [
    fileProtector('a good object', `id,name\n1,${NAME}\n2,\n`),
    fileProtector('a good object of tokens', `id,name\n1,${NAME_TOKEN}\n`, { operation: 'unprotect' }),
    fileProtector('a value that is too short', `id,name\n1,${NAME}\n2,${SSN}\n`, { columns: { name: 'deSSN' } }),
    fileProtector('rows that are rejected', `id,name\n1,${SSN},${NAME}\n2,${NAME}\n`, {
      columns: { name: 'deSSN' },
      rejects: 'list',
    }),
    fileProtector('a user without the right', `id,name\n1,${NAME}\n`, { user: 'outsider' }),
    fileProtector('another format', `id,name\n1,${NAME}\n`, { format: 'jsonl', columns: { '$.name': 'deName' } }),
    fileProtector('a bucket that fails', `id,name\n1,${NAME}\n`, {}, 'read'),
    fileProtector('no environment', `id,name\n1,${NAME}\n`, {}, 'environment'),
  ],
  'tenant-gateway': [
    gateway('a good request', { tenantId: 'acme', encryptedDocumentKey: 'AAAA' }),
    gateway('a body of another form', { tenantId: 'acme', encryptedDocumentKey: 7 }),
    gateway('a KMS that refuses', { tenantId: 'acme', encryptedDocumentKey: 'AAAA' }, 'kms-denied'),
    gateway('events that are not durable', { tenantId: 'acme' }, 'events-unavailable'),
    gateway('no tenants', { tenantId: 'acme' }, 'tenants-missing'),
    {
      what: 'no environment',
      run: async () => {
        const output: unknown[] = [];
        const handler = tenantGateway(failing, (entry) => output.push(entry));
        const headers: [string, string][] = [['authorization', `cmk ${API_KEYS[0]}`]];
        return [await handler(gatewayEvent('POST', '/api/1/document/wrap', headers, '{}'), lambdaContext()), output];
      },
    },
  ],
  'log-forwarder': [
    forwarder('records', LINES.join('\n'), undefined),
    forwarder('lines that are none', `{"name":"${NAME}"}\n${NAME}`, undefined),
    forwarder('damaged bytes', Buffer.from([0x1f, 0x8b, 8, 0, ...Buffer.from(NAME)]), undefined),
    forwarder('a SIEM that quotes', LINES.join('\n'), 'sink'),
    forwarder('a store that quotes', LINES.join('\n'), 'store'),
    forwarder('no environment', LINES.join('\n'), 'environment'),
  ],
  'log-sealer': [
    sealer('records', subscriptionPayload(LINES), undefined),
    sealer('lines that are none', `{"name":"${NAME}"}\n${NAME}`, undefined),
    sealer('a store that quotes', LINES.join('\n'), 'store'),
    sealer('no environment', LINES.join('\n'), 'environment'),
  ],
  'log-verifier': [
    verifier('records that are not sealed', LINES),
    verifier('lines that are none', [NAME, `{"name":"${NAME}"}`]),
    verifier('a log group that quotes', LINES, true),
  ],
  'policy-agent': [
    agent('a policy', (cloud) => cloud.author(smallPolicy('one'))),
    agent('a policy that is none', (cloud) => cloud.author({ name: 7, [`secret`]: NAME })),
    agent('a file that is no JSON', (cloud) => cloud.author(`{"name": "x", "a": ${NAME}}`)),
    agent('no environment', () => {}, true),
  ],
  witness: [
    witness('a checkpoint', `old 0\n\n${CHECKPOINT}`),
    witness('a body that is none', `old ${NAME}\n${SPLUNK_TOKEN}`),
    witness('a store that quotes', `old 0\n\n${CHECKPOINT}`, true),
  ],
};

test('the planted secrets are of nine kinds', () => {
  expect(canaries.names.length).toBeGreaterThanOrEqual(9);
});

test('every handler has scenarios', () => {
  const entries = globSync('*.ts', { cwd: join(import.meta.dirname, '../../../functions') });
  expect(Object.keys(HANDLERS).toSorted()).toEqual(entries.map((file) => file.slice(0, -3)).toSorted());
  expect(Math.min(...Object.values(HANDLERS).map(({ length }) => length))).toBeGreaterThanOrEqual(3);
});

test('the only debug switch is the one of commands, which test/local/canaries.test.ts turns on', () => {
  const root = join(import.meta.dirname, '../../..');
  const sources = globSync('{lib,functions}/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const names = sources.flatMap((text) => text.match(/'\w*(?:DEBUG|VERBOSE|LOG_LEVEL|TRACE)\w*'/g) ?? []);
  expect(sources.length).toBeGreaterThan(400);
  expect([...new Set(names)]).toEqual(["'PROTECTOR_DEBUG'"]);
});

describe.each(Object.entries(HANDLERS))('%s shows no secret', (_, scenarios) => {
  test.each(scenarios.map((scenario, i) => ({ ...scenario, what: `${scenario.what} (${i})` })))(
    'with $what',
    async ({ run, shows }) => {
      const output = await run();
      const [reply, ...left] = output;
      expect(JSON.stringify(output).length).toBeGreaterThan(20);
      expect(canaries.in(JSON.stringify([reply]))).toEqual(shows === undefined ? [] : [shows]);
      expect(canaries.in(JSON.stringify(left))).toEqual([]);
      expect(JSON.stringify(left)).not.toContain('found: ');
    },
  );
});
