// Every Lambda handler that answers callers or streams, over environments in memory.
import { createSecretKey, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { auditStoreLane, standardOutputLane } from '../../../functions/runtime/forward/environment.ts';
import { logForwarder } from '../../../functions/runtime/forward/log-forwarder.ts';
import { tenantGateway } from '../../../functions/runtime/keys/tenant-gateway.ts';
import { redshiftHandler } from '../../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import { sealerHandler } from '../../../functions/runtime/seal/log-sealer.ts';
import { witnessHandler } from '../../../functions/runtime/witness/witness.ts';
import { eventLine } from '../../../lib/events/line.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { readCommand } from '../../../lib/publication/command.ts';
import { apiKeyDigest } from '../../../lib/tenants/api-keys.ts';
import type { GatewayReply } from '../../../lib/wire/gateway.ts';
import { MemoryBudgetStore } from '../../support/budget-store.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { by, keyServiceUnderTest, LEASING, NOW_MS, tenant, tenantsOf, withSecrets } from '../../support/key-service.ts';
import { kinesisEvent, kinesisRecord, subscriptionPayload, windowEvent } from '../../support/kinesis-events.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { MemorySink as MemoryDelivery } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import {
  compiledPolicy,
  lambdaContext,
  redshiftEvent,
  testEnvironment,
  type TestEnvironment,
} from '../../support/policy.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { sinkOf, tenantOf, tenantsOf as sinkTenants } from '../../support/small-tenants.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { fixedWitness } from '../../support/witness.ts';
import { type Door, MARKER, type OpenDoor, type Passed, parser } from './door.ts';
import { addCheckpointBody, BUDGET, TIMED_POLICY } from './samples.ts';

const VALUES = [`${MARKER} 12345`, null, '', `${MARKER}-${MARKER}`];

/** A handler answers whatever comes: an error of it is none of a caller's making. */
async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error('the handler threw', { cause: error });
  }
}

/** What the environment of a protect function has written since the last input. */
function written({ sink, log }: TestEnvironment): string {
  const text = [...sink.lines, ...log.map((entry) => JSON.stringify(entry))].join('\n');
  sink.lines.length = 0;
  log.length = 0;
  return text;
}

const gatewaySeed = (path: string, headers: Readonly<Record<string, string>>, body: string): string =>
  JSON.stringify(gatewayEvent('POST', path, Object.entries(headers), body));

const redshift: Door = {
  name: 'redshift',
  form: 'json',
  open: () => {
    const environment = testEnvironment();
    const handler = redshiftHandler(environment.environment, environment.write);
    return {
      seeds: [
        JSON.stringify(redshiftEvent('pty_protect_detext', VALUES)),
        JSON.stringify(redshiftEvent('pty_check_detext', VALUES)),
        JSON.stringify(redshiftEvent('pty_reprotect_dessn__to__deccn', ['123456789012', null])),
        JSON.stringify(redshiftEvent('pty_unprotect_detext', [null, '', 'token'], { user: 'auditor' })),
      ],
      enter: async (input) => {
        const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
        const reply = await answered(() => handler(event, lambdaContext()));
        const shown = written(environment);
        return { taken: reply.success, shown: reply.success ? shown : `${shown}${JSON.stringify(reply)}` };
      },
    };
  },
};

