import { DEAD_LETTER_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import { UNREADABLE } from '../../../lib/delivery/stream-item.ts';
import { openSearchOf } from '../../runtime/forward/audit-store.ts';
import { auditStoreLane } from '../../runtime/forward/environment.ts';
import { forwarderStore, leftBehind, leftOf, printRedriven, redriveNow } from '../dead-letter-store.ts';
import { print, quantity, say } from '../output.ts';

export interface AuditRedriveOptions {
  /** A directory, or `s3://bucket`. */
  readonly store: string;
  readonly json?: boolean;
}

/** `protector audit redrive`: sends the dead letters of the log forwarder again. Rejects with `CLI_BAD` when some are left. */
export async function auditRedrive(options: AuditRedriveOptions): Promise<void> {
  const store = await forwarderStore(options.store);
  const letters = new DeadLetters(store, DEAD_LETTER_PREFIX);
  const { id, sink } = auditStoreLane(await openSearchOf());
  const report = await redriveNow(letters, store, sink, id);
  let never = 0;
  for await (const bundle of letters.read(store, UNREADABLE)) never += bundle.letters?.length ?? 0;
  if (options.json === true) print(JSON.stringify({ ...report, neverRecords: never }));
  else printRedriven(report, 'record');
  if (never > 0) say(`Never an audit record, look at ${DEAD_LETTER_PREFIX}${UNREADABLE}/: ${quantity(never, 'line')}`);
  if (leftOf(report) > 0) throw leftBehind();
}
