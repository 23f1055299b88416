// Version 1 of the API (Cloud Protect, "v1 Specification"): one column, or several as `arguments`.

import type { Operation } from '../../base/operation.ts';
import type { Target } from '../../protect/batch.ts';
import { RefusedError, toRefusal } from '../../protect/refusal.ts';
import { isObject } from '../../base/json.ts';
import { malformed } from '../malformed.ts';
import { check, exactValues, type JsonBody } from './body.ts';
import { type Call, type ColumnCall, type ColumnReply, ivOf, queryIdOf, type Reply } from './call.ts';
import { errorBody, statusOf } from './refusal.ts';
import { argumentSchemas, commonSchema, MAX_ARGUMENTS, singleSchemas } from './schema.ts';

/** Parses a body. Throws `RefusedError` for a body of another form. */
export function readV1(operation: Operation, body: JsonBody): Call {
  const { data, arguments: list } = body.plain;
  if (list === undefined || list === null) return readSingle(operation, body);
  if (data !== undefined && data !== null) throw malformed('data and arguments exclude each other');
  if (!Array.isArray(list)) throw malformed('arguments is no array');
  if (list.length === 0 || list.length > MAX_ARGUMENTS) throw new RefusedError('OUT_OF_LIMITS');
  return readArguments(operation, body, list);
}

function readSingle(operation: Operation, body: JsonBody): Call {
  const fields = check(singleSchemas[formOf(operation)], body.plain);
  const column: ColumnCall = {
    ...targetOf(operation, fields),
    encoding: fields.encoding ?? undefined,
    values: exactValues(fields.data, body, ['data']),
    queryId: queryIdOf(fields.query_id),
  };
  return {
    columns: [column],
    reply: ([result]) => {
      if (!result!.ok) throw result!.refusal;
      return { status: 200, body: successBody(result!) };
    },
  };
}

/** Parses each argument on its own, because each succeeds or fails on its own. */
function readArguments(operation: Operation, body: JsonBody, list: readonly unknown[]): Call {
  const common = check(commonSchema, body.plain);
  const columns = list.map((part, i): ColumnCall | RefusedError => {
    try {
      const fields = check(argumentSchemas[formOf(operation)], part, `/arguments/${i}`);
      return {
        ...targetOf(operation, fields),
        encoding: fields.encoding ?? common.encoding ?? undefined,
        values: exactValues(fields.data, body, ['arguments', i, 'data']),
        queryId: queryIdOf(common.query_id, fields.id),
      };
    } catch (error) {
      const refusal = toRefusal(error);
      refusal.operation = operation;
      return refusal;
    }
  });
  return { columns, reply: (results) => replyToArguments(results, list) };
}

function formOf(operation: Operation): 'protect' | 'reprotect' {
  return operation === 'Reprotect' ? 'reprotect' : 'protect';
}

interface TargetFields {
  readonly data_element: string;
  readonly external_iv?: string | null | undefined;
  readonly old_data_element?: string;
  readonly old_external_iv?: string | null | undefined;
  readonly new_external_iv?: string | null | undefined;
}

function targetOf(operation: Operation, fields: TargetFields): Target {
  const [iv, sameIv] = [ivOf(fields.external_iv), ivOf(fields.new_external_iv)];
  if (iv !== undefined && sameIv !== undefined && iv !== sameIv) {
    throw malformed('external_iv and new_external_iv differ');
  }
  return {
    operation,
    element: fields.data_element,
    externalIv: iv ?? sameIv,
    oldElement: fields.old_data_element,
    oldExternalIv: ivOf(fields.old_external_iv),
  };
}

type Success = Extract<ColumnReply, { ok: true }>;

function successBody({ encoding, values }: Success): object {
  return { encoding, results: values, success: true };
}

/** Makes one entry per argument, in order. When all are refused, the reply is the error of the first one too. */
function replyToArguments(results: readonly ColumnReply[], list: readonly unknown[]): Reply {
  const refusals = results.flatMap((result) => (result.ok ? [] : [result.refusal]));
  const entries = results.map((result, i) => ({
    ...idOf(list[i]),
    ...(result.ok ? successBody(result) : errorBody(result.refusal)),
  }));
  const body = { success: refusals.length === 0, results: entries };
  if (refusals.length < results.length) return { status: 200, body };
  return { status: Math.max(...refusals.map(statusOf)), body: { ...errorBody(refusals[0]!), ...body } };
}

function idOf(argument: unknown): object {
  const id = isObject(argument) ? argument['id'] : undefined;
  return typeof id === 'string' || typeof id === 'number' ? { id } : {};
}