/** Functions whose policy has times and budgets: whatever is asked, no more values are shown than the budget has. */
const budgeted: Door = {
  name: 'redshift with budgets',
  form: 'json',
  open: () => {
    const policy = compiledPolicy(TIMED_POLICY);
    const pace = { elapsedMs: () => 0, sleep: () => Promise.resolve(), random: () => 0 };
    let budgets = new LeasedBudgets({ store: new MemoryBudgetStore(), ...pace });
    const environment = testEnvironment(async () => policy, {
      take: (claim) => budgets.take(claim),
      giveBack: (claim) => budgets.giveBack(claim),
    });
    const handler = redshiftHandler(environment.environment, environment.write);
    const tokens = Array.from({ length: BUDGET }, () => `${MARKER}x`);
    return {
      seeds: [
        JSON.stringify(redshiftEvent('pty_unprotect_detext', [...tokens.slice(1), null])),
        JSON.stringify(redshiftEvent('pty_unprotect_detext', tokens.slice(0, 9), { user: 'joe' })),
        JSON.stringify(redshiftEvent('pty_unprotect_detext', tokens.slice(0, 3), { user: 'analyst' })),
        JSON.stringify(redshiftEvent('pty_reprotect_dessn__to__deccn', ['123456789012', null])),
      ],
      enter: async (input) => {
        budgets = new LeasedBudgets({ store: new MemoryBudgetStore(), ...pace });
        const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
        const reply = await answered(() => handler(event, lambdaContext()));
        const shown = written(environment);
        if (!reply.success) return { taken: false, shown: `${shown}${JSON.stringify(reply)}` };
        const isUnprotect = /unprotect/i.test(String(event.external_function)) && event.user !== 'analyst';
        const values = reply.results.filter((value) => value !== null && value !== '').length;
        if (isUnprotect && values > BUDGET) throw new Error(`${values} values are shown, and the budget has ${BUDGET}`);
        return { taken: true, shown };
      },
    };
  },
};

function ofReply({ statusCode, body }: GatewayReply, others: string): Passed {
  const taken = statusCode < 300;
  return { taken, shown: taken ? others : others + body };
}

const rulesOf = (rule: object): Record<string, string> => ({
  'sf-external-function-query-batch-id': 'b:1',
  'sf-external-function-current-query-id': 'q',
  'sf-context-current-user': 'test_user',
  'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({ jsonpaths: [rule] }),
});

const snowflakeSeed = (rule: object, text: string): string => gatewaySeed('/snowflake', rulesOf(rule), text);

const snowflake: Door = {
  name: 'snowflake',
  form: 'json',
  open: () => {
    const environment = testEnvironment();
    const handler = snowflakeHandler(environment.environment, environment.write);
    const body = JSON.stringify({ data: VALUES.map((value, row) => [row, value]) });
    const protect = { op_type: 'PROTECT', data_element: 'deText' };
    return {
      seeds: [
        snowflakeSeed(protect, body),
        snowflakeSeed({ ...protect, external_iv: 'iv' }, gzipSync(body).toString('base64')),
        snowflakeSeed({ op_type: 'REPROTECT', data_element: 'deText', old_data_element: 'deText' }, body),
        snowflakeSeed({ op_type: 'CHECK', data_element: 'deText' }, body),
      ],
      enter: async (input) => {
        const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
        const reply = await answered(() => handler(event, lambdaContext()));
        return ofReply(reply, written(environment));
      },
    };
  },
};

function rest(name: string, variables: Readonly<Record<string, string>>, headers: () => Promise<object>): Door {
  return {
    name,
    form: 'json',
    open: async () => {
      const environment = testEnvironment();
      const handler = restHandler(environment.environment, variables, environment.write, { nowMs: () => NOW_MS });
      const own = { ...(await headers()) } as Record<string, string>;
      const column = { user: 'test_user', query_id: 'q', data_element: 'deText', data: VALUES };
      const base64 = VALUES.map((value) => value && Buffer.from(value).toString('base64'));
      const legacy = {
        policyusername: 'test_user',
        dataelementname: 'deText',
        bulk: { data: base64.map((content) => ({ content })) },
      };
      const bodies: readonly (readonly [path: string, body: unknown])[] = [
        ['/v1/protect', column],
        ['/v1/check', column],
        ['/v1/unprotect', { ...column, data: ['token', null] }],
        ['/v1/protect', { ...column, encoding: 'base64', data: base64 }],
        ['/v1/protect', { user: 'test_user', arguments: [{ id: 1, data_element: 'deText', data: VALUES }] }],
        ['/v1/reprotect', { ...column, old_data_element: 'deSSN', data_element: 'deCCN', data: ['123456789012'] }],
        ['/pty/protect', { protect: legacy }],
      ];
      return {
        seeds: bodies.map(([path, body]) => gatewaySeed(path, own, JSON.stringify(body))),
        enter: async (input) => {
          const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
          const reply = await answered(() => handler(event, lambdaContext()));
          return ofReply(reply, written(environment));
        },
      };
    },
  };
}

