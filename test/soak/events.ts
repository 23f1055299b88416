// The soak of security events: kills (SIGKILL) the accepting processes before, during and after their writes and
// answers. No acknowledged event may be missing, and no chain may have a hole.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readEventLine } from '../../lib/events/line.ts';
import { type EventsJob, POINTS, tenantOf } from './job.ts';
import { runWorker } from './process.ts';

const WORKER = fileURLToPath(new URL('./events-worker.ts', import.meta.url));

export interface EventsAccount {
  readonly events: number;
  readonly killed: number;
  readonly chains: number;
  /** Durable events whose answer did not leave. */
  readonly unanswered: number;
}

export async function soakEvents(
  sink: EventsJob['sink'],
  range: { readonly events: number; readonly kills: number },
  read: () => Promise<readonly string[]>,
): Promise<EventsAccount> {
  const acknowledged = new Set<number>();
  let killed = 0;
  let first = 1;
  for (let life = 0; first <= range.events; life++) {
    const left = range.kills - life;
    const step = Math.max(1, Math.floor((range.events - first + 1) / (left + 1)));
    const batch = left > 0 ? first + Math.floor(Math.random() * step) : range.events + 1;
    const death = { batch, point: POINTS[life % POINTS.length]!, delayMs: Math.random() * 3 };
    // oxlint-disable-next-line no-await-in-loop -- one environment after another
    const run = await runWorker(WORKER, { sink, first, last: range.events, death } satisfies EventsJob);
    if (run.killed) killed += 1;
    for (const one of run.answered) acknowledged.add(one);
    // Sends unanswered events again, as a caller does that lost its connection.
    while (acknowledged.has(first)) first += 1;
  }

  assert.equal(acknowledged.size, range.events, 'every event was acknowledged in the end');
  const lines = await read();
  const events = lines.map(readEventLine);
  const torn = events.filter((event) => event === undefined).length;
  assert(torn <= killed, 'at most one torn line per kill');
  const whole = events.filter((event) => event !== undefined);
  const recorded = Map.groupBy(whole, ({ iclFields }) => Number(String(iclFields['objectId']).slice('event-'.length)));
  for (const id of acknowledged) assert(recorded.has(id), `event ${id} was acknowledged and is not there`);
  for (const [id, copies] of recorded) {
    for (const { tenantId } of copies) assert.equal(tenantId, tenantOf(id), `event ${id} is its tenant's`);
  }
  const chains = Map.groupBy(whole, ({ chainId }) => chainId);
  for (const [chainId, chain] of chains) {
    const numbers = chain.map(({ sequence }) => sequence);
    const expected = numbers.map((_, i) => i + 1);
    assert.deepEqual(numbers, expected, `chain ${chainId} has no hole, and is in order`);
  }
  assert.equal(new Set(whole.map(({ eventId }) => eventId)).size, whole.length, 'no id is given twice');
  return { events: range.events, killed, chains: chains.size, unanswered: whole.length - acknowledged.size };
}
