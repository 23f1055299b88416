import { foldCase } from '../base/fold-case.ts';
import type { CompiledPolicy } from '../protect/compile.ts';
import type { RedshiftEvent, RedshiftReply } from '../wire/redshift.ts';
import { type ExternalCall, type ExternalFunction, SqlError } from './duckdb/sql.ts';

/**
 * Lists the external functions that SQL may call under a policy: `pty_protect_…`, `pty_unprotect_…` and `pty_check_…` for
 * every element, those of mapping.json, and the `pty_reprotect_<old>__to__<new>` that `sql` names.
 */
export function redshiftFunctions(policy: CompiledPolicy, sql: string): ExternalFunction[] {
  const names = [
    ...policy.elements
      .names()
      .flatMap((element) => [`pty_protect_${element}`, `pty_unprotect_${element}`, `pty_check_${element}`]),
    ...reprotectNames(sql).filter((name) => joinsElements(name, policy)),
    // DuckDB functions registered here have no schema: hr.move_ssn is called as move_ssn.
    ...policy.mapping.names().map(bareName),
  ];
  const unique = new Map(names.map((name) => [foldCase(name), name]));
  return [...unique.values()].map((name) => ({ name }));
}

/** Returns the names pty_reprotect_… in `sql`, quoted or not. */
function reprotectNames(sql: string): string[] {
  const called = sql.matchAll(/"(pty_reprotect_[^"]+)"|(pty_reprotect_[^\s"'(),;]+)/gi);
  return [...called].map(([, quoted, plain]) => (quoted ?? plain)!);
}

/** Tells whether the name can be split at `__to__` with an element on either side. */
function joinsElements(name: string, policy: CompiledPolicy): boolean {
  const parts = name.slice('pty_reprotect_'.length).split(/__to__/i);
  const known = (from: number, to?: number): boolean =>
    policy.elements.resolve(parts.slice(from, to).join('__to__')).kind !== 'unknown';
  return parts.some((_, i) => i > 0 && known(0, i) && known(i));
}

/** Returns the function's name in a warehouse: with its schema in mapping.json, else in `public`. */
export function warehouseName(functionName: string, policy: CompiledPolicy): string {
  const folded = foldCase(functionName);
  return policy.mapping.names().find((name) => foldCase(bareName(name)) === folded) ?? `public.${functionName}`;
}

function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/**
 * Answers DuckDB's calls as Redshift does: each becomes a Lambda UDF request of `user` to `handler`. A refusal becomes
 * a `SqlError` with Redshift's `error_msg`.
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
