// Columns that somebody names on the command line, and what they hold: `hr.people.ssn=deSSN`.
import { elementsByName } from '../policy/key-versions.ts';
import { NameDirectory } from '../policy/names.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { DdlError, type DottedName, parseName, writeName } from './script.ts';

export interface ProtectedColumn {
  readonly table: DottedName;
  readonly column: DottedName;
  /** As the policy spells it. Absent for a column that nothing protects. */
  readonly element?: string;
}

/**
 * A column as `table.column=element`, the table with schema and database or without, names that SQL would have quoted within double
 * quotes. Throws `DdlError`: no such form, no such element, or no element although there must be one.
 */
export function parseColumn(text: string, policy: PolicyDocument, needsElement: boolean): ProtectedColumn {
  const cut = /^((?:[^"=]|"(?:[^"]|"")*")*)(?:=(.*))?$/s.exec(text);
  const { parts } = parseName(cut?.[1] ?? text, 2, 4);
  const place = { table: { parts: parts.slice(0, -1) }, column: { parts: parts.slice(-1) } };
  const asked = cut?.[2];
  if (asked === undefined) {
    if (!needsElement) return place;
    throw new DdlError('DDL_IMPOSSIBLE', `${text} does not say which element the column holds: table.column=element`);
  }
  const found = new NameDirectory(elementsByName(policy.elements)).resolve(asked);
  if (found.kind !== 'found') throw new DdlError('DDL_IMPOSSIBLE', `The policy has no element ${asked}`);
  return { ...place, element: found.value.name };
}

/** A column that a view unprotects must not be unprotected by its masking policy as well. Throws `DdlError`. */
export function checkOnce(masked: readonly ProtectedColumn[], viewed: readonly ProtectedColumn[]): void {
  const name = ({ table, column }: ProtectedColumn): string => `${writeName(table)}.${writeName(column)}`;
  const both = viewed.find(
    (column) => column.element !== undefined && masked.some((one) => name(one) === name(column)),
  );
  if (both === undefined) return;
  throw new DdlError(
    'DDL_IMPOSSIBLE',
    `${name(both)} would be unprotected twice: by its masking policy and by the view`,
  );
}
