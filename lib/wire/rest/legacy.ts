// The body form of earlier products (Cloud Protect, "Legacy Specification"): the operation is the outer key, values are
// base64. Errors are those of version 1, because one bad row refuses the batch.

import type { Operation } from '../../base/operation.ts';
import type { Target } from '../../protect/batch.ts';
import type { JsonObject } from '../../base/json.ts';
import { malformed } from '../malformed.ts';
import { check } from './body.ts';
import { type Call, type ColumnReply, ivOf, queryIdOf, type Reply } from './call.ts';
import { legacySchemas } from './schema.ts';

type Name = keyof typeof legacySchemas;

const OPERATIONS = { protect: 'Protect', unprotect: 'Unprotect', reprotect: 'Reprotect' } as const;
const NAMES = Object.keys(OPERATIONS) as Name[];

/** Returns the operation of a legacy body; undefined for a body of another form. */
export function legacyName(body: JsonObject): Name | undefined {
  if ('data' in body || 'arguments' in body) return undefined;
  return NAMES.find((name) => name in body);
}

/**
 * Parses a legacy body. Throws `RefusedError`, also when path and body name different operations: a gateway may guard
 * paths.
 */
export function readLegacy(operation: Operation, name: Name, body: JsonObject): Call {
  if (OPERATIONS[name] !== operation) throw malformed('path and body name different operations');
  const { target, bulk } = readFields(name, body);
  return {
    columns: [
      {
        ...target,
        operation,
        encoding: 'base64',
        values: bulk.data.map(({ content }) => content),
        queryId: queryIdOf(bulk.id),
      },
    ],
    reply: ([result]) => replyOf(name, result!, bulk.id),
  };
}

type Bulk = ReturnType<typeof legacySchemas.protect.parse>['protect']['bulk'];

function readFields(name: Name, body: JsonObject): { target: Omit<Target, 'operation'>; bulk: Bulk } {
  if (name === 'reprotect') {
    const { reprotect: fields } = check(legacySchemas.reprotect, body);
    const { newdataelementname: element, olddataelementname: oldElement, bulk } = fields;
    const ivs = { externalIv: ivOf(fields.newexternaliv), oldExternalIv: ivOf(fields.oldexternaliv) };
    return { target: { element, oldElement, ...ivs }, bulk };
  }
  const fields =
    name === 'protect' ? check(legacySchemas.protect, body).protect : check(legacySchemas.unprotect, body).unprotect;
  return { target: { element: fields.dataelementname, externalIv: ivOf(fields.externaliv) }, bulk: fields.bulk };
}

function replyOf(name: Name, result: ColumnReply, id: string | number | null | undefined): Reply {
  if (!result.ok) throw result.refusal;
  const returntype = result.substituted ? 'warning' : 'success';
  const data = result.values.map((content) => ({ returntype, content }));
  return { status: 200, body: { [name]: { bulk: { returntype, data, ...(id !== undefined && { id }) } } } };
}
