import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AUDIT_COLUMNS, type AuditRow } from '../../../lib/audit/columns.ts';
import { openSqlSession } from '../../../lib/local/duckdb/session.ts';
import { withWholeFiles } from '../../../lib/local/whole-files.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { QueryOutput, RecordSource } from '../options.ts';
import { resultWriter } from '../sql/result.ts';
import { AuditRecords, endOf, sayLeftOut } from '../trail/records.ts';

/**
 * Runs DuckDB SQL over the table `audit`, which has a row for each record that verifies, and `audit_unverified`, which has the
 * others. Without record keys nothing can be verified, and all are in `audit`.
 */
export async function queryRecords(sql: string, source: RecordSource, output: QueryOutput, io: Io): Promise<ExitCode> {
  const records = await AuditRecords.open(source);
  const directory = await mkdtemp(join(tmpdir(), 'protector-audit-'));
  try {
    const tables = { audit: join(directory, 'audit.jsonl'), audit_unverified: join(directory, 'unverified.jsonl') };
    await writeTables(records, tables);
    const session = await openSqlSession({
      functions: [],
      invoke: () => Promise.reject(new Error('No function is registered')),
    });
    try {
      for (const [name, file] of Object.entries(tables)) await session.run(createTable(name, file));
      const writer = resultWriter(io, output);
      await session.stream(withWholeFiles(sql), writer);
      await writer.end();
    } finally {
      await session.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  sayLeftOut(io, records.leftOut);
  return endOf(records.leftOut);
}

/** Writes the rows of both tables. Those that are not verified come last, so one file is written after the other. */
async function writeTables(
  records: AuditRecords,
  files: { readonly audit: string; readonly audit_unverified: string },
) {
  const { checksumsVerified } = records.leftOut;
  const rows = records[Symbol.asyncIterator]();
  let next = await rows.next();
  async function* part(isIn: (isVerified: boolean) => boolean): AsyncGenerator<string> {
    for (; next.done !== true && isIn(next.value.isVerified); next = await rows.next()) yield jsonOf(next.value.row);
  }
  await pipeline(
    part((isVerified) => isVerified || !checksumsVerified),
    privateFile(files.audit),
  );
  await pipeline(
    part(() => true),
    privateFile(files.audit_unverified),
  );
}

function privateFile(path: string): ReturnType<typeof createWriteStream> {
  return createWriteStream(path, { mode: 0o600 });
}

/** DuckDB reads no lone surrogate, which JSON can hold. */
function jsonOf(row: AuditRow): string {
  return `${JSON.stringify(row, (_name, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))}\n`;
}

function createTable(table: string, file: string): string {
  const columns = Object.entries(AUDIT_COLUMNS).map(([name, type]) => `${name}: '${type}'`);
  const path = file.replaceAll("'", "''");
  return `create table ${table} as select * from read_json('${path}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
