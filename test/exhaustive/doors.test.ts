// Doors that hold, tried at every place: edits of sealed bundles, records, logs and EDEKs, and requests at the same time.
// Each test counts what it has tried, so that it cannot look at nothing. Others that hold: special addresses in
// unit/adapters/outbound-guard, names in SQL in unit/ddl/scripts, Host and Origin in contract/wire-http.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../functions/runtime/protect/snowflake.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { ProtectorError } from '../../lib/base/errors.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { openPolicy, sealPolicy } from '../../lib/policy/bundle.ts';
import { chainLines, recordKeys } from '../support/chain-lines.ts';
import { by, keyServiceUnderTest, LEASING, tenant, tenantsOf } from '../support/key-service.ts';
import { fixedKeys, fixedLog, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { lambdaContext, policyContent, redshiftEvent, testEnvironment } from '../support/policy.ts';
import { memoryKeyService } from '../support/publication/memory-keys.ts';

/** Names the edits after which `opens` does not refuse with an error of this product. */
async function notRefused<T>(
  edits: readonly (readonly [name: string, edited: T])[],
  opens: (edited: T) => Promise<unknown>,
) {
  const wrong: string[] = [];
  for (const [name, edited] of edits) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after another, as cheap as side by side
      await opens(edited);
      wrong.push(`${name}: opened`);
    } catch (error) {
      if (!(error instanceof ProtectorError)) wrong.push(`${name}: ${String(error)}`);
    }
  }
  return wrong;
}

/** Bytes with the bits of a mask turned at each place, cut at each place, and with a byte more. */
function editsOfBytes(bytes: Uint8Array, mask: number): (readonly [name: string, edited: Buffer])[] {
  return [...bytes.keys()].flatMap((at) => {
    const turned = Buffer.from(bytes);
    turned[at] = turned[at]! ^ mask;
    return [[`turned at ${at}`, turned] as const, [`cut at ${at}`, Buffer.from(bytes.subarray(0, at))] as const];
  });
}

test('a sealed policy is refused after every edit of every member', async () => {
  const keys = memoryKeyService();
  await keys.generateDataKey({}); // the bundle's is not the first, which no bytes name too
  const at = { version: 3, createdAt: new Date(0) };
  const sealed = { ...(await sealPolicy(keys, policyContent(), at, new Uint8Array(12).fill(1))) };
  const members = Object.entries(sealed);
  const edits = members.flatMap(([member, value]): (readonly [string, object])[] => {
    const { [member as 'iv']: _, ...without } = sealed;
    const others = [null, {}, [], '', 7, true, `${value}\u0000`].map((other) => ({ ...without, [member]: other }));
    return [without, ...others].map((edited, i) => [`${member} ${i}`, edited] as const);
  });
  const bytes = (['wrappedKey', 'iv', 'ciphertext', 'tag'] as const).flatMap((member) =>
    editsOfBytes(Buffer.from(sealed[member], 'base64').subarray(0, 40), 1).map(
      ([name, part]) => [`${member} ${name}`, { ...sealed, [member]: part.toString('base64') }] as const,
    ),
  );
  // A number, a text of base64 and a NUL mean the same to a decoder of base64, and nothing else.
  const different = edits.filter(([, edited]) => meaningOf(edited) !== meaningOf(sealed));
  expect(members.length).toBe(10);
  expect(different.length).toBeGreaterThanOrEqual(72);
  expect(bytes.length).toBeGreaterThanOrEqual(72);
  expect(await notRefused([...different, ...bytes], (edited) => openPolicy(keys, edited))).toEqual([]);
  expect(await openPolicy(keys, sealed)).toMatchObject({ version: '3' });
});

const BASE64: readonly string[] = ['wrappedKey', 'iv', 'ciphertext', 'tag'];

