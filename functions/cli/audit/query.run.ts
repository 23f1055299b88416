import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AUDIT_COLUMNS, toRow } from '../../../lib/audit/columns.ts';
import { openSqlSession } from '../../../lib/local/duckdb/session.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { QueryOutput, RecordSource } from '../options.ts';
import { printResult } from '../sql/result.ts';
import { auditRecords, type LeftOut, sayLeftOut } from '../trail/records.ts';

/** Runs DuckDB SQL over the table `audit`, which has a row for each record. */
export async function queryRecords(sql: string, source: RecordSource, output: QueryOutput, io: Io): Promise<ExitCode> {
  const leftOut: LeftOut = { malformed: 0, repeated: 0 };
  const directory = await mkdtemp(join(tmpdir(), 'protector-audit-'));
  try {
    const file = join(directory, 'audit.jsonl');
    await pipeline(rows(source, leftOut), createWriteStream(file, { mode: 0o600 }));
    const session = await openSqlSession({
      functions: [],
      invoke: () => Promise.reject(new Error('No function is registered')),
    });
    try {
      await session.run(createTable(file));
      printResult(io, await session.run(sql), output);
    } finally {
      await session.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  sayLeftOut(io, leftOut);
  return EXIT.ok;
}

async function* rows(source: RecordSource, leftOut: LeftOut): AsyncGenerator<string> {
  for await (const { record } of auditRecords(source, leftOut)) yield `${JSON.stringify(toRow(record))}\n`;
}

function createTable(file: string): string {
  const columns = Object.entries(AUDIT_COLUMNS).map(([name, type]) => `${name}: '${type}'`);
  const path = file.replaceAll("'", "''");
  return `create table audit as select * from read_json('${path}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
