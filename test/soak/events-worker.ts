// One execution environment of the soak of events: accepts events until the end, or dies by SIGKILL at a given point.
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { fileEventSink } from '../../lib/adapters/file/event-sink.ts';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import { kinesisEventSink } from '../../lib/adapters/kinesis/event-sink.ts';
import { EventLog } from '../../lib/events/event-log.ts';
import { securityEventLogger } from '../../lib/events/log-security-event.ts';
import type { EventSink } from '../../lib/events/ports.ts';
import { type EventsJob, tenantOf } from './job.ts';

const { sink: where, first, last, death } = JSON.parse(process.argv[2] ?? '') as EventsJob;
let event = first;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // runs nothing between the call and the end
};
const dieAt = (point: EventsJob['death']['point']): void => {
  if (event >= death.batch && point === death.point) die();
};

const real: EventSink =
  where.kind === 'file'
    ? fileEventSink(where.where)
    : kinesisEventSink({
        client: kinesisClient({
          endpoint: where.where,
          region: 'us-east-1',
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        }),
        streamName: 'events',
      });

/** The sink of the job, between the points of death. */
const sink: EventSink = {
  async append(lines) {
    dieAt('before the write');
    if (event >= death.batch && death.point === 'during the write') setTimeout(die, death.delayMs);
    await real.append(lines);
    dieAt('after the write');
  },
};

const log = new EventLog({ sink, nowMs: Date.now, random: randomBytes });
const logSecurityEvent = securityEventLogger(log, Date.now);

/** Concurrent callers, which share writes. */
const CALLERS = 3;

for (; event <= last; event += CALLERS) {
  const ids = Array.from({ length: CALLERS }, (_, i) => event + i).filter((id) => id <= last);
  // oxlint-disable-next-line no-await-in-loop -- callers wait for their answers
  await Promise.all(
    ids.map(async (id) => {
      const metadata = { tenantId: tenantOf(id), requestingUserOrServiceId: 'soak', objectId: `event-${id}` };
      await logSecurityEvent('DATA_EXPORT', metadata);
      dieAt('before the answer');
      writeSync(1, `${id}\n`);
      dieAt('after the answer');
    }),
  );
}
process.exit(0);
