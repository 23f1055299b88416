// Whole jobs over generated customers: CSV and Parquet, one worker and two, memory, and where the time goes; beside DuckDB's own copy of the
// same file. Each job is a process of its own, as people run it.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { csvFormat } from '../../lib/files/csv/format.ts';
import { columnsOfFields, readCsvHeader } from '../../lib/files/csv/header.ts';
import { BatchProtector, type ProtectedBatch, type RowBatch } from '../../lib/files/protect-batch.ts';
import { type TextFormat, TextPieces } from '../../lib/files/text-piece.ts';
import { ParquetFile } from '../../lib/local/files/parquet-piece.ts';
import { customersCsv, createCustomersSql } from '../../lib/local/sample/customers-csv.ts';
import { callersOf } from '../../lib/protect/caller.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { loadPolicy } from '../../functions/runtime/reload/policy.ts';
import { workspace } from '../../functions/cli/workspace/workspace.ts';
import { type Figure, judged, type Section } from './figures.ts';

const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));
const USAGE = fileURLToPath(new URL('../support/report-usage.mjs', import.meta.url));
const ELEMENTS = { name: 'deName', ssn: 'deSSN', card: 'deCCN', phone: 'dePhone', birth_date: 'deBirthdate' } as const;
const COLUMNS = Object.entries(ELEMENTS).map(([column, element]) => `${column}=${element}`);
/** Customers that are generated; the table repeats them, each time under other ids. */
const GENERATED = 100_000;

