import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { AUDIT_COLUMNS, toRow } from '../../../lib/audit/columns.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { RecordSource } from '../options.ts';
import { quantity, say } from '../output/text.ts';
import { auditRecords, type LeftOut, sayLeftOut } from '../trail/records.ts';

interface Copy {
  readonly format: 'jsonl' | 'csv';
  /** @default standard output */
  readonly out: string | undefined;
}

/** Copies records: as JSON lines byte for byte, so that they still verify, or as CSV with a column for each member. */
export async function copyRecords(source: RecordSource, { format, out }: Copy, io: Io): Promise<ExitCode> {
  const leftOut: LeftOut = { malformed: 0, repeated: 0 };
  let records = 0;
  async function* text(): AsyncGenerator<string> {
    if (format === 'csv') yield stringify([Object.keys(AUDIT_COLUMNS)]);
    for await (const { line, record } of auditRecords(source, leftOut)) {
      records += 1;
      yield format === 'csv' ? stringify([Object.values(toRow(record))]) : `${line}\n`;
    }
  }
  await pipeline(text, out === undefined ? standardOutput(io) : createWriteStream(out, { mode: 0o600 }));
  say(io, `${quantity(records, 'record')}${out === undefined ? '' : ` in ${out}`}`);
  sayLeftOut(io, leftOut);
  return EXIT.ok;
}

/** A stream over standard output, which a pipeline must not close. */
function standardOutput({ stdout }: Io): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      stdout.write(chunk, done);
    },
  });
}
