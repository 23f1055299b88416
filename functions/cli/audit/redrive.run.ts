import { DEAD_LETTER_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import { UNREADABLE } from '../../../lib/delivery/stream-item.ts';
import { auditStore } from '../../runtime/forward/audit-store.ts';
import { auditStoreLane } from '../../runtime/forward/environment.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printRedriven, redriveEnd, redriveNow } from '../delivery/dead-letters.ts';
import { openStore } from '../delivery/store.ts';
import { print, quantity, say } from '../output/text.ts';

/** Sends the dead letters of the log forwarder again. The exit code is 1 when some are left. */
export async function redriveRecords(place: string, json: boolean, io: Io): Promise<ExitCode> {
  const store = await openStore(place);
  const letters = new DeadLetters(store, DEAD_LETTER_PREFIX);
  const { id, sink } = auditStoreLane((await auditStore()).sink);
  const report = await redriveNow(letters, sink, id);
  let never = 0;
  for await (const bundle of letters.of(UNREADABLE)) never += bundle.letters?.length ?? 0;
  if (json) print(io, JSON.stringify({ ...report, neverRecords: never }));
  else printRedriven(io, report, 'record');
  if (never > 0) {
    say(
      io,
      `Not audit records, or their place was taken: look at ${DEAD_LETTER_PREFIX}${UNREADABLE}/: ${quantity(never, 'line')}`,
    );
  }
  return redriveEnd(io, [report]);
}
