import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../../lib/base/error-code.ts';
import { withWholeFiles } from '../../../lib/local/whole-files.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { wholeFile } from '../files/whole.ts';
import type { QueryOutput } from '../options.ts';
import { count, liveLine, sayFailure } from '../output/text.ts';
import { sayIfUnsealed } from '../sealing/unsealed.ts';
import { withAdvice } from '../sql/failure.ts';
import { type ResultWriter, resultWriter } from '../sql/result.ts';
import { openLocalSql, type SqlRequest } from '../sql/session.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

interface Asked extends Omit<SqlRequest, 'sql'> {
  readonly sql: string | undefined;
  readonly file: string | undefined;
  /** Where to write the result. @default standard output */
  readonly out: string | undefined;
}

/**
 * Runs DuckDB SQL with the functions of the policy, each answered by the Redshift or the Snowflake function. Writes rows as they
 * come. The first SIGINT or SIGTERM ends the query and leaves no part of a file.
 */
export async function runQuery(ws: Workspace, asked: Asked, output: QueryOutput, io: Io): Promise<ExitCode> {
  const sql = withWholeFiles(await readSql(asked, io));
  requireInitialised(ws);
  const progress = new Progress(io, output, asked.out);
  const local = await openLocalSql(ws, io, { ...asked, sql, onCall: (column) => progress.called(column.length) });
  let isStopped = false;
  void io.stopped().then(() => {
    isStopped = true;
    return local.session.close();
  });
  try {
    await sayIfUnsealed(ws, io);
    if (asked.out === undefined) await run(resultWriter(io, output));
    else {
      const form = formOf(asked.out);
      const { write, keep, discard } = await wholeFile(asked.out);
      try {
        await run(resultWriter(io, output.csv || output.json ? output : form, write));
        await keep();
      } finally {
        await discard();
      }
    }
    return EXIT.ok;
  } catch (error) {
    progress.done();
    if (!isStopped) throw await withAdvice(error, { ws, user: asked.user, policy: await local.environment.policy() });
    sayFailure(io, 'Stopped: the result is not complete');
    return EXIT.stopped;
  } finally {
    progress.done();
    await local.close();
  }

  async function run(writer: ResultWriter): Promise<void> {
    await local.session.stream(sql, progress.around(writer));
    progress.done();
    await writer.end();
  }
}

/** Tells the form of a result by the name of its file. Throws `CliError` for a form that only DuckDB writes. */
function formOf(out: string): QueryOutput {
  const json = /\.json$/i.test(out);
  if (!/\.(?:parquet|xlsx)$/i.test(out)) return { csv: !json, json };
  throw new CliError('CLI_USAGE', `--out writes CSV and JSON: "copy (<query>) to '${out}'" writes other files`);
}

/** Reads the SQL of the argument, of standard input, or of a file. Rejects with `CliError`. */
async function readSql({ sql, file }: Asked, io: Io): Promise<string> {
  if ((sql === undefined) === (file === undefined)) {
    throw new CliError('CLI_USAGE', 'Give the SQL as an argument, - for standard input, or a file by -f');
  }
  const source = file ?? (sql === '-' ? '-' : undefined);
  const given = source === undefined ? sql! : await readSource(source, io);
  if (given.trim() === '') throw new CliError('CLI_USAGE', 'There is no SQL to run');
  return given;
}

async function readSource(source: string, io: Io): Promise<string> {
  try {
    return source === '-' ? await text(io.stdin) : await readFile(source, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `${source} cannot be read (${errorCode(error)})`);
  }
}

/** Shows on a terminal how far a query is: values that functions answered, and rows that were written. */
class Progress {
  readonly #line;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #isShown: boolean;
  #values = 0;
  #rows = 0;

  constructor(io: Io, { csv, json }: QueryOutput, out: string | undefined) {
    this.#line = liveLine(io);
    this.#nowMs = io.nowMs;
    this.#startMs = io.nowMs();
    // Rows that scroll by on the terminal show it themselves.
    this.#isShown = !(io.stdout.isTerminal && (csv || json) && out === undefined);
  }

  called(values: number): void {
    this.#values += values;
    this.#show();
  }

  /** Returns a writer that counts rows before it writes them. */
  around(writer: ResultWriter): ResultWriter {
    return {
      begin: (columns, changed) => {
        this.#line.clear();
        return writer.begin(columns, changed);
      },
      rows: (chunk) => {
        this.#rows += chunk.rowCount;
        this.#show();
        return writer.rows(chunk);
      },
      end: () => writer.end(),
    };
  }

  /** Takes the line away. */
  done(): void {
    this.#line.clear();
    this.#isShown = false;
  }

  #show(): void {
    if (!this.#isShown) return;
    const seconds = Math.round((this.#nowMs() - this.#startMs) / 1000);
    const rows = this.#rows === 0 ? '' : `, ${count(this.#rows)} rows`;
    this.#line.show(`${seconds} s: ${count(this.#values)} values answered${rows}`);
  }
}
