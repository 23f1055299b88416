// Why a query failed, and what to do about it: functions and users that the policy in force does not have.
import { nearestOf } from '../../../lib/base/nearest.ts';
import { SqlError } from '../../../lib/local/duckdb/sql.ts';
import { redshiftFunctions } from '../../../lib/local/redshift-sql.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';
import { noUser, suggestion } from '../documents/policy-names.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import { unsealedHint } from '../sealing/unsealed.ts';
import { dirOption, type Workspace } from '../workspace/workspace.ts';

interface Query {
  readonly ws: Workspace;
  readonly user: string;
  /** The policy that the query ran under. */
  readonly policy: CompiledPolicy;
}

/** Returns the error of a query with advice where there is some. */
export async function withAdvice(error: unknown, query: Query): Promise<unknown> {
  if (!(error instanceof SqlError) || error.code !== 'SQL_FAILED') return error;
  const { message } = error;
  const [, missing] = /function with name "?(pty_[^\s"!]+)"? does not exist/i.exec(message) ?? [];
  if (missing !== undefined) return new SqlError(error.code, await noFunction(missing, query));
  const advice = await adviceOn(message, query);
  return advice === undefined ? error : new SqlError(error.code, `${message}\n  ${advice}`);
}

/** DuckDB would suggest its own nearest function, although the element may only not be sealed yet. */
async function noFunction(name: string, { ws, policy }: Query): Promise<string> {
  const what = `There is no function ${name}: the policy in force has no such element`;
  const hint = await unsealedHint(ws);
  if (hint !== undefined) return `${what}. ${hint}`;
  const nearest =
    nearestReprotect(name, policy) ??
    nearestOf(
      name,
      redshiftFunctions(policy, '').map((each) => each.name),
    );
  return nearest === undefined
    ? `${what}${suggestion('', policy.elements.names())}`
    : `${what}; did you mean ${nearest}?`;
}

/** Returns the reprotect function whose elements are nearest to those of a name. */
function nearestReprotect(name: string, policy: CompiledPolicy): string | undefined {
  const [, from, to] = /^pty_reprotect_(.+)__to__(.+)$/i.exec(name) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [old, now] = [from, to].map((element) => nearestOf(element, policy.elements.names()));
  return old === undefined || now === undefined ? undefined : `pty_reprotect_${old}__to__${now}`;
}

async function adviceOn(message: string, { ws, user }: Query): Promise<string | undefined> {
  if (message.includes('could not be found in the policy')) {
    const { content } = await openSealedPolicy(ws);
    return noUser(content.policy, user);
  }
  if (message.includes('User not authorized')) {
    return `"protector policy explain --user ${user} --element <element>${dirOption(ws)}" says why`;
  }
  return undefined;
}
