// A table that scrolls sideways where it is too wide, which keys reach too.
import type { ComponentChildren } from 'preact';

/** The head of a column. */
export type Column = string | { readonly title: ComponentChildren; readonly isNumber: true };

interface TableProps {
  /** What it holds, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly kind?: 'findings' | 'tallies' | 'heat';
  /** Of the frame around it. */
  readonly frame?: 'matrix';
  /** Its rows. */
  readonly children: ComponentChildren;
}

export function Table({ label, columns, kind, frame, children }: TableProps) {
  return (
    <div class={frame === undefined ? 'scroll' : `scroll ${frame}`} tabIndex={0} role="group" aria-label={label}>
      <table class={kind}>
        <thead>
          <tr>
            {columns.map((column, i) =>
              typeof column === 'string' ? (
                <th key={i} scope="col">
                  {column}
                </th>
              ) : (
                <th key={i} scope="col" class="number">
                  {column.title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** The head of a column of numbers, which end where it ends. */
export function number(title: ComponentChildren): Column {
  return { title, isNumber: true };
}
