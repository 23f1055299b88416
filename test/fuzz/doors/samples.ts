// Valid documents, notes and logs that several doors begin with.
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { formatAddCheckpoint } from '../../../lib/transparency/add-checkpoint.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedLog } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { POLICY } from '../../support/policy.ts';

/** Values that the administrators of `TIMED_POLICY` may see a day. */
export const BUDGET = 50;

/** A policy with members and grants that begin and end, a break-glass role and budgets. */
export const TIMED_POLICY = {
  ...POLICY,
  groups: [{ name: 'staff', members: ['kim', { user: 'joe', until: '2030-01-01T12:00:00Z' }] }],
  roles: [
    {
      ...POLICY.roles[0],
      members: ['test_user', { user: 'etl', from: '2020-01-01' }],
      maxUnprotectPerDay: BUDGET,
    },
    ...POLICY.roles.slice(1),
    {
      name: 'reader',
      members: [{ group: 'staff', from: '2026-11-01', until: '2031-01-01' }],
      maxUnprotectPerDay: 10,
      grants: [{ element: 'deText', permissions: ['unprotect'], until: '2030-06-01' }],
    },
    {
      name: 'emergency',
      breakGlass: true,
      members: [{ user: 'analyst', until: '2032-01-01' }],
      grants: [{ element: 'deText', permissions: ['unprotect'] }],
    },
  ],
};

/** A log of seven records, and their lines. */
export async function sampleLog(): Promise<{ readonly store: MemoryTileStore; readonly lines: readonly string[] }> {
  const store = new MemoryTileStore();
  const lines = await chainLines('environment', 7);
  await new Sealer(fixedLog(store), store).seal(lines);
  return { store, lines };
}

export async function sampleCheckpoint(): Promise<Buffer> {
  const { store } = await sampleLog();
  return Buffer.from((await store.read('checkpoint'))!);
}

/** The body of a request to a witness that knows no checkpoint yet. */
export async function addCheckpointBody(): Promise<string> {
  return formatAddCheckpoint({ old: 0, proof: [] }, (await sampleCheckpoint()).toString());
}
