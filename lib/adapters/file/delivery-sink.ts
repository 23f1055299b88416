// Delivers parcels as lines of a file or of standard output, for use on a laptop.
import { AuditError } from '../../audit/errors.ts';
import type { DeliverySink, Verdict } from '../../delivery/ports.ts';
import { fileAuditSink } from './audit-sink.ts';

/** Appends each body as a line to the file at `path`, durably (`fileAuditSink`). The ids in the lines show repeats. */
export function fileDeliverySink(path: string, name = 'file'): DeliverySink {
  const file = fileAuditSink(path);
  return lineSink(name, async (lines) => {
    await file.append(lines.map((line) => ({ timeMs: 0, line })));
    await file.close(); // a sink is not told when it is no longer needed
  });
}

/** Passes each body to `write` as a line. Parcels are delivered when `write` resolves. */
export function lineSink(name: string, write: (lines: readonly string[]) => Promise<void>): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 4_000_000,
    async deliver(parcels) {
      let verdict: Verdict = { kind: 'delivered' };
      try {
        await write(parcels.map(({ body }) => body));
      } catch (error) {
        verdict = { kind: 'retry', reason: error instanceof AuditError ? error.code : 'not written' };
      }
      return parcels.map(() => verdict);
    },
  };
}
