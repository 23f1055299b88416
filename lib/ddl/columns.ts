// Columns as the command line names them, with their type and the element of their values: `hr.people.ssn
// varchar(11)=deSSN`.
import { didYouMean } from '../base/nearest.ts';
import { elementsByName } from '../policy/key-versions.ts';
import { NameDirectory } from '../policy/names.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { DdlError, type DottedName, parseName, writeName } from './script.ts';

export interface ProtectedColumn {
  readonly table: DottedName;
  readonly column: DottedName;
  /** The type of the column as it was written. */
  readonly type?: string;
  /** As the policy spells it. Absent for a column in clear. */
  readonly element?: string;
}

/**
 * Parses a column, `table.column=element` or `table.column type=element`. The table may have a schema and a database;
 * names that SQL quotes are within double quotes. Throws `DdlError` for another form, an unknown element, and a missing element that is needed.
 */
export function parseColumn(text: string, policy: PolicyDocument, needsElement: boolean): ProtectedColumn {
  const cut = /^((?:[^"=]|"(?:[^"]|"")*")*)(?:=(.*))?$/s.exec(text);
  const [, name = '', type] = /^((?:[^"\s]|"(?:[^"]|"")*")*)(?:\s+(.*))?$/s.exec(cut?.[1] ?? text) ?? [];
  const { parts } = parseName(name, 2, 4);
  const place = {
    table: { parts: parts.slice(0, -1) },
    column: { parts: parts.slice(-1) },
    ...(type !== undefined && { type: type.trim() }),
  };
  const asked = cut?.[2];
  if (asked === undefined) {
    if (!needsElement) return place;
    throw new DdlError('DDL_IMPOSSIBLE', `${text} does not name the element of the column: write table.column=element`);
  }
  const found = new NameDirectory(elementsByName(policy.elements)).resolve(asked);
  if (found.kind !== 'found') {
    const hint = didYouMean(
      asked,
      policy.elements.map(({ name: known }) => known),
    );
    throw new DdlError('DDL_IMPOSSIBLE', `The policy has no element ${asked}${hint}`);
  }
  return { ...place, element: found.value.name };
}

/** Throws `DdlError` for a column that both its masking policy and a view would unprotect. */
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
