// Amazon Redshift Lambda UDF: request and reply (Redshift Database Developer Guide, "Creating a scalar Lambda UDF").

import { foldCase } from '../base/fold-case.ts';
import type { MappedFunction } from '../policy/schema.ts';
import type { Cell, Column } from '../base/cell.ts';
import type { RequestOrigin, Target } from '../protect/batch.ts';
import type { Identify } from '../protect/caller.ts';
import type { CompiledPolicy } from '../protect/compile.ts';
import { isExact } from '../protect/columns/number-cells.ts';
import { type AnyColumn, cellsOf } from '../protect/columns/packed-column.ts';
import { RefusedError } from '../protect/refusal.ts';
import { explainRefusal } from '../protect/refusal-text.ts';
import { checkReplySize } from './reply-limit.ts';
import { malformed } from './malformed.ts';

/** The used members of a Redshift event. Each is checked before use, because the sender is another party. */
export interface RedshiftEvent {
  readonly user?: unknown;
  readonly cluster?: unknown;
  readonly query_id?: unknown;
  readonly external_function?: unknown;
  readonly num_records?: unknown;
  readonly arguments?: unknown;
}

/** An object, not a string: the Lambda runtime serialises it once. */
export type RedshiftReply =
  | { readonly success: true; readonly num_records: number; readonly results: Column }
  | { readonly success: false; readonly error_msg: string };

/** Reads who asks, as far as the event tells. Never throws, so that a malformed request can be recorded too. */
export function redshiftOrigin(event: RedshiftEvent, requestId: string | undefined, identify: Identify): RequestOrigin {
  const { user, cluster, query_id: queryId } = event;
  return {
    caller: identify({ by: 'name', name: typeof user === 'string' ? user : '' }),
    vendor: 'aws.redshift',
    requestId,
    queryId: typeof queryId === 'number' || typeof queryId === 'string' ? `rs-query-id:${queryId}` : undefined,
    cluster: typeof cluster === 'string' ? cluster : undefined,
  };
}

/** The part of a policy that resolves names. */
export type Names = Pick<CompiledPolicy, 'elements' | 'mapping'>;

/** Resolves the function name of the event. Throws `RefusedError` for an unknown or ambiguous name. */
export function redshiftTarget(event: Pick<RedshiftEvent, 'external_function'>, policy: Names): Target {
  if (typeof event.external_function !== 'string') throw malformed('external_function is missing');
  return resolveFunction(event.external_function, policy);
}

/** Throws `RefusedError` for an event that names no user. */
export function checkRedshiftUser({ user }: Pick<RedshiftEvent, 'user'>): void {
  if (typeof user !== 'string' || user === '') throw malformed('user is missing');
}

/** Reads the column of the event. Throws `RefusedError` for anything that Redshift does not send. */
export function redshiftColumn(event: RedshiftEvent): Column {
  const { arguments: rows, num_records: count } = event;
  checkRedshiftUser(event);
  if (!Array.isArray(rows)) throw malformed('arguments must be an array of rows');
  if (count !== undefined && count !== rows.length) throw malformed('num_records is not the number of rows');
  return firstColumn(rows);
}

/**
 * Makes the reply with the transformed column. Throws `RefusedError` `REPLY_TOO_LARGE` when Lambda cannot return it.
 */
export function encodeRedshift(answered: AnyColumn): RedshiftReply {
  const column = cellsOf(answered);
  const reply: RedshiftReply = { success: true, num_records: column.length, results: column };
  // A UTF-16 unit takes at most 6 bytes of JSON (\u0000).
  let most = 100;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    most += typeof cell === 'string' ? 6 * cell.length + 3 : 25;
  }
  checkReplySize(reply, most);
  return reply;
}

/**
 * Makes the reply that refuses a batch. Redshift shows the text to the user and fails the statement; it never retries.
 */
export function refuseRedshift(refusal: RefusedError): RedshiftReply {
  const text = explainRefusal(refusal);
  return { success: false, error_msg: refusal.isTransient ? `Temporary failure: ${text}` : text };
}

/** Reads the one argument of each row; a NULL row is a NULL value. */
function firstColumn(rows: readonly unknown[]): Cell[] {
  const column = new Array<Cell>(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const cells = rows[row];
    if (cells === null) column[row] = null;
    else if (!Array.isArray(cells)) throw malformed(`row ${row} is not an array`);
    else if (cells.length !== 1)
      throw malformed(`row ${row} has ${cells.length} arguments, a function takes exactly 1`);
    else column[row] = checkCell(cells[0], row, rows.length);
  }
  return column;
}

function checkCell(cell: unknown, row: number, batchSize: number): Cell {
  if (typeof cell === 'string' || cell === null || typeof cell === 'boolean') return cell;
  if (typeof cell !== 'number') throw malformed(`row ${row} holds neither text, number, boolean nor null`);
  // The runtime parsed the number: one that a double cannot hold exactly may already be another number.
  if (!isExact(cell)) throw new RefusedError('UNSAFE_NUMBER', { row, batchSize });
  return cell;
}

/** Resolves a function name: `mapping.json` first, then the naming convention; each with and without schema. */
function resolveFunction(functionName: string, policy: Names): Target {
  const bareName = functionName.slice(functionName.lastIndexOf('.') + 1);
  for (const name of [functionName, bareName]) {
    const mapped = policy.mapping.resolve(name);
    if (mapped.kind === 'ambiguous') throw new RefusedError('FUNCTION_AMBIGUOUS');
    if (mapped.kind === 'found') return mappedTarget(mapped.value);
  }
  const parsed = /^pty_(protect|unprotect|reprotect|check)_(.+)$/is.exec(bareName);
  if (parsed === null) throw new RefusedError('FUNCTION_UNKNOWN');
  const [, word, rest] = parsed as unknown as [string, string, string];
  const operation = OPERATIONS[foldCase(word) as keyof typeof OPERATIONS];
  return operation === 'Reprotect'
    ? reprotectTarget(rest, policy)
    : { operation, element: knownName(rest, policy) ?? rest };
}

const OPERATIONS = { protect: 'Protect', unprotect: 'Unprotect', reprotect: 'Reprotect', check: 'Check' } as const;

/** Converts an entry of mapping.json. */
export function mappedTarget(target: MappedFunction): Target {
  return {
    operation: OPERATIONS[target.Operation],
    element: target.Element,
    oldElement: target.OldElement,
    externalIv: target.ExternalIV,
    oldExternalIv: target.OldExternalIV,
  };
}

/** Splits `<old>__to__<new>` at the one `__to__` with a known element on either side. */
function reprotectTarget(names: string, policy: Names): Target {
  const cuts = [...names.matchAll(/(?=__to__)/gi)].map(({ index }) => [names.slice(0, index), names.slice(index + 6)]);
  const targets = cuts.flatMap(([left, right]) => {
    const oldElement = knownName(left!, policy);
    const element = knownName(right!, policy);
    return oldElement === undefined || element === undefined ? [] : [{ oldElement, element }];
  });
  const [target, second] = targets;
  if (target === undefined) throw new RefusedError('FUNCTION_UNKNOWN');
  if (second !== undefined) throw new RefusedError('FUNCTION_AMBIGUOUS');
  return { operation: 'Reprotect', ...target };
}

/** Returns the element's name as the policy spells it; undefined for an unknown one. */
function knownName(name: string, policy: Names): string | undefined {
  const element = policy.elements.resolve(name);
  if (element.kind === 'ambiguous') throw new RefusedError('FUNCTION_AMBIGUOUS');
  return element.kind === 'found' ? element.value.name : undefined;
}
