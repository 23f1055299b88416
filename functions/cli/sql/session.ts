import { openSqlSession, type SqlSession } from '../../../lib/local/duckdb/session.ts';
import { locatingBatches } from '../../../lib/local/locate-batch.ts';
import { redshiftFunctions, redshiftInvoker } from '../../../lib/local/redshift-sql.ts';
import { snowflakeInvoker } from '../../../lib/local/snowflake-sql.ts';
import type { CipherMeter } from '../../../lib/protect/methods/method.ts';
import { type LocalEnvironment, localEnvironment } from '../local/environment.ts';
import { localFunctions } from '../local/functions.ts';
import type { Io } from '../core/io.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A DuckDB session whose `pty_…` functions are answered by the Redshift or the Snowflake function over a workspace. */
export interface LocalSql {
  readonly session: SqlSession;
  readonly environment: LocalEnvironment;
  close(): Promise<void>;
}

export interface SqlRequest {
  readonly user: string;
  /** Which warehouse's requests to send. @default 'redshift' */
  readonly via?: 'redshift' | 'snowflake';
  /** The SQL that will run, as far as it is known: reprotect functions are registered by name. */
  readonly sql: string;
  readonly meter?: CipherMeter;
  /** Sees every call before it is answered. */
  readonly onCall?: (column: readonly (string | null)[]) => void;
}

/** Opens a session over a workspace. Rejects with `CliError` where there is no sealed policy. */
export async function openLocalSql(ws: Workspace, io: Io, options: SqlRequest): Promise<LocalSql> {
  const environment = await localEnvironment(ws, io, options.meter);
  try {
    const functions = localFunctions(environment, io);
    const policy = await environment.policy();
    const invoke = locatingBatches(
      options.via === 'snowflake'
        ? snowflakeInvoker(functions.snowflake, policy, options.user)
        : redshiftInvoker(functions.redshift, policy, options.user),
    );
    const session = await openSqlSession({
      functions: redshiftFunctions(policy, options.sql),
      invoke: (call) => {
        options.onCall?.(call.column);
        return invoke(call);
      },
    });
    const close = async (): Promise<void> => {
      await session.close();
      await environment.close();
    };
    return { session, environment, close };
  } catch (error) {
    await environment.close();
    throw error;
  }
}
