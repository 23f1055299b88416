import { beforeEach, describe, expect, test } from '@jest/globals';
import { Backlog } from '../../../lib/delivery/backlog.ts';
import { placed } from '../../support/lanes.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let store: MemoryStore;
let backlog: Backlog;
beforeEach(() => {
  store = new MemoryStore();
  backlog = new Backlog(store, 'backlog/', 'damaged/');
});

const parcels = (lane: string, ...numbers: number[]) => numbers.map((number) => placed(lane, number));

async function keysOf(lane: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const key of backlog.keys(lane)) keys.push(key);
  return keys;
}

describe('a backlog', () => {
  test('returns what was parked, byte for byte, with the time of its parking', async () => {
    await backlog.park('a', parcels('a', 3, 4), 7);
    const [key] = await keysOf('a');
    expect(await backlog.read(key!)).toEqual({
      key,
      tag: expect.any(String),
      parkedMs: 7,
      parcels: parcels('a', 3, 4).map(({ parcel }) => parcel),
    });
  });

  test('writes no object for no parcels', async () => {
    await backlog.park('a', [], 7);
    expect([...store.objects.keys()]).toEqual([]);
  });

  test('keeps the same parcels in one object, and other parcels of the same position in another', async () => {
    await backlog.park('a', parcels('a', 1, 2), 7);
    await backlog.park('a', parcels('a', 1, 2), 8);
    await backlog.park('a', parcels('a', 1), 9);
    expect(await keysOf('a')).toHaveLength(2);
  });

  test('keeps what became of an object when its parcels are parked once more', async () => {
    const [first, second] = parcels('a', 1, 2);
    const key = await backlog.park('a', [first!, second!], 7);
    const left = { ...second!.parcel, receipt: 'queued' };
    await backlog.keepOnly((await backlog.read(key!))!, [left]);
    expect(await backlog.park('a', [first!, second!], 8)).toBe(key);
    expect(await backlog.read(key!)).toMatchObject({ parkedMs: 7, parcels: [left] });
  });

  test('puts a damaged object aside for parcels that are parked once more', async () => {
    const key = await backlog.park('a', parcels('a', 1), 7);
    await store.put(key!, Buffer.from('{'));
    await backlog.park('a', parcels('a', 1), 8);
    expect(await backlog.read(key!)).toMatchObject({ parkedMs: 8, parcels: [parcels('a', 1)[0]!.parcel] });
    expect(store.objects.get(`damaged/${key}`)?.body.toString()).toBe('{');
  });

  test('lists the objects of a lane in the order of the stream', async () => {
    for (const number of [12, 3, 100]) await backlog.park('a', parcels('a', number), 7);
    await backlog.park('b', parcels('b', 1), 7);
    const read = await Promise.all((await keysOf('a')).map((key) => backlog.read(key)));
    expect(read.map((parked) => parked?.parcels[0]?.id)).toEqual(['a 3', 'a 12', 'a 100']);
  });

  test('counts the parcels of all objects of a lane', async () => {
    expect(await backlog.size('a')).toEqual({ firstKey: undefined, parcels: 0, isSlow: false });
    await backlog.park('a', parcels('a', 1, 2, 3), 7);
    await backlog.park('a', parcels('a', 4), 7);
    await backlog.park('a', parcels('a', ...Array.from({ length: 12 }, (_, i) => 5 + i)), 7);
    await backlog.park('b', parcels('b', 1), 7);
    expect(await backlog.size('a')).toEqual({ firstKey: (await keysOf('a'))[0], parcels: 16, isSlow: false });
  });

  test('reads an object that is gone as undefined', async () => {
    expect(await backlog.read('backlog/a/0001-x.1')).toBeUndefined();
  });

  test.each([
    '',
    '{',
    '[]',
    '{}',
    '{"parkedMs":1}',
    '{"parcels":[]}',
    '{"parkedMs":"1","parcels":[]}',
    '{"parkedMs":1,"parcels":[null]}',
    '{"parkedMs":1,"parcels":["a"]}',
    '{"parkedMs":1,"parcels":[{"id":"a","timeMs":1}]}',
    '{"parkedMs":1,"parcels":[{"id":"a","timeMs":"1","body":"{}"}]}',
    '{"parkedMs":1,"parcels":[{"id":"a","timeMs":1,"body":"{}","about":7}]}',
  ])('refuses the object %j, which it did not write', async (body) => {
    await store.put('backlog/a/x.1', Buffer.from(body));
    await expect(backlog.read('backlog/a/x.1')).rejects.toMatchObject({ code: 'BACKLOG_DAMAGED' });
  });

  test('shrinks an object only as long as it is what was read', async () => {
    await backlog.park('a', parcels('a', 1, 2), 7);
    const [key] = await keysOf('a');
    const read = (await backlog.read(key!))!;
    await backlog.keepOnly(read, read.parcels.slice(1));
    expect(await backlog.read(key!)).toMatchObject({ parkedMs: 7, parcels: [{ id: 'a 2' }] });
    await expect(backlog.keepOnly(read, [])).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  });
});
