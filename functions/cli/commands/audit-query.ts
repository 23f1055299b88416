import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AUDIT_COLUMNS, toRow } from '../../../lib/audit/columns.ts';
import { openSqlSession } from '../../../lib/local/duckdb/session.ts';
import { type AuditSourceOptions, auditRecords, type Reading, sayReading } from '../audit-source.ts';
import { printResult, type ResultFormat } from '../result.ts';

export interface AuditQueryOptions extends AuditSourceOptions, ResultFormat {}

/** `protector audit query SQL`: DuckDB SQL over the table `audit`, one row per record. */
export async function auditQuery(sql: string, options: AuditQueryOptions): Promise<void> {
  const reading: Reading = { malformed: 0, repeated: 0 };
  const directory = await mkdtemp(join(tmpdir(), 'protector-audit-'));
  try {
    const file = join(directory, 'audit.jsonl');
    await pipeline(rows(options, reading), createWriteStream(file, { mode: 0o600 }));
    const session = await openSqlSession({
      functions: [],
      invoke: () => Promise.reject(new Error('No function is registered')),
    });
    try {
      await session.run(createTable(file));
      printResult(await session.run(sql), options);
    } finally {
      await session.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  sayReading(reading);
}

async function* rows(options: AuditSourceOptions, reading: Reading): AsyncGenerator<string> {
  for await (const { record } of auditRecords(options, reading)) yield `${JSON.stringify(toRow(record))}\n`;
}

function createTable(file: string): string {
  const columns = Object.entries(AUDIT_COLUMNS).map(([name, type]) => `${name}: '${type}'`);
  const path = file.replaceAll("'", "''");
  return `create table audit as select * from read_json('${path}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
