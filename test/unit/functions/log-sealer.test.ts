import { describe, expect, test } from '@jest/globals';
import { type SealerEnvironment, sealerHandler } from '../../../functions/runtime/seal/log-sealer.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import type { Cosigners } from '../../../lib/transparency/cosigning.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { controlPayload, kinesisRecord, subscriptionPayload } from '../../support/kinesis-events.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { cosignerOf, cosigners, fixedWitness } from '../../support/witness.ts';
import { crash, MemoryTileStore, watched } from '../../support/memory-tile-store.ts';

const CLOCK = { 'detail-type': 'Scheduled Event' } as const;

const kinesis = (data: Uint8Array | string) => kinesisRecord(data, 0);
const subscription = (messages: readonly string[]) => kinesis(subscriptionPayload(messages));

function functionOver(
  store = new MemoryTileStore(),
  { witnesses = cosigners([]), stamp }: { witnesses?: Cosigners; stamp?: SealerEnvironment['stamp'] } = {},
) {
  const logged: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  let now = START_MS;
  const nowMs = (): number => now;
  const log = fixedLog(store, { nowMs, dueAfterS: 600, witnesses });
  const environment = { sealer: new Sealer(log, store), everyS: 300, nowMs, stamp };
  const handler = sealerHandler(
    () => Promise.resolve(environment),
    (entry) => logged.push({ ...entry }),
    (line) => metrics.push(JSON.parse(line)),
  );
  const leaves = async (): Promise<string[]> => {
    const lines: string[] = [];
    const { tree } = await fixedLog(store).open();
    for await (const { bytes } of readEntries(store, 0, tree.size)) lines.push(Buffer.from(bytes).toString());
    return lines;
  };
  const wait = (s: number): void => {
    now += s * 1000;
  };
  return { handler, logged, metrics, leaves, wait };
}

/** A witness that answers every request with a status. */
const answering = (status: number) => ({
  key: fixedWitness(41).witness.key,
  client: { addCheckpoint: () => Promise.resolve({ status, text: '' }) },
});

describe('the log sealer', () => {
  test('seals records of Kinesis and of a CloudWatch Logs subscription in order of arrival', async () => {
    const { handler, leaves, logged } = functionOver();
    const lines = await chainLines('a', 7);
    const Records = [
      kinesis(lines[0]!),
      kinesis(`${lines[1]}\n${lines[2]}\n`),
      subscription(lines.slice(3, 5)),
      kinesis(controlPayload()),
      subscription(lines.slice(5)),
    ];
    expect(await handler({ Records })).toEqual({
      sealed: 7,
      repeated: 0,
      rejected: 0,
      forked: 0,
      holes: 0,
      checkpoint: 0,
      size: 7,
    });
    expect(await leaves()).toEqual(lines);
    expect(logged).toMatchObject([{ level: 'INFO', message: 'Records sealed', sealed: 7 }]);
  });

  test('seals a repeated batch once', async () => {
    const { handler, leaves } = functionOver();
    const lines = await chainLines('a', 4);
    const event = { Records: [subscription(lines)] };
    await handler(event);
    expect(await handler(event)).toMatchObject({ sealed: 0, repeated: 4, checkpoint: 0 });
    expect(await leaves()).toEqual(lines);
  });

  test('continues past unreadable data, counts it, and shows nothing of it', async () => {
    const { handler, logged } = functionOver();
    const [line = ''] = await chainLines('a', 1);
    const broken = kinesis(Buffer.concat([Uint8Array.of(0x1f, 0x8b), Buffer.from('PROBE')]));
    const summary = await handler({ Records: [broken, kinesis('PROBE'), kinesis(line)] });
    expect(summary).toMatchObject({ sealed: 1, rejected: 2 });
    expect(logged).toMatchObject([{ level: 'WARN' }]);
    expect(JSON.stringify(logged)).not.toContain('PROBE');
  });

  test('names the place of a forked record and nothing of its content', async () => {
    const { handler, logged } = functionOver();
    const [lines, other] = [await chainLines('a', 2), await chainLines('a', 2, { user: 'PROBE' })];
    await handler({ Records: [subscription([...lines, other[1]!])] });
    expect(logged[0]).toMatchObject({ level: 'ERROR', record: 'a:2' });
    expect(JSON.stringify(logged)).not.toContain('PROBE');
  });

  test('signs on schedule, also without records', async () => {
    const { handler, wait } = functionOver();
    expect(await handler(CLOCK)).toMatchObject({ checkpoint: 0, size: 0 });
    wait(60);
    expect(await handler(CLOCK)).toMatchObject({ checkpoint: 0 });
    wait(300);
    expect(await handler(CLOCK)).toMatchObject({ checkpoint: 1, size: 0 });
  });

  test('measures sealed, rejected and forked records, and the age of the newest checkpoint', async () => {
    const { handler, metrics, wait } = functionOver();
    const [lines, [, other = '']] = [await chainLines('a', 2), await chainLines('a', 2, { user: 'else' })];
    await handler({ Records: [subscription([...lines, other, 'no record'])] });
    wait(60);
    await handler(CLOCK);
    expect(metrics).toMatchObject([
      { RecordsSealed: 3, RecordsRejected: 1, RecordsForked: 1, CheckpointAge: 0 },
      { RecordsSealed: 0, RecordsRejected: 0, RecordsForked: 0, CheckpointAge: 60 },
    ]);
  });

  test('rejects when the store fails, so that Lambda repeats the batch', async () => {
    const memory = new MemoryTileStore();
    const store = watched(memory, (call) => {
      if (call === 'create') throw crash();
    });
    const sealer = new Sealer(fixedLog(store), store);
    const logged: object[] = [];
    const metrics: string[] = [];
    const failing = sealerHandler(
      () => Promise.resolve({ sealer, everyS: 300, nowMs: () => START_MS }),
      (entry) => logged.push(entry),
      (line) => metrics.push(line),
    );
    const Records = [subscription(await chainLines('a', 1))];
    await expect(failing({ Records })).rejects.toMatchObject({ code: 'LOG_STORE_UNAVAILABLE' });
    expect(logged).toMatchObject([{ level: 'ERROR', cause: [{ code: 'LOG_STORE_UNAVAILABLE' }] }]);
    // The alarm for late checkpoints treats missing data as late.
    expect(metrics).toEqual([]);
  });

  test('refuses to start without its settings, and names the missing one', async () => {
    const { handler } = await import('../../../functions/log-sealer.ts');
    await expect(handler(CLOCK)).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('LOG_LOCATION'),
    });
  });

  test('says which witness did not cosign, and counts those that have seen another history as refuting', async () => {
    const runs = [];
    for (const status of [503, 422]) {
      const witnesses = cosigners([fixedWitness(40).witness, answering(status)]);
      const { handler, logged, metrics } = functionOver(new MemoryTileStore(), { witnesses });
      await handler({ Records: [kinesis((await chainLines('a', 1))[0]!)] });
      runs.push({ logged: logged[0], metrics: metrics[0] });
    }
    const witness = 'witness.example.com/w2';
    expect(runs).toMatchObject([
      {
        logged: { level: 'WARN', witness, outcome: 'unavailable' },
        metrics: { CosignaturesMissing: 1, CheckpointsRefuted: 0 },
      },
      {
        logged: { level: 'ERROR', witness, outcome: 'inconsistent' },
        metrics: { CosignaturesMissing: 1, CheckpointsRefuted: 1 },
      },
    ]);
  });
});

