import { describe, expect, test } from '@jest/globals';
import type { CopiedLine } from '../../../lib/evidence/find-unsealed.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { watchUnsealed, type WatchReport } from '../../../lib/evidence/watch-unsealed.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A trail, its log, and a verifier that looks at both; `now` is minutes after `START_MS`. */
function watch() {
  const store = new MemoryTileStore();
  const memory = new MemoryTileStore();
  const trail: CopiedLine[] = [];
  const asked: [number, number][] = [];
  let nowMs = START_MS;
  const sealer = new Sealer(fixedLog(store, { nowMs: () => nowMs }), store);
  async function* written(fromMs: number, toMs: number): AsyncGenerator<CopiedLine> {
    asked.push([fromMs, toMs]);
    yield* trail.filter(({ writtenMs }) => writtenMs >= fromMs && writtenMs < toMs);
  }
  return {
    store,
    memory,
    asked,
    at: (minutes: number) => {
      nowMs = START_MS + minutes * MINUTE_MS;
    },
    write: (lines: readonly string[], writtenMs = nowMs) => {
      trail.push(...lines.map((line) => ({ line, writtenMs })));
    },
    seal: (lines: readonly string[]) => sealer.seal(lines),
    look: (mayGoOn = () => true): Promise<WatchReport> =>
      watchUnsealed({ written, log: store, memory, nowMs, settledAfterMs: 5 * MINUTE_MS, mayGoOn }),
  };
}

describe('a look at the trail', () => {
  test('says nothing when every record is sealed, and leaves young records alone', async () => {
    const { at, write, seal, look } = watch();
    const lines = await chainLines('a', 4);
    write(lines.slice(0, 3));
    await seal(lines.slice(0, 3));
    at(10);
    write(lines.slice(3));
    expect(await look()).toEqual({ records: 3, rejected: 0, unsealed: 0, oldest: undefined, unsealedAgeMs: 0 });
  });

  test('finds what no delivery brought, and its age', async () => {
    const { at, write, seal, look } = watch();
    const lines = await chainLines('a', 4);
    write(lines);
    await seal(lines.slice(0, 2));
    at(10);
    expect(await look()).toMatchObject({
      records: 4,
      unsealed: 2,
      oldest: { chainId: 'a', sequence: 3 },
      unsealedAgeMs: 10 * MINUTE_MS,
    });
  });

  test('keeps an unsealed record in sight until the log has it', async () => {
    const { at, write, seal, look } = watch();
    const lines = await chainLines('a', 2);
    write(lines);
    await seal(lines.slice(0, 1));
    for (const minutes of [10, 3 * 60, 9 * 24 * 60]) {
      at(minutes);
      // oxlint-disable-next-line no-await-in-loop -- in order
      expect(await look()).toMatchObject({ unsealed: 1, unsealedAgeMs: minutes * MINUTE_MS });
    }
    await seal(lines);
    expect(await look()).toMatchObject({ unsealed: 0, unsealedAgeMs: 0 });
  });

  test('sees a line that is written an hour late, under its own time', async () => {
    const { at, write, look } = watch();
    at(60);
    expect(await look()).toMatchObject({ records: 0 });
    write(await chainLines('a', 1), START_MS + 10 * MINUTE_MS);
    at(65);
    expect(await look()).toMatchObject({ unsealed: 1 });
  });

  test('goes back a week at first, and then an hour before the end of the last look', async () => {
    const { at, asked, look } = watch();
    await look();
    at(5);
    await look();
    const end = START_MS - 5 * MINUTE_MS;
    expect(asked).toEqual([
      [START_MS - 7 * DAY_MS, end],
      [end - HOUR_MS, end + 5 * MINUTE_MS],
    ]);
  });

  test('goes back a week when its memory is damaged', async () => {
    const { asked, memory, look } = watch();
    await memory.replace('next-look.json', Buffer.from('{"fromMs":"yesterday"}'));
    await look();
    expect(asked).toMatchObject([[START_MS - 7 * DAY_MS, expect.any(Number)]]);
  });

  test('that is ended goes on from there, and calls what it has not compared unsealed', async () => {
    const { at, write, seal, look } = watch();
    const lines = await chainLines('a', 2);
    const filler = Array.from({ length: 16_383 }, () => 'no record');
    write([lines[0]!, ...filler]);
    at(30);
    write([lines[1]!]);
    await seal(lines);
    at(180);
    expect(await look(() => false)).toMatchObject({ records: 1, unsealed: 0, unsealedAgeMs: 3 * HOUR_MS });
    expect(await look()).toMatchObject({ records: 2, unsealed: 0, unsealedAgeMs: 0 });
  });

  test('that fails leaves where the next one begins as it was', async () => {
    const { at, write, look, memory, store } = watch();
    write(await chainLines('a', 1));
    await look();
    const before = memory.objects.get('next-look.json');
    at(10);
    await store.replace('checkpoint', Buffer.from('damaged'));
    await expect(look()).rejects.toMatchObject({ code: 'LOG_MALFORMED' });
    expect(memory.objects.get('next-look.json')).toEqual(before);
  });
});
