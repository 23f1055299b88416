// Parcels as lines of a file, or of standard output: for a laptop.
import { AuditError } from '../../audit/errors.ts';
import type { DeliverySink, Verdict } from '../../delivery/ports.ts';
import { fileAuditSink } from './audit-sink.ts';

/** Appends each body as a line to the file at `path`, durably (`fileAuditSink`). Repeats are told by the ids in the lines. */
export function fileDeliverySink(path: string, name = 'file'): DeliverySink {
  const file = fileAuditSink(path);
  return lineSink(name, async (lines) => {
    await file.append(lines.map((line) => ({ timeMs: 0, line })));
    await file.close(); // nobody tells a sink that it is no longer needed
  });
}

/** Hands each body to `write` as a line; delivered is what `write` resolved for. */
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
