// Measures what sinks that hang or answer late cost the other tenants of a shard: the time from the acceptance of an event
// to its arrival at a healthy sink, over real sockets, alone and beside them.

import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { pace } from '../../functions/runtime/forward/pace.ts';
import { drain } from '../../lib/delivery/drain.ts';
import { laneStore } from '../../lib/delivery/lane.ts';
import { positionOf, type StreamItem } from '../../lib/delivery/stream-item.ts';
import { eventLine } from '../../lib/events/line.ts';
import { forwardEvents } from '../../lib/siem/forward-events.ts';
import { laneFinder } from '../../lib/siem/lanes.ts';
import { bodyOf, serve } from '../support/http-server.ts';
import { MemorySink } from '../support/memory-sink.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { securityEvent } from '../support/siem/events.ts';
import { sinkOf, tenantOf, tenantsOf } from '../support/small-tenants.ts';
import { type Figure, judged, type Section } from './figures.ts';

const ANSWERS_AFTER_MS = 5_000;
/** Each tenant has an event so often. */
const EVENT_EVERY_MS = 100;
/** In place of a minute, so that a short run sees many drains. */
const CLOCK_EVERY_MS = 5_000;
/** What the others may cost. */
const TARGET_MS = 200;

export interface Tenants {
  readonly healthy: number;
  /** How many sinks hang, and how many answer late. */
  readonly ofEachKind: number;
}

export async function lanesSection(forMs: number, { healthy, ofEachKind }: Tenants): Promise<Section> {
  const alone = await delays(healthy, 0, forMs);
  const beside = await delays(healthy, ofEachKind, forMs);
  const figures = ([50, 99] as const).flatMap((percent): Figure[] => {
    const [without, among] = [percentile(alone, percent), percentile(beside, percent)];
    const name = percent === 50 ? 'median' : `p${percent}`;
    return [
      { name: `${name}, alone`, unit: 'ms', median: without, best: alone[0]! },
      { name: `${name}, beside the others`, unit: 'ms', median: among, best: beside[0]! },
      judged({ name: `${name}, more`, unit: 'ms', median: among - without, best: 0 }, { most: TARGET_MS }),
    ];
  });
  const title = `The delivery of ${healthy} healthy tenants beside ${ofEachKind} sinks that hang and ${ofEachKind} that take ${ANSWERS_AFTER_MS / 1000} s`;
  return { title, figures };
}

/** The times from acceptance to arrival of all events of the healthy tenants, in milliseconds, sorted. */
async function delays(healthy: number, ofEachKind: number, forMs: number): Promise<readonly number[]> {
  const accepted = new Map<string, number>();
  const taken: number[] = [];
  const server = await serve(async (request, response) => {
    const bytes = await bodyOf(request);
    const kind = request.url?.split('/')[1];
    if (kind === 'hangs') return;
    if (kind === 'late') await sleep(ANSWERS_AFTER_MS);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    if (kind === 'works') {
      for (const [id] of body.toString().matchAll(/works-\d+-\d+/g)) {
        const acceptedMs = accepted.get(id);
        if (acceptedMs !== undefined) taken.push(performance.now() - acceptedMs);
        accepted.delete(id);
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const ids = [...names('works', healthy), ...names('hangs', ofEachKind), ...names('late', ofEachKind)];
  const tenants = tenantsOf(
    ids.map((id) => {
      const url = `${server.endpoint}/${id.split('-')[0]}`;
      return tenantOf(id, { sinks: [sinkOf('siem', { settings: { kind: 'otlp', url, headers: {} } as never })] });
    }),
  );
  const store = laneStore(new MemoryStore());
  const open = tenantSinks({ laptop: true });
  const standardOutput = { id: 'stdout', kind: 'stdout', sink: new MemorySink() };
  const endMs = performance.now() + forMs;
  const stream: StreamItem[] = [];

  let number = 0;
  const accepting = setInterval(() => {
    for (const [t, tenantId] of ids.entries()) {
      const eventId = `${tenantId}-${number}`;
      const id = String(number * ids.length + t);
      const line = eventLine(securityEvent({ tenantId, eventId, sequence: number + 1, timeMs: Date.now() }));
      accepted.set(eventId, performance.now());
      stream.push({ id, position: positionOf(id), timeMs: Date.now(), lines: [line], raw: () => line });
    }
    number += 1;
  }, EVENT_EVERY_MS);
  const clock = setInterval(() => {
    const findLane = laneFinder(tenants, [standardOutput], open);
    const deadlineMs = Date.now() + CLOCK_EVERY_MS;
    void drain({ ...pace, store, findLane, deadlineMs, claimant: String(performance.now()) });
  }, CLOCK_EVERY_MS);

  // A shard: one batch after the other, each of what has come meanwhile.
  while (performance.now() < endMs) {
    const batch = stream.splice(0);
    // oxlint-disable-next-line no-await-in-loop -- as Lambda takes a shard
    if (batch.length === 0) await sleep(5);
    // oxlint-disable-next-line no-await-in-loop
    else await forwardEvents(batch, { ...pace, tenants, open, standardOutput, store, deadlineMs: Date.now() + 50_000 });
  }
  clearInterval(accepting);
  clearInterval(clock);
  await server.close();
  return taken.toSorted((a, b) => a - b);
}

function names(kind: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${kind}-${i}`);
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
