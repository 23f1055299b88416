import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { AUDIT_COLUMNS, toRow } from '../../../lib/audit/columns.ts';
import { type AuditSourceOptions, auditRecords, type Reading, sayReading } from '../audit-source.ts';
import { quantity, say } from '../output.ts';

export interface AuditExportOptions extends AuditSourceOptions {
  readonly format: 'jsonl' | 'csv';
  readonly out?: string;
}

/** `protector audit export`: JSON lines byte for byte, so that they still verify, or CSV with a column per member. */
export async function auditExport(options: AuditExportOptions): Promise<void> {
  const reading: Reading = { malformed: 0, repeated: 0 };
  let records = 0;
  async function* text(): AsyncGenerator<string> {
    if (options.format === 'csv') yield stringify([Object.keys(AUDIT_COLUMNS)]);
    for await (const { line, record } of auditRecords(options, reading)) {
      records += 1;
      yield options.format === 'csv' ? stringify([Object.values(toRow(record))]) : `${line}\n`;
    }
  }
  await pipeline(text, options.out === undefined ? standardOutput() : createWriteStream(options.out, { mode: 0o600 }));
  say(`${quantity(records, 'record')}${options.out === undefined ? '' : ` in ${options.out}`}`);
  sayReading(reading);
}

/** Standard output, which a pipeline must not close. */
function standardOutput(): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      process.stdout.write(chunk, done);
    },
  });
}
