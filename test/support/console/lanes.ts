// Lanes of tenants on which something waits, and something was given up.
import { workspace } from '../../../functions/cli/workspace/workspace.ts';
import { fileObjectStore } from '../../../lib/adapters/file/object-store.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { positionOf } from '../../../lib/delivery/stream-item.ts';

/** Parks parcels on the lane of a tenant's sink, and gives two others up. */
export async function fillLanes(dir: string, lane: string, nowMs: number): Promise<void> {
  const store = fileObjectStore(workspace(dir).forwarder);
  const { backlog, deadLetters } = laneStore(store);
  const parcel = (id: string, ageMs: number) => ({ id, body: '{}', timeMs: nowMs - ageMs });
  const waiting = [3, 2, 1].map((n) => ({ position: positionOf(n), parcel: parcel(`01K9WAITING${n}`, n * 60_000) }));
  await backlog.park(lane, waiting, nowMs - 180_000);
  const given = [
    { parcel: parcel('01K9GIVENUP1', 86_400_000), kind: 'data', reason: 'HTTP 400', attempts: 1 },
    { parcel: parcel('01K9GIVENUP2', 90_000_000), kind: 'retry', reason: 'HTTP 503', attempts: 31 },
  ] as const;
  await deadLetters.keep(lane, given, nowMs - 3_600_000);
  const circuit = {
    failures: 4,
    kind: 'retry',
    reason: 'HTTP 503',
    waitingSinceMs: nowMs - 180_000,
    nextTryMs: nowMs + 60_000,
  };
  await store.put(`lanes/${lane}.json`, Buffer.from(JSON.stringify({ circuit })));
}
