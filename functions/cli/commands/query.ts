import { openLocalSql, type Warehouse } from '../local-sql.ts';
import { printResult, type ResultFormat } from '../result.ts';
import { workspace } from '../workspace.ts';

export interface QueryOptions extends ResultFormat {
  readonly dir: string;
  readonly user: string;
  readonly via: Warehouse;
}

/** `protector query SQL`: DuckDB SQL with the functions of the policy, each answered by the Redshift or the Snowflake function. */
export async function query(sql: string, options: QueryOptions): Promise<void> {
  const local = await openLocalSql(workspace(options.dir), { user: options.user, via: options.via, sql });
  try {
    const result = await local.session.run(sql);
    printResult(result, options);
  } finally {
    await local.close();
  }
}
