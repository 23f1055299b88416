import type { WantedLanes } from '../../../lib/delivery/operate.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printNone } from '../delivery/dead-letters.ts';
import { ask, type Forwarder } from '../delivery/operator.ts';
import { table } from '../output/table.ts';
import { count, print, say } from '../output/text.ts';

/** Lists dead letters without their contents. */
export async function listDeadLetters(
  forwarder: Forwarder,
  wanted: WantedLanes,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const { letters, hasMore } = await ask(forwarder, { operate: 'dead-letters', ...wanted });
  if (json) print(io, JSON.stringify({ letters, hasMore }));
  else if (letters.length === 0) printNone(io, wanted);
  else {
    const rows = letters.map(({ id, lane, reason, sinceMs }) => [id, lane, reason, rfc3339(sinceMs)]);
    print(io, table(io.stdout, ['Event', 'Sink of tenant', 'Reason', 'Since'], rows));
  }
  if (hasMore) say(io, `There are more than these ${count(letters.length)}: --lane lists those of one lane`);
  return EXIT.ok;
}
