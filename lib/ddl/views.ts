// Views that unprotect columns: the parts that both warehouses share.
import type { ProtectedColumn } from './columns.ts';
import { type NamedFunction, unprotectOf } from './functions.ts';
import { type DottedName, writeName } from './script.ts';

export interface ClearView {
  readonly view: string;
  readonly table: string;
  /** The select list, written as SQL. */
  readonly columns: readonly string[];
  /** The policy's roles that may call every function of the view. */
  readonly readers: readonly string[];
}

/** Returns a view for each table, `people_clear` beside `people`. Throws `DdlError` for a column of digests. */
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
