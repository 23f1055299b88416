// Views that unprotect columns, as far as both warehouses say them alike.
import type { ProtectedColumn } from './columns.ts';
import { type NamedFunction, unprotectOf } from './functions.ts';
import { type DottedName, writeName } from './script.ts';

export interface ClearView {
  readonly view: string;
  readonly table: string;
  /** What is selected, written out. */
  readonly columns: readonly string[];
  /** Names of the policy's roles that may call every function of the view. */
  readonly readers: readonly string[];
}

/** A view for each table: `people_clear` beside `people`. Throws `DdlError` for a column that nothing can be shown of. */
export function viewsOf(functions: readonly NamedFunction[], columns: readonly ProtectedColumn[]): ClearView[] {
  const tables = Map.groupBy(columns, ({ table }) => writeName(table));
  return [...tables].map(([table, [first, ...others]]) => {
    const shown = [first!, ...others].map(({ column, element }) => ({
      name: writeName(column),
      unprotect: element === undefined ? undefined : unprotectOf(element, functions),
    }));
    const callers = shown.flatMap(({ unprotect }) => (unprotect === undefined ? [] : [unprotect.roles]));
    return {
      view: writeName(clearName(first!.table)),
      table,
      columns: shown.map(({ name, unprotect }) =>
        unprotect === undefined ? name : `${unprotect.name}(${name}) as ${name}`,
      ),
      readers: [...new Set(callers.flat())].filter((role) => callers.every((roles) => roles.includes(role))),
    };
  });
}

function clearName({ parts }: DottedName): DottedName {
  const last = parts.at(-1)!;
  return { parts: [...parts.slice(0, -1), { ...last, text: `${last.text}_clear` }] };
}
