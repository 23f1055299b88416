import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRecord } from '../../../lib/audit/record.ts';
import type { SqlSession } from '../../../lib/local/duckdb/session.ts';
import { SENSITIVE_COLUMNS, type SensitiveColumn } from '../../../lib/local/sample/customers.ts';
import { createCustomersSql, writeCustomers } from '../../../lib/local/sample/customers-csv.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { linesOf } from '../files/lines.ts';
import { table } from '../output/table.ts';
import { count, print, progressLine, quantity, say, sayFailure, styled } from '../output/text.ts';
import { cellText } from '../sql/result.ts';
import { type LocalSql, openLocalSql } from '../sql/session.ts';
import { sealRecords } from '../trail/seal.ts';
import { verifyWorkspace } from '../trail/verify.ts';
import { completeTenants, completeWorkspace } from '../workspace/create.ts';
import { samplePolicy } from '../workspace/policies.ts';
import { isInitialised, type Workspace } from '../workspace/workspace.ts';

/** Some ten gigabytes. */
const MOST_ROWS = 10_000_000;

/** Which element of the sample policy protects which column. */
const ELEMENTS: Record<SensitiveColumn, string> = {
  name: 'deName',
  email: 'deEmail',
  ssn: 'deSSN',
  card: 'deCCN',
  phone: 'dePhone',
  birth_date: 'deBirthdate',
  address: 'deAddress',
  city: 'deCity',
  zip: 'deZip',
  iban: 'deIBAN',
};

/** What the demo found out; the members are those of its JSON. */
interface DemoResult {
  readonly rows: number;
  readonly calls: number;
  /** Values sent to the handler in both directions, NULLs apart. */
  readonly values: number;
  /** Values that changed on the way out and back. */
  readonly mismatches: number;
  readonly auditRecords: number;
  readonly auditValid: boolean;
  /** Records of the Merkle log that they were sealed in. */
  readonly sealedRecords: number;
  /** Over the whole SQL statements: DuckDB, both threads, the handler, the audit trail on disk. */
  readonly valuesPerSecond: number;
  /** Inside FF1 alone. */
  readonly ff1ValuesPerSecond: number;
}

/** Protects and unprotects generated customers by SQL, and verifies the trail of it. */
export async function runDemo(ws: Workspace, rows: number, json: boolean, io: Io): Promise<ExitCode> {
  if (rows > MOST_ROWS)
    throw new CliError('CLI_USAGE', `--rows must be at most ${count(MOST_ROWS)}: customers are kept in memory`);
  if (!isInitialised(ws)) {
    await completeWorkspace(ws, samplePolicy(undefined), io);
    await completeTenants(ws, io);
    say(io, `Sealed a sample policy in ${ws.dir}`);
  }
  const traffic = new Traffic();
  const local = await openLocalSql(ws, io, {
    user: 'test_user',
    sql: '',
    meter: traffic.meter,
    onCall: (column) => traffic.count(column),
  });
  let result: DemoResult;
  try {
    await loadCustomers(io, local.session, rows);
    const sqlSeconds = await protectAndUnprotect(io, local.session, traffic, rows);
    const mismatches = await countMismatches(local.session);
    const trail = await readTrail(io, ws, local);
    result = {
      rows,
      calls: traffic.calls,
      values: traffic.values,
      mismatches,
      auditRecords: trail.records,
      auditValid: trail.valid && trail.successCount === traffic.values,
      sealedRecords: trail.sealed,
      valuesPerSecond: Math.round(traffic.values / sqlSeconds),
      ff1ValuesPerSecond: traffic.ff1Ms === 0 ? 0 : Math.round((traffic.ff1Values / traffic.ff1Ms) * 1000),
    };
    if (!json) await show(io, ws, local.session, traffic, result, trail);
  } finally {
    await local.close();
  }
  if (json) print(io, JSON.stringify(result));
  if (result.mismatches === 0 && result.auditValid) return EXIT.ok;
  sayFailure(io, 'The demo found something wrong');
  return EXIT.bad;
}

/** Counts calls, rows and values of the external functions, and the time inside FF1. */
class Traffic {
  calls = 0;
  rows = 0;
  values = 0;
  ff1Values = 0;
  ff1Ms = 0;
  onProgress: (() => void) | undefined;

  readonly meter = (values: number, work: () => void): void => {
    const start = performance.now();
    work();
    this.ff1Ms += performance.now() - start;
    this.ff1Values += values;
  };

  count(column: readonly (string | null)[]): void {
    this.calls += 1;
    this.rows += column.length;
    for (const value of column) if (value !== null) this.values += 1;
    this.onProgress?.();
  }
}

