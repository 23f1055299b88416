import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AUDIT_COLUMNS } from '../../../lib/audit/columns.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { RecordSource } from '../options.ts';
import { csvLines } from '../output/csv.ts';
import { quantity, say, visible } from '../output/text.ts';
import { AuditRecords, endOf, sayLeftOut } from '../trail/records.ts';

interface Copy {
  readonly format: 'jsonl' | 'csv';
  /** @default standard output */
  readonly out: string | undefined;
  /** Copy the records that do not verify, instead of those that do. Without record keys there are no others. */
  readonly unverified: boolean;
}

/** Copies records: as JSON lines byte for byte, so that they still verify, or as CSV with a column for each member. */
export async function copyRecords(source: RecordSource, { format, out, unverified }: Copy, io: Io): Promise<ExitCode> {
  const all = await AuditRecords.open(source);
  const { checksumsVerified } = all.leftOut;
  let records = 0;
  async function* text(): AsyncGenerator<string> {
    if (format === 'csv') yield csvLines([Object.keys(AUDIT_COLUMNS)]);
    for await (const { line, row, isVerified } of all) {
      if (checksumsVerified && isVerified === unverified) continue;
      records += 1;
      yield format === 'csv' ? csvLines([Object.values(row)]) : `${line}\n`;
    }
  }
  await pipeline(text, out === undefined ? standardOutput(io) : createWriteStream(out, { mode: 0o600 }));
  say(io, `${quantity(records, 'record')}${out === undefined ? '' : ` in ${visible(out)}`}`);
  sayLeftOut(io, all.leftOut);
  return endOf(all.leftOut);
}

/** A stream over standard output, which a pipeline must not close. */
function standardOutput({ stdout }: Io): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      stdout.write(chunk, done);
    },
  });
}
