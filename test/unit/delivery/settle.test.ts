// What stays in a parked object after a delivery of its parcels.
import { beforeEach, expect, test } from '@jest/globals';
import { Backlog, type Parked } from '../../../lib/delivery/backlog.ts';
import type { Parcel } from '../../../lib/delivery/ports.ts';
import { keepWaiting } from '../../../lib/delivery/settle.ts';
import { placed } from '../../support/lanes.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const PARCELS = [placed('a', 1), placed('a', 2)];
const [first, second] = PARCELS.map(({ parcel }) => parcel) as [Parcel, Parcel];

let store: MemoryStore;
let backlog: Backlog;
let parked: Parked;
beforeEach(async () => {
  store = new MemoryStore();
  backlog = new Backlog(store, 'backlog/', 'damaged/');
  parked = (await backlog.read((await backlog.park('a', PARCELS, 7))!))!;
});

const waitingOf = (...parcels: readonly Parcel[]) => new Map(parcels.map((parcel) => [parcel.id, parcel]));

test.each<[string, readonly Parcel[]]>([
  ['the receipt of the first', [{ ...first, receipt: 'queued' }, second]],
  ['the receipt of the last', [first, { ...second, receipt: 'queued' }]],
  [
    'both receipts',
    [
      { ...first, receipt: 'one' },
      { ...second, receipt: 'two' },
    ],
  ],
  ['a parcel less', [second]],
])('is stored: %s', async (_, waiting) => {
  await keepWaiting(parked, waitingOf(...waiting), backlog);
  expect((await backlog.read(parked.key))!.parcels).toEqual(waiting);
});

test('is the object as it was, where all its parcels wait as before', async () => {
  await keepWaiting(parked, waitingOf(first, second), backlog);
  expect((await backlog.read(parked.key))!.tag).toBe(parked.tag);
});

test('is nothing, where none of its parcels waits', async () => {
  await keepWaiting(parked, waitingOf(), backlog);
  expect([...store.objects.keys()]).toEqual([]);
});

test('is what another writer has left meanwhile', async () => {
  await backlog.keepOnly(parked, [first]);
  await keepWaiting(parked, waitingOf(second), backlog);
  expect((await backlog.read(parked.key))!.parcels).toEqual([first]);
});