/** The members of a bundle in order, those in base64 as the bytes that they stand for. */
function meaningOf(bundle: object): string {
  const members = Object.entries(bundle).map(([name, value]) => {
    const bytes =
      BASE64.includes(name) && typeof value === 'string' ? Buffer.from(value, 'base64').toString('hex') : value;
    return [name, bytes as unknown];
  });
  return JSON.stringify(members.toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

test('a trail is not valid after an edit of any character of a record', async () => {
  const lines = await chainLines('chain', 2);
  const [first = '', second = ''] = lines;
  const edits = first.split('').flatMap((character, at) => {
    const other = character === '0' ? '1' : '0';
    return [first.slice(0, at) + other + first.slice(at + 1), first.slice(0, at) + first.slice(at + 1)];
  });
  expect(edits.length).toBeGreaterThanOrEqual(1078);
  const valid: string[] = [];
  for (const edited of edits) {
    // oxlint-disable-next-line no-await-in-loop -- one after another, as cheap as side by side
    if ((await verifyTrail([edited, second], recordKeys())).valid) valid.push(edited);
  }
  expect(valid).toEqual([]);
  expect((await verifyTrail(lines, recordKeys())).valid).toBe(true);
});

describe('a log', () => {
  let store: MemoryTileStore;
  let lines: readonly string[];
  beforeAll(async () => {
    store = new MemoryTileStore();
    lines = await chainLines('chain', 12);
    const sealer = new Sealer(fixedLog(store), store);
    await sealer.seal(lines.slice(0, 5));
    await sealer.seal(lines);
  });

  const isIntact = async (objects: ReadonlyMap<string, Uint8Array>): Promise<boolean> => {
    const log = { reader: new MemoryTileStore(objects), now: START_MS / 1000 + 60 };
    return (await verifyEvidence({ log, records: lines, keys: fixedKeys(), recordKeys: recordKeys() })).valid;
  };

  test('is not intact after an edit at forty places of any object', async () => {
    // The sealer's memory is no evidence (docs/audit.md).
    const paths = [...store.objects.keys()].filter((path) => path !== 'heads.json');
    const edits = paths.flatMap((path) => {
      const bytes = store.objects.get(path)!;
      return Array.from({ length: 40 }, (_, i): [string, ReadonlyMap<string, Uint8Array>] => {
        const edited = Buffer.from(bytes);
        const at = Math.floor((i * edited.length) / 40);
        edited[at] = edited[at]! ^ 1;
        return [`${path} at ${at}`, new Map(store.objects).set(path, edited)];
      });
    });
    expect(edits.length).toBeGreaterThanOrEqual(240);
    const intact: string[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after another, as cheap as side by side
    for (const [name, objects] of edits) if (await isIntact(objects)) intact.push(name);
    expect(intact).toEqual([]);
    expect(await isIntact(store.objects)).toBe(true);
  });
});

test('an EDEK of either mode opens nothing after an edit of any byte', async () => {
  const under = keyServiceUnderTest();
  const tenants = tenantsOf(tenant('acme'), tenant('lessor', { leasing: LEASING }));
  let tried = 0;
  for (const id of ['acme', 'lessor']) {
    // oxlint-disable-next-line no-await-in-loop -- two tenants
    const { edek } = await under.service.wrap(tenants, by(id));
    const edits = [1, 0x80].flatMap((mask) => editsOfBytes(edek, mask));
    tried += edits.length;
    // oxlint-disable-next-line no-await-in-loop -- two tenants
    expect(await notRefused(edits, (edited) => under.service.unwrap(tenants, by(id), edited))).toEqual([]);
  }
  expect(tried).toBeGreaterThanOrEqual(447);
});

const snowflakeHeaders = (i: number): [string, string][] => [
  ['sf-external-function-query-batch-id', `b:${i}`],
  ['sf-external-function-current-query-id', 'q'],
  ['sf-context-current-user', 'test_user'],
  ['sf-custom-X-Protegrity-HCoP-Rules', '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deText"}]}'],
];

test('720 requests of three front ends at the same time each get their own answer, in one chain', async () => {
  const environment = testEnvironment();
  const redshift = redshiftHandler(environment.environment, environment.write);
  const snowflake = snowflakeHandler(environment.environment, environment.write);
  const rest = restHandler(environment.environment, {}, environment.write, { nowMs: () => START_MS });
  const names = Array.from({ length: 240 }, (_, i) => `Name ${'abcdefgh'.slice(0, 2 + (i % 6))}${'xyz'[i % 3]}`);
  const ask = async (name: string, i: number): Promise<(string | undefined)[]> => {
    const context = (front: string) => lambdaContext(`${front}-${i}`);
    const body = JSON.stringify({ user: 'test_user', data_element: 'deText', data: [name] });
    const replies = await Promise.all([
      redshift(redshiftEvent('pty_protect_detext', [name]), context('redshift')),
      snowflake(
        gatewayEvent('POST', '/', snowflakeHeaders(i), JSON.stringify({ data: [[0, name]] })),
        context('snowflake'),
      ),
      rest(gatewayEvent('POST', '/v1/protect', [], body), context('rest')),
    ]);
    const [fromRedshift, fromSnowflake, fromRest] = replies;
    return [
      fromRedshift.success ? String(fromRedshift.results[0]) : undefined,
      (JSON.parse(fromSnowflake.body) as { data: [number, string][] }).data[0]?.[1],
      (JSON.parse(fromRest.body) as { results: string[] }).results[0],
    ];
  };
  const answers = await Promise.all(names.map(ask));
  expect(answers.flat()).toHaveLength(720);
  const alone = redshiftHandler(testEnvironment().environment, () => {});
  for (const [i, name] of names.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- alone
    const reply = await alone(redshiftEvent('pty_protect_detext', [name]), lambdaContext());
    const token = reply.success ? reply.results[0] : undefined;
    expect(answers[i]).toEqual([token, token, token]);
  }
  expect(await environment.verify()).toMatchObject({ valid: true, records: 720, chains: 1, successCount: 720 });
});
