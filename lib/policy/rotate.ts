// A new key version for one element: what the policy says of it then, and the SQL that moves a column to it.

import { ProtectorError } from '../base/errors.ts';
import { keyVersionOf, oldKeyVersionsOf, sqlVersionName, versionName } from './key-versions.ts';
import type { ElementDefinition } from './schema.ts';

/** The element has no key, or nothing that it protected could be moved to another one. */
export class RotationError extends ProtectorError<'ELEMENT_NOT_ROTATABLE'> {}

export interface Rotation {
  readonly element: string;
  readonly keyVersion: number;
  readonly oldKeyVersions: readonly number[];
  /** The version it had: `deSSN@1` to the policy and to callers. */
  readonly oldName: string;
  /** What moves a column, by a name that SQL engines take without quotes. */
  readonly functionName: string;
  /** mapping.json needs this entry, because no function name can say these elements' names. */
  readonly mapping?: Readonly<Record<string, object>>;
}

/** Longest identifier of Amazon Redshift, in bytes (Database Developer Guide, "Names and identifiers"). */
const MAX_IDENTIFIER = 127;

/** Throws `RotationError` for an element without a key, and for a digest. */
export function rotateElement(element: ElementDefinition, keyVersion: number): Rotation {
  const { name, method } = element;
  if (method === 'clear')
    throw new RotationError('ELEMENT_NOT_ROTATABLE', `${name} keeps values in clear: it has no key`);
  if (method === 'hash') {
    const message = `${name} makes digests, and no digest can be moved to another key: add an element, and make new ones from the values`;
    throw new RotationError('ELEMENT_NOT_ROTATABLE', message);
  }
  const before = keyVersionOf(element);
  const conventional = `pty_reprotect_${sqlVersionName(name, before)}__to__${name}`.toLowerCase();
  const callable = /^\w+$/.test(conventional) && Buffer.byteLength(conventional) <= MAX_IDENTIFIER;
  const functionName = callable ? conventional : `pty_move_${element.id.replaceAll('-', '')}_v${before}`;
  const oldName = versionName(name, before);
  return {
    element: name,
    keyVersion,
    oldKeyVersions: [...new Set([...oldKeyVersionsOf(element), before])],
    oldName,
    functionName,
    ...(callable
      ? {}
      : { mapping: { [functionName]: { Operation: 'reprotect', OldElement: oldName, Element: name } } }),
  };
}

/** Where the column is and who answers; what is not known stays a placeholder in angle brackets. */
export interface ColumnPlace {
  readonly table?: string | undefined;
  readonly column?: string | undefined;
}

/**
 * Re-protects a column in place on Amazon Redshift. One transaction: a token does not say which key it is under, so that a row
 * that is moved twice is lost.
 */
export function redshiftRotationSql({ functionName }: Rotation, place: ColumnPlace): string {
  const { table = '<schema.table>', column = '<column>' } = place;
  return `create or replace external function ${functionName}(varchar(max)) returns varchar(max) volatile
lambda '<function>:Production' iam_role '<role>';

begin;
update ${table} set ${column} = ${functionName}(${column}) where ${column} is not null;
commit;`;
}

/** The same on Snowflake, whose external functions say elements in a header (`HEADERS`, "CREATE EXTERNAL FUNCTION"). */
export function snowflakeRotationSql({ functionName, element, oldName }: Rotation, place: ColumnPlace): string {
  const { table = '<schema.table>', column = '<column>' } = place;
  const rule = { op_type: 'REPROTECT', data_element: element, old_data_element: oldName };
  const rules = JSON.stringify({ jsonpaths: [rule] }).replaceAll("'", "''");
  return `create or replace secure external function ${functionName}(val varchar) returns varchar null immutable
  api_integration = <integration>
  headers = ('X-Protegrity-HCoP-Rules' = '${rules}')
  context_headers = (current_user, current_timestamp, current_account)
  as '<url>';

begin;
update ${table} set ${column} = ${functionName}(${column}) where ${column} is not null;
commit;`;
}
