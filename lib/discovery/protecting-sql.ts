// SQL that protects the tables of a draft: for DuckDB as it stands, for a warehouse with its own table after FROM.
import { atMost } from '../policy/elements/width.ts';
import type { DraftColumn } from './draft.ts';

interface Source {
  readonly name: string;
  /** What stands after FROM. */
  readonly from: string;
}

/** Not in lines that begin with two hyphens: a command line would read them as an option. */
const HEAD = `/* Protects the columns that the policy has elements for. "protector query --user etl" runs a query over the files themselves; in a
   warehouse, name its table after FROM. A width is that of the longest value of the sample: longer values need more. */`;

/** Writes a query for each table. A comment says how wide the column of the tokens must be. */
export function protectingSql(sources: readonly Source[], columns: readonly DraftColumn[]): string {
  const queries = sources.map(({ name, from }) => {
    const own = columns.filter(({ table }) => table === name);
    const lines = own.map((column, i) => `  ${expressionOf(column)}${i + 1 < own.length ? ',' : ''}${widthOf(column)}`);
    return `-- ${comment(name)}\nselect\n${lines.join('\n')}\nfrom ${from};\n`;
  });
  return `${HEAD}\n\n${queries.join('\n')}`;
}

function expressionOf({ column, elementName }: DraftColumn): string {
  const name = `"${column.name.replaceAll('"', '""')}"`;
  if (elementName === undefined) return name;
  const text = column.type === 'VARCHAR' ? name : `cast(${name} as varchar)`;
  return `pty_protect_${elementName.toLowerCase()}(${text}) as ${name}`;
}

function widthOf({ element }: DraftColumn): string {
  if (element === undefined) return '';
  const { value, bounds } = element.trial.width;
  return ` -- ${atMost(bounds.bytes, value.bytes)} bytes, ${atMost(bounds.characters, value.characters)} characters`;
}

function comment(text: string): string {
  return text.replaceAll(/[\p{C}\u2028\u2029]/gu, ' ');
}