async function loadCustomers(io: Io, session: SqlSession, rows: number): Promise<void> {
  const progress = progressLine(io, `Filling a DuckDB table with ${count(rows)} generated customers`);
  const dir = await mkdtemp(join(tmpdir(), 'protector-demo-'));
  const start = performance.now();
  try {
    const file = join(dir, 'customers.csv');
    await writeCustomers(file, { count: rows });
    await session.run(createCustomersSql(file));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  progress.finish(seconds(performance.now() - start));
}

/** Runs both statements. Resolves to the seconds that they took together. */
async function protectAndUnprotect(io: Io, session: SqlSession, traffic: Traffic, rows: number): Promise<number> {
  let total = 0;
  for (const [operation, from, to] of [
    ['protect', 'customers', 'protected'],
    ['unprotect', 'protected', 'restored'],
  ] as const) {
    const sql = statement(operation, from);
    say(io, styled(io.stderr, 'dim', sql));
    const progress = progressLine(io, operation === 'protect' ? 'Protecting' : 'Unprotecting');
    const before = traffic.rows;
    traffic.onProgress = () => progress.update(traffic.rows - before, rows * SENSITIVE_COLUMNS.length);
    const start = performance.now();
    await session.run(`create table ${to} as ${sql}`);
    const elapsed = performance.now() - start;
    progress.finish(`${count(rows)} rows × ${SENSITIVE_COLUMNS.length} columns in ${seconds(elapsed)}`);
    total += elapsed;
  }
  return total / 1000;
}

function statement(operation: 'protect' | 'unprotect', from: string): string {
  const columns = SENSITIVE_COLUMNS.map(
    (column) => `pty_${operation}_${ELEMENTS[column].toLowerCase()}(${column}) as ${column}`,
  );
  return `select customer_id, ${columns.join(', ')} from ${from}`;
}

async function countMismatches(session: SqlSession): Promise<number> {
  const sums = SENSITIVE_COLUMNS.map((column) => `count(*) filter (c.${column} is distinct from r.${column})`);
  const { rows } = await session.run(
    `select ${sums.join(' + ')} + abs((select count(*) from customers) - count(*))
     from customers c join restored r using (customer_id)`,
  );
  return Number(rows[0]?.[0]);
}

interface TrailFacts {
  readonly records: number;
  readonly successCount: number;
  readonly valid: boolean;
  readonly sealed: number;
  readonly last: AuditRecord | undefined;
  readonly verdict: string;
}

/** Seals the trail, verifies file and log, and adds up the chain that this run wrote. */
async function readTrail(io: Io, ws: Workspace, local: LocalSql): Promise<TrailFacts> {
  await sealRecords(ws, ws.auditTrail, io.nowMs);
  const report = await verifyWorkspace(ws, io.nowMs());
  let records = 0;
  let successCount = 0;
  let last: AuditRecord | undefined;
  for await (const line of linesOf(ws.auditTrail)) {
    if (!line.includes(local.environment.chainId)) continue;
    last = JSON.parse(line) as AuditRecord;
    records += 1;
    if (last.level === 'SUCCESS') successCount += last.cnt;
  }
  const first = report.findings.find(({ note }) => note !== true);
  const verdict =
    first === undefined
      ? `intact: ${quantity(report.records, 'record')} in ${quantity(report.chains, 'chain')}, sealed in ${ws.merkleLog} under ${quantity(report.log?.checkpoints ?? 0, 'checkpoint')}`
      : `${first.kind}${first.line === undefined ? '' : ` at line ${first.line}`}: ${first.detail}`;
  const sealed = report.log?.newest?.size ?? 0;
  return { records, successCount, valid: report.valid, sealed, last, verdict };
}

async function show(
  io: Io,
  ws: Workspace,
  session: SqlSession,
  traffic: Traffic,
  result: DemoResult,
  trail: TrailFacts,
): Promise<void> {
  print(io);
  print(
    io,
    table(
      io.stdout,
      ['rows', 'calls', 'values', 'mismatches', 'values/s', 'FF1 values/s', 'time in FF1'],
      [
        [
          count(result.rows),
          count(result.calls),
          count(result.values),
          count(result.mismatches),
          count(result.valuesPerSecond),
          count(result.ff1ValuesPerSecond),
          seconds(traffic.ff1Ms),
        ],
      ],
    ),
  );
  print(io);
  print(io, styled(io.stdout, 'bold', 'Before and after'));
  const { rows } = await session.run(
    `select c.name, p.name, c.ssn, p.ssn, c.card, p.card, c.email, p.email
     from customers c join protected p using (customer_id) order by customer_id limit 8`,
  );
  print(
    io,
    table(
      io.stdout,
      ['name', 'protected', 'ssn', 'protected', 'card', 'protected', 'email', 'protected'],
      rows.map((row) => row.map(cellText)),
      24,
    ),
  );
  print(io);
  print(io, styled(io.stdout, 'bold', `Audit trail  ${ws.auditTrail}`));
  print(
    io,
    `${count(trail.records)} records of this run say that ${count(trail.successCount)} values were answered. The last one:`,
  );
  print(io, styled(io.stdout, 'dim', JSON.stringify(trail.last, null, 2)));
  print(io, `${trail.valid ? styled(io.stdout, 'green', '✓') : styled(io.stdout, 'red', '✗')} ${trail.verdict}`);
  print(io);
  print(io, `Look at it in a browser: ${styled(io.stdout, 'bold', `npx protector console --dir ${ws.dir}`)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