describe('the log sealer with timestamp authorities', () => {
  test('asks on schedule alone, about the newest checkpoint, until it has a timestamp', async () => {
    const asked: number[] = [];
    const { handler, wait, logged, metrics } = functionOver(undefined, {
      stamp: (checkpoint) => {
        asked.push(typeof checkpoint === 'number' ? checkpoint : checkpoint.number);
        return Promise.resolve({ stamped: true, asked: [{ name: 'tsa' }] });
      },
    });
    await handler({ Records: [kinesis((await chainLines('a', 1))[0]!)] });
    expect(asked).toEqual([]);
    await handler(CLOCK);
    wait(300);
    await handler(CLOCK);
    expect(asked).toEqual([0, 1]);
    const missing = metrics.flatMap((each) => ('TimestampsMissing' in each ? [each['TimestampsMissing']] : []));
    expect(missing).toEqual([0, 0]);
    expect(logged.filter(({ level }) => level !== 'INFO')).toEqual([]);
  });

  test('asks for a timestamp while the witnesses are asked', async () => {
    const order: string[] = [];
    const witness = cosignerOf(fixedWitness(40).witness, (client) => ({
      addCheckpoint: async (body) => {
        const reply = await client.addCheckpoint(body);
        order.push('a witness answers');
        return reply;
      },
    }));
    const { handler } = functionOver(undefined, {
      witnesses: cosigners([witness]),
      stamp: () => {
        order.push('an authority is asked');
        return Promise.resolve({ stamped: true, asked: [] });
      },
    });
    await handler(CLOCK);
    expect(order).toEqual(['an authority is asked', 'a witness answers']);
  });

  test('warns of an authority without an answer, and has sealed all the same', async () => {
    const { handler, logged, metrics } = functionOver(undefined, {
      stamp: () => Promise.resolve({ stamped: false, asked: [{ name: 'tsa', failure: 'time-out' }] }),
    });
    expect(await handler(CLOCK)).toMatchObject({ checkpoint: 0 });
    expect(metrics.at(-1)).toMatchObject({ TimestampsMissing: 1 });
    expect(logged).toEqual([
      { level: 'WARN', message: 'A timestamp is absent', checkpoint: 0, failures: ['time-out'] },
    ]);
  });

  test('warns when a timestamp cannot be stored, and has sealed all the same', async () => {
    const { handler, logged, metrics } = functionOver(undefined, { stamp: () => Promise.reject(crash()) });
    expect(await handler(CLOCK)).toMatchObject({ checkpoint: 0 });
    expect(metrics.at(-1)).toMatchObject({ TimestampsMissing: 1 });
    expect(logged).toMatchObject([{ level: 'WARN', message: 'No timestamp was stored', checkpoint: 0 }]);
  });

  test.each(['ftp://tsa.example.com', 'https://tsa.example.com tsa'])('does not start with %j', async (urls) => {
    process.env['LOG_LOCATION'] = 's3://bucket/log';
    process.env['TIMESTAMP_URLS'] = urls;
    try {
      const { handler } = await import('../../../functions/log-sealer.ts');
      await expect(handler(CLOCK)).rejects.toMatchObject({
        code: 'NOT_CONFIGURED',
        message: expect.stringMatching(/^(?!.*tsa\.example).*TIMESTAMP_URLS/),
      });
    } finally {
      delete process.env['LOG_LOCATION'];
      delete process.env['TIMESTAMP_URLS'];
    }
  });
});
