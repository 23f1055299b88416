// The dialect of a CSV file, as DuckDB finds it in the first rows.
import type { Dialect } from '../../files/csv/dialect.ts';
import { openFileDatabase, quietly, sqlPath } from './database.ts';

/** Sniffs the dialect of a UTF-8 file, which may be the beginning of a larger one. Rejects with `FilesError` `FILES_LAYOUT`. */
export async function sniffCsv(path: string): Promise<Dialect> {
  using database = await openFileDatabase(1);
  const sql = `SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader FROM sniff_csv(${sqlPath(path)}, ignore_errors = true)`;
  const hint = 'The dialect of the CSV file cannot be told: name it with --delimiter';
  const result = await quietly(hint, () => database.connection.runAndReadAll(sql));
  const [row] = result.getRowsJS();
  const [delimiter, quote, escape, comment, skip, header] = row as [
    string,
    string,
    string,
    string,
    number | bigint,
    boolean,
  ];
  return {
    delimiter: optional(delimiter) ?? ',',
    // A file without quotes may get some: tokens of free text can hold a delimiter.
    quote: optional(quote) ?? '"',
    escape: optional(escape),
    comment: optional(comment),
    skip: Number(skip),
    header,
    nulls: [],
  };
}

/** DuckDB writes "(empty)" or a zero for a character that the dialect has not. */
function optional(text: string): string | undefined {
  return text === '' || text === '(empty)' || text === '\0' || text === String.raw`\0` ? undefined : text;
}
