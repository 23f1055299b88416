// Keys of tenants and of their clients; what waits for a SIEM, and what a SIEM answers.
import { openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { otlpLogsSink } from '../../../lib/adapters/http/otlp-logs.ts';
import type { PostReply } from '../../../lib/adapters/http/post.ts';
import { KnownRecords, type KnownRecordsJson } from '../../../lib/audit/known-records.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { decryptField, encryptField } from '../../../lib/client/document.ts';
import { decryptPieces, encryptPieces } from '../../../lib/client/document-stream.ts';
import { readBatch, readWrappedKey } from '../../../lib/client/replies.ts';
import { Backlog } from '../../../lib/delivery/backlog.ts';
import { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import { Journal } from '../../../lib/delivery/journal.ts';
import { LaneStates } from '../../../lib/delivery/lane-state.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import { LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { parseSigners } from '../../../lib/publication/gate.ts';
import { JOURNAL, readJournal } from '../../../lib/publication/journal.ts';
import { directEdek, leasedEdek, leasedPrefix, parseEdek } from '../../../lib/tenants/edek.ts';
import { MemoryBudgetStore } from '../../support/budget-store.ts';
import { drainAll, laneUnderTest, loadOf, placed, sendAll } from '../../support/lanes.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { type Door, MARKER, parser, REFUSED, TAKEN } from './door.ts';

const DEK = (): Secret => new Secret(new Uint8Array(32).fill(5));
const NOW_MS = 1_800_000_000_000;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await all(pieces));
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

const WRAPPED = { dek: Buffer.alloc(32, 5).toString('base64'), edek: 'AAAA' };

/** A door of an object that another process has put into a store. */
function stored(name: string, seed: string, takes: (store: MemoryStore, key: string) => Promise<boolean>): Door {
  return {
    name,
    form: 'text',
    open: () => ({
      seeds: [seed],
      enter: async (input) => {
        const store = new MemoryStore();
        await store.put('x/lane.json', input);
        return (await takes(store, 'x/lane.json')) ? TAKEN : REFUSED;
      },
    }),
  };
}

const PARCELS = [0, 1].map((number) => placed('a', number).parcel);

/** A damaged object of one lane stops no other, and its parcels go where they are said to go or to the dead letters. */
const drain: Door = {
  name: 'drain of a backlog',
  form: 'text',
  open: () => ({
    seeds: [JSON.stringify({ parkedMs: NOW_MS, parcels: PARCELS })],
    enter: async (input) => {
      const store = new MemoryStore();
      const [a, b] = [laneUnderTest('a'), laneUnderTest('b')];
      b.sink.mood = () => ({ says: 'retry' });
      const time = new VirtualTime(NOW_MS);
      await sendAll([loadOf(b, [1, 2])], store, time);
      b.sink.mood = () => ({ says: 'what it took' });
      await store.put(`backlog/a/${placed('a', 0).position}-00.2`, input);
      const outcome = await drainAll([a, b], store, time).catch((error: unknown) => error);
      if (b.sink.received.length < 2) throw new Error('the sound lane was not drained', { cause: outcome });
      if (outcome instanceof Error) throw outcome;
      return a.sink.received.length === 2 ? TAKEN : REFUSED;
    },
  }),
};

/** What another process has left as the count of a user: no value is shown on a guess. */
const countOfBudget: Door = {
  name: 'count of a budget',
  form: 'text',
  open: () => ({
    seeds: ['{"taken":9}\n', '{"taken":0}\n'],
    enter: async (input) => {
      const store = new MemoryBudgetStore();
      const pace = { elapsedMs: () => 0, sleep: () => Promise.resolve(), random: () => 0 };
      const claim = { dataStore: 'D', user: 'ann', limit: 10, count: 1, nowMs: NOW_MS };
      await new LeasedBudgets({ store, ...pace }).take(claim);
      const [object] = store.objects.values();
      object!.body = input;
      const next = new LeasedBudgets({ store, ...pace });
      await next.take(claim);
      const before = Number(/^\{"taken":(\d{1,15})\}\n$/.exec(input.toString('latin1'))?.[1]);
      if (!(before + 1 <= 10) || store.taken < before + 1) throw new RangeError('counted on a guess');
      return TAKEN;
    },
  }),
};

/** A sink that is asked to deliver two parcels and gets the input as its reply. */
function reply(name: string, seeds: readonly object[], sink: (post: () => Promise<PostReply>) => DeliverySink): Door {
  return {
    name,
    form: 'json',
    open: () => ({
      seeds: seeds.map((body) => JSON.stringify({ status: 200, body: JSON.stringify(body) })),
      enter: async (input) => {
        const { status, body } = Object(JSON.parse(input.toString())) as Record<string, unknown>;
        const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? null));
        const answer = {
          status: typeof status === 'number' ? status : 200,
          headers: {},
          text: bytes.toString(),
          bytes,
        };
        const verdicts = await sink(() => Promise.resolve(answer)).deliver(PARCELS);
        const taken = verdicts.length === 2 && verdicts.every((verdict) => verdict?.kind === 'delivered');
        return { taken, shown: JSON.stringify(verdicts) };
      },
    }),
  };
}

