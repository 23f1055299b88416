import type { CompiledPolicy } from '../protect/compile.ts';
import type { RedshiftEvent, RedshiftReply } from '../wire/redshift.ts';
import { type ExternalCall, type ExternalFunction, SqlError } from './duckdb/sql.ts';

/**
 * The external functions that SQL may call under a policy: `pty_protect_…` and `pty_unprotect_…` for every element, those of
 * mapping.json, and of the many `pty_reprotect_<old>__to__<new>` the ones that `sql` names.
 */
export function redshiftFunctions(policy: CompiledPolicy, sql: string): ExternalFunction[] {
  const elements = policy.elements.names();
  const wanted = sql.toLowerCase();
  const reprotect = wanted.includes('pty_reprotect_')
    ? elements.flatMap((from) => elements.map((to) => `pty_reprotect_${from}__to__${to}`))
    : [];
  const names = [
    ...elements.flatMap((element) => [`pty_protect_${element}`, `pty_unprotect_${element}`]),
    ...reprotect.filter((name) => wanted.includes(name.toLowerCase())),
    // DuckDB functions registered here have no schema: hr.move_ssn is called as move_ssn.
    ...policy.mapping.names().map(bareName),
  ];
  const unique = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...unique.values()].map((name) => ({ name }));
}

/** The name that a warehouse would know such a function by: with the schema that mapping.json gives it, else in `public`. */
export function warehouseName(functionName: string, policy: CompiledPolicy): string {
  const folded = functionName.toLowerCase();
  return policy.mapping.names().find((name) => bareName(name).toLowerCase() === folded) ?? `public.${functionName}`;
}

function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * Answers DuckDB's calls as Redshift would have them answered: each is a Lambda UDF request of `user` to `handler`. A refusal
 * becomes a `SqlError` with Redshift's `error_msg`.
 */
export function redshiftInvoker(
  handler: (event: RedshiftEvent) => Promise<RedshiftReply>,
  policy: CompiledPolicy,
  user: string,
): (call: ExternalCall) => Promise<(string | null)[]> {
  return async (call) => {
    const reply = await handler({
      user,
      cluster: 'duckdb',
      query_id: call.queryId,
      external_function: warehouseName(call.functionName, policy),
      num_records: call.column.length,
      arguments: call.column.map((value) => [value]),
    });
    if (!reply.success) throw new SqlError('SQL_FAILED', reply.error_msg);
    return reply.results as (string | null)[];
  };
}