const SHARED_SECRET = Buffer.alloc(64, 1);

async function bearer(): Promise<object> {
  const token = new SignJWT({ sub: 'test_user', exp: NOW_MS / 1000 + 600, jti: MARKER });
  return {
    authorization: `Bearer ${await token.setProtectedHeader({ alg: 'HS256' }).sign(createSecretKey(SHARED_SECRET))}`,
  };
}

const API_KEY = Buffer.alloc(32, 9).toString('base64url');

const gateway: Door = {
  name: 'tenant-gateway',
  form: 'json',
  open: async () => {
    const under = keyServiceUnderTest();
    const acme = await withSecrets(under.kms, tenant('acme'), 2);
    const lessor = tenant('lessor', { leasing: LEASING });
    const tenants = { ...tenantsOf(acme, lessor), apiKeys: [{ id: 'key', digest: apiKeyDigest(API_KEY) }] };
    const [direct, leased] = await Promise.all(
      ['acme', 'lessor'].map(async (id) =>
        Buffer.from((await under.service.wrap(tenants, by(id))).edek).toString('base64'),
      ),
    );
    const shown: string[] = [];
    const environment = {
      ...under,
      random: randomBytes,
      nowMs: () => under.clock.nowMs,
      events: under.log,
      tenants: () => Promise.resolve(tenants),
      writeMetrics: (line: string) => void shown.push(line),
    };
    const handler = tenantGateway(
      () => Promise.resolve(environment),
      (entry) => void shown.push(JSON.stringify(entry)),
    );
    const who = { iclFields: { requestingId: 'ann', dataLabel: MARKER }, customFields: { note: MARKER } };
    const metadata = { tenantId: 'acme', ...who };
    const seed = (route: string, more: object): string => {
      const headers = { authorization: `cmk ${API_KEY}` };
      return gatewaySeed(`/api/1/${route}`, headers, JSON.stringify({ ...metadata, ...more }));
    };
    return {
      seeds: [
        seed('document/wrap', {}),
        seed('document/wrap', { tenantId: 'lessor' }),
        seed('document/unwrap', { encryptedDocumentKey: direct }),
        seed('document/unwrap', { tenantId: 'lessor', encryptedDocumentKey: leased }),
        seed('document/batch-wrap', { documentIds: ['a', 'b'] }),
        seed('document/batch-unwrap', { edeks: { a: direct, b: direct } }),
        seed('document/rekey', { encryptedDocumentKey: direct, newTenantId: 'lessor' }),
        seed('document/report-operations', { operations: { [direct!]: { wraps: 2, unwraps: 1 } } }),
        seed('key/derive-with-secret-path', { paths: { p: ['q'] }, derivationType: 'sha512', secretType: 'search' }),
        seed('event/security-event', {
          timestampMillis: NOW_MS,
          iclFields: { ...who.iclFields, event: 'USER_LOGIN' },
        }),
      ],
      enter: async (input) => {
        const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
        const reply = await answered(() => handler(event, lambdaContext()));
        const passed = ofReply(reply, shown.join('\n'));
        shown.length = 0;
        under.lines.length = 0;
        under.events.length = 0;
        return passed;
      },
    };
  },
};

const witness: Door = {
  name: 'witness',
  form: 'json',
  open: async () => {
    const body = await addCheckpointBody();
    const logged: string[] = [];
    return {
      seeds: [JSON.stringify(gatewayEvent('POST', '/add-checkpoint', [], body))],
      enter: async (input) => {
        const { witness: service } = fixedWitness();
        const handler = witnessHandler(
          () => Promise.resolve(service),
          (entry) => void logged.push(JSON.stringify(entry)),
        );
        const event = JSON.parse(input.toString()) as Parameters<typeof handler>[0];
        const reply = await answered(() => handler(event));
        if (reply.statusCode >= 500) throw new Error(`the witness failed: ${logged.at(-1)}`);
        return { taken: reply.statusCode === 200 };
      },
    };
  },
};