const publicationJournal = JSON.stringify({
  format: 'serverless-protector/publication/1',
  revision: 4,
  lastVersion: 1,
  keyring: 1,
  answers: { 1: 'token' },
  releases: [],
  history: [
    {
      version: 1,
      fromMs: NOW_MS,
      bundle: 'policies/1.sealed.json',
      digest: 'd',
      author: 'alice',
      tested: 3,
      tests: 't',
    },
  ],
  outbox: [{ code: 78, policy: 'P', dataStore: 'D' }],
});

export const KEYS_AND_DELIVERY: readonly Door[] = [
  parser(
    'edek',
    'bytes',
    () => {
      const prefix = leasedPrefix(3, Buffer.alloc(100, 7));
      return [directEdek(3, Buffer.alloc(180, 7)), leasedEdek(3, prefix, Buffer.alloc(60, 8))];
    },
    (input) => parseEdek(input),
  ),
  parser(
    'encrypted field',
    'bytes',
    () => [encryptField(DEK(), 'acme', Buffer.from(MARKER))],
    (input) => decryptField(DEK(), input),
  ),
  parser(
    'encrypted stream',
    'bytes',
    async () => [await collected(encryptPieces(DEK(), 'acme', onePiece(Buffer.from(MARKER))))],
    (input) => collected(decryptPieces(DEK(), onePiece(input))),
  ),
  parser(
    'reply of the gateway',
    'json',
    () => [JSON.stringify({ keys: { a: WRAPPED }, failures: { b: { code: 203, message: 'no' } } })],
    (input) => readBatch(JSON.parse(input.toString()), ['a', 'b'], readWrappedKey),
  ),
  stored('backlog object', JSON.stringify({ parkedMs: NOW_MS, parcels: PARCELS }), async (store, key) => {
    return (await new Backlog(store, 'x/', 'damaged/').read(key)) !== undefined;
  }),
  stored(
    'lane state',
    JSON.stringify({
      circuit: { failures: 2, kind: 'retry', reason: 'busy', waitingSinceMs: NOW_MS, nextTryMs: NOW_MS },
      claim: { by: 'one', untilMs: NOW_MS },
    }),
    async (store) => {
      const states = new LaneStates(store, 'x/');
      const { circuit, claim } = await states.read('lane');
      await states.claim('lane', { by: 'two', untilMs: NOW_MS + 1 }, NOW_MS);
      await states.release('lane', 'two', (state) => state);
      return circuit !== undefined && claim !== undefined;
    },
  ),
  stored(
    'journal of the forwarder',
    JSON.stringify({ known: { state: 'x', records: { a: [NOW_MS, '1-5,9'] } }, outbox: PARCELS }),
    async (store, key) => {
      const entry = await new Journal<{ records?: object }>(store, key).load();
      return Object.keys(KnownRecords.fromJson((entry?.known.records ?? {}) as KnownRecordsJson).toJson()).length > 0;
    },
  ),
  stored(
    'dead letters',
    PARCELS.map((parcel) =>
      JSON.stringify({ parcel, kind: 'data', reason: 'r', attempts: 1, sink: 'a', timeMs: 1 }),
    ).join('\n'),
    async (store) => {
      const bundles = await all(new DeadLetters(store, '').of('x'));
      return bundles.every(({ letters }) => letters !== undefined);
    },
  ),
  drain,
  countOfBudget,
  parser(
    'signers of releases',
    'text',
    () => [`alice SHA256:${'A'.repeat(43)} author approve, bob SHA256:${'B'.repeat(43)} approve`],
    (input) => {
      const signers = parseSigners(input.toString());
      if (signers === undefined) throw new PublicationError('PUBLICATION_REFUSED', 'No signers');
      if (signers.some(({ may }) => may.size === 0)) throw new RangeError('A signer without a right');
    },
  ),
  parser(
    'publication journal',
    'text',
    () => [publicationJournal],
    async (input) => {
      const documents = new MemoryDocuments();
      documents.put(JOURNAL, input.toString());
      return readJournal(documents);
    },
  ),
  reply(
    'reply of OpenSearch',
    [{ errors: false, items: PARCELS.map(({ id }) => ({ create: { _id: id, status: 201 } })) }],
    (post) => openSearchBulkSink({ post }),
  ),
  reply('reply of OpenTelemetry', [{ partialSuccess: {} }], (post) => otlpLogsSink({ post })),
];