const run = promisify(execFile);

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** Protects, in each format, `rows` rows with five elements. Takes a minute for each million rows. */
export async function* filesSections(rows: number): AsyncGenerator<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-files-'));
  try {
    await run(process.execPath, [COMMAND, 'init', '--dir', join(folder, 'made')]);
    await makeTables(folder, rows);
    for (const format of ['parquet', 'csv'] as const) yield await formatSection(folder, format, rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeTables(folder: string, rows: number): Promise<void> {
  const csv = join(folder, 'generated.csv');
  writeFileSync(csv, [...customersCsv({ count: Math.min(rows, GENERATED) })].join(''));
  await withDuckDb(2, async (connection) => {
    await connection.run(createCustomersSql(csv));
    const repeats = Math.max(1, Math.round(rows / GENERATED));
    const table = `select customer_id + r * ${GENERATED} as customer_id, c.* exclude (customer_id) from range(${repeats}) t(r), customers c`;
    await connection.run(`copy (${table}) to '${join(folder, 'in.parquet')}' (format parquet, compression zstd)`);
    await connection.run(
      `copy (from '${join(folder, 'in.parquet')}') to '${join(folder, 'in.csv')}' (format csv, header)`,
    );
  });
}

/** Figures of several runs: their mean, and the best. */
const figure = (
  name: string,
  unit: Figure['unit'],
  figures: readonly number[],
  target?: { least?: number; most?: number },
): Figure =>
  judged(
    {
      name,
      unit,
      median: figures.reduce((sum, each) => sum + each, 0) / figures.length,
      best: target?.most === undefined ? Math.max(...figures) : Math.min(...figures),
    },
    target,
  );

async function formatSection(folder: string, format: 'csv' | 'parquet', rows: number): Promise<Section> {
  const input = join(folder, `in.${format}`);
  const values = await valuesOf(input);
  const one = await job(folder, input, 1);
  const two = await job(folder, input, 2);
  const oneAgain = await job(folder, input, 1);
  const twoAgain = await job(folder, input, 2);
  const ones = [one, oneAgain];
  const twos = [two, twoAgain];
  const copy = await duckDbCopy(folder, input, format);
  const shares = await sharesOf(folder, input, format);
  const perCore = ones.map(({ seconds }) => values / seconds);
  const perCpu = twos.map(({ cpuSeconds }) => values / cpuSeconds);
  const speedup = ones.map(({ seconds }, i) => seconds / twos[i]!.seconds);
  return {
    title: `Files: ${format}, ${rows.toLocaleString('en-US')} rows, five elements, ${values.toLocaleString('en-US')} values`,
    figures: [
      figure('one worker', 'values/s', perCore, format === 'parquet' ? { least: 1_000_000 } : undefined),
      figure(
        'two workers',
        'values/s',
        twos.map(({ seconds }) => values / seconds),
      ),
      figure('a second of CPU, two workers', 'values/s', perCpu),
      figure('two workers against one', '×', speedup, { least: 1.7 }),
      figure(
        'peak memory, two workers',
        'MB',
        twos.map(({ megabytes }) => megabytes),
        { most: 1024 },
      ),
      figure(
        'one worker against DuckDB copying the file on one thread',
        '×',
        ones.map(({ seconds }) => seconds / copy),
      ),
      ...shares,
    ],
  };
}

async function job(folder: string, input: string, workers: number): Promise<Measured> {
  const out = join(folder, 'out/');
  const usage = join(folder, 'usage.json');
  rmSync(out, { recursive: true, force: true });
  const from = performance.now();
  const args = [
    COMMAND,
    'protect',
    input,
    '--column',
    ...COLUMNS,
    '--out',
    out,
    '--jobs',
    String(workers),
    '--dir',
    join(folder, 'made'),
  ];
  await run(process.execPath, ['--import', USAGE, ...args], { env: { ...process.env, USAGE_FILE: usage } });
  const seconds = (performance.now() - from) / 1000;
  return { seconds, ...(JSON.parse(readFileSync(usage, 'utf8')) as Omit<Measured, 'seconds'>) };
}

async function valuesOf(input: string): Promise<number> {
  return withDuckDb(2, async (connection) => {
    const counts = Object.keys(ELEMENTS).map((column) => `count(${column})`);
    const reader = input.endsWith('.csv')
      ? `read_csv('${input}', all_varchar = true, allow_quoted_nulls = false)`
      : `'${input}'`;
    const result = await connection.runAndReadAll(`select ${counts.join(' + ')} from ${reader}`);
    return Number(result.getRowsJS()[0]![0]);
  });
}

async function duckDbCopy(folder: string, input: string, format: 'csv' | 'parquet'): Promise<number> {
  return withDuckDb(1, async (connection) => {
    const from = performance.now();
    const reader =
      format === 'csv' ? `read_csv('${input}', all_varchar = true, allow_quoted_nulls = false)` : `'${input}'`;
    const options = format === 'csv' ? 'format csv, header' : 'format parquet, compression zstd';
    await connection.run(`copy (from ${reader}) to '${join(folder, `copy.${format}`)}' (${options})`);
    rmSync(join(folder, `copy.${format}`));
    return (performance.now() - from) / 1000;
  });
}

async function withDuckDb<T>(threads: number, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Runs some pieces in this process, and measures reader and protector; the writer is the rest. */
async function sharesOf(folder: string, input: string, format: 'csv' | 'parquet'): Promise<Figure[]> {
  const ws = workspace(join(folder, 'made'));
  using policy = await loadPolicy(ws.sealedPolicy, insecureLocalKeyService(ws.localKey));
  const protector = new Protector(() => Promise.resolve(policy), { record: () => {} }, Date.now);
  const caller = callersOf((name) => name)({ by: 'name', name: 'test_user' });
  const columns = Object.entries(ELEMENTS).map(([name, element]) => ({
    name,
    target: { operation: 'Protect', element } as const,
  }));
  const batches = new BatchProtector({
    protector,
    policy,
    columns,
    origin: () => ({ caller, vendor: 'bench' }),
    mayReject: false,
  });
  const clock = new Clock(batches);
  const names = Object.keys(ELEMENTS);
  if (format === 'parquet') {
    await using file = await ParquetFile.open({
      path: input,
      columns: names,
      protector: clock,
      temporary: join(folder, 'share.tmp'),
    });
    await file.run(0);
    clock.reset();
    await clock.total(() => file.run(1).catch(() => file.run(0)));
    clock.readMs += await scanMs(input, names);
  } else {
    const bytes = new Uint8Array(readFileSync(input).subarray(0, 8 * 1024 * 1024));
    const dialect = { delimiter: ',', quote: '"', escape: '"', comment: undefined, skip: 0, header: true, nulls: [] };
    const { prefix, names: fields } = readCsvHeader(bytes, bytes.length - 1, false, dialect);
    const made = csvFormat(dialect, { fields: fields.length, columnOf: columnsOfFields(fields, names) });
    const to = bytes.lastIndexOf(0x0a) + 1;
    const piece = bytes.slice(prefix, to + 1);
    const timed: TextFormat = { ...made, scan: (...args) => clock.read(() => made.scan(...args)) };
    const pieces = new TextPieces(timed, clock, columns.length, false);
    await pieces.run(piece.slice(), to - prefix);
    clock.reset();
    await clock.total(() => pieces.run(piece, to - prefix));
  }
  return clock.shares();
}

/** Milliseconds that DuckDB takes to read the columns of a row group. */
async function scanMs(input: string, names: readonly string[]): Promise<number> {
  return withDuckDb(1, async (connection) => {
    const from = performance.now();
    const result = await connection.stream(
      `select ${names.join(', ')} from read_parquet('${input}', file_row_number = true) where file_row_number between 122880 and 245759`,
    );
    while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
    return performance.now() - from;
  });
}

/** A protector that measures itself, and the reading that it asks for. */
class Clock {
  readonly #protector: BatchProtector;
  readMs = 0;
  #runMs = 0;
  #fillMs = 0;
  #totalMs = 0;

  constructor(protector: BatchProtector) {
    this.#protector = protector;
  }

  async run(batch: RowBatch): Promise<ProtectedBatch> {
    const from = performance.now();
    const timed: RowBatch = {
      rows: batch.rows,
      fill: (...args) => {
        const start = performance.now();
        const filled = batch.fill(...args);
        this.#fillMs += performance.now() - start;
        return filled;
      },
    };
    const done = await this.#protector.run(timed);
    this.#runMs += performance.now() - from;
    return done;
  }

  read<T>(work: () => T): T {
    const from = performance.now();
    const result = work();
    this.readMs += performance.now() - from;
    return result;
  }

  async total(work: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    await work();
    this.#totalMs = performance.now() - from;
  }

  reset(): void {
    this.readMs = 0;
    this.#runMs = 0;
    this.#fillMs = 0;
  }

  shares(): Figure[] {
    const reader = this.readMs + this.#fillMs;
    const protector = this.#runMs - this.#fillMs;
    const share = (name: string, ms: number): Figure => {
      const percent = (100 * ms) / this.#totalMs;
      return { name, unit: '%', median: percent, best: percent };
    };
    return [
      share('share of the reader', reader),
      share('share of the protector', protector),
      share('share of the writer', this.#totalMs - reader - protector),
    ];
  }
}