/** What producers put into a stream: records, events, and what CloudWatch Logs makes of records. */
async function streamed(): Promise<OpenDoor['seeds']> {
  const lines = await chainLines('a', 4);
  return [lines.join('\n'), subscriptionPayload(lines), gzipSync(lines.join('\n'))];
}

const forwarder: Door = {
  name: 'log-forwarder',
  form: 'text',
  open: async () => ({
    seeds: [...(await streamed()), `${eventLine(securityEvent({ tenantId: 'acme' }))}\n`],
    enter: async (input) => {
      const settings = { kind: 'file', path: '/dev/null' } as const;
      const tenants = sinkTenants([
        tenantOf('acme', { sinks: [sinkOf('siem', { settings })], dataStores: ['SAMPLE_POLICY'] }),
      ]);
      const shown: string[] = [];
      const environment = {
        store: new MemoryStore(),
        auditStore: auditStoreLane(new MemoryDelivery(100)),
        tenants: {
          current: () => Promise.resolve(tenants),
          open: () => new MemoryDelivery(100),
          standardOutput: standardOutputLane(new MemoryDelivery(100)),
        },
        eventStream: 'events',
      };
      const write = (entry: object): void => void shown.push(JSON.stringify(entry));
      const time = new VirtualTime(START_MS);
      const handler = logForwarder(
        () => Promise.resolve(environment),
        write,
        () => {},
        time,
      );
      const record = kinesisRecord(input, 0);
      const isEvent = input.includes('SecurityEvent');
      const stream = `arn:aws:kinesis:us-east-1:123456789012:stream/${isEvent ? 'events' : 'audit'}`;
      const whole = kinesisEvent([{ ...record, eventSourceARN: stream }]);
      await answered(() => handler(isEvent ? whole : windowEvent(whole.Records!, {}, 'final'), lambdaContext()));
      const keys = [...environment.store.objects.keys()];
      return { taken: !keys.some((key) => key.includes('unreadable')), shown: shown.join('\n') };
    },
  }),
};

const sealedMs = (): number => START_MS;

const sealer: Door = {
  name: 'log-sealer',
  form: 'text',
  open: async () => ({
    seeds: await streamed(),
    enter: async (input) => {
      const store = new MemoryTileStore();
      const environment = {
        sealer: new Sealer(fixedLog(store, { nowMs: sealedMs }), store),
        everyS: 300,
        nowMs: sealedMs,
        stamp: undefined,
      };
      const shown: string[] = [];
      const handler = sealerHandler(
        () => Promise.resolve(environment),
        (entry) => void shown.push(JSON.stringify(entry)),
        () => {},
      );
      const { rejected } = (await answered(() => handler(kinesisEvent([kinesisRecord(input, 0)])))) as {
        rejected: number;
      };
      return { taken: rejected === 0, shown: shown.join('\n') };
    },
  }),
};

const agent = parser(
  'policy-agent',
  'json',
  () =>
    [
      { action: 'rollback', to: 3, dryRun: true },
      { action: 'rollback' },
      { action: 'policy', version: 3, atMs: NOW_MS },
      { action: 'tests', atMs: NOW_MS },
      { action: 'history' },
      { action: 'approve', approval: '-----BEGIN SSH SIGNATURE-----' },
      { 'detail-type': 'Object Created', source: 'aws.s3', detail: { object: { key: 'policy.json' } } },
      {},
    ].map((event) => JSON.stringify(event)),
  (input) => readCommand(JSON.parse(input.toString())),
);

export const FRONT_ENDS: readonly Door[] = [
  redshift,
  budgeted,
  snowflake,
  rest('rest', {}, () => Promise.resolve({})),
  rest('rest-jwt', { authorization: 'JWT', jwt_secret_base64: SHARED_SECRET.toString('base64') }, bearer),
  gateway,
  witness,
  forwarder,
  sealer,
  agent,
];
