import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { QueryOutput } from '../options.ts';
import { printResult } from '../sql/result.ts';
import { openLocalSql, type SqlRequest } from '../sql/session.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Runs DuckDB SQL with the functions of the policy, each answered by the Redshift or the Snowflake function. */
export async function runQuery(ws: Workspace, request: SqlRequest, output: QueryOutput, io: Io): Promise<ExitCode> {
  const local = await openLocalSql(ws, io, request);
  try {
    printResult(io, await local.session.run(request.sql), output);
    return EXIT.ok;
  } finally {
    await local.close();
  }
}
