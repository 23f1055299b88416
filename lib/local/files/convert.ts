// A protected file in another format: one copy by DuckDB, without a key.
import type { Dialect } from '../../files/csv/dialect.ts';
import { openFileDatabase, quietly, sqlPath, sqlText } from './database.ts';

export type TableFile =
  | { readonly is: 'csv'; readonly dialect: Dialect; readonly names: readonly string[] }
  | { readonly is: 'jsonl' }
  | { readonly is: 'parquet' };

/**
 * Copies the table at `from` to `to` in the format `as`. Protected columns of a text file stay text: a token of digits is no number. Rejects
 * with `FilesError`.
 */
export async function convertFile(
  from: string,
  source: TableFile,
  to: string,
  as: TableFile['is'],
  protectedColumns: readonly string[],
): Promise<void> {
  using database = await openFileDatabase(1);
  const query = `COPY (FROM ${readerOf(from, source, protectedColumns)}) TO ${sqlText(to)} (${WRITERS[as]})`;
  await quietly('The protected file cannot be written in the other format', () => database.connection.run(query));
}

const WRITERS: Readonly<Record<TableFile['is'], string>> = {
  csv: 'FORMAT csv, HEADER true',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

function readerOf(path: string, source: TableFile, protectedColumns: readonly string[]): string {
  switch (source.is) {
    case 'parquet':
      return `read_parquet(${sqlPath(path)})`;
    case 'jsonl':
      return `read_json(${sqlPath(path)}, format = 'newline_delimited', sample_size = -1)`;
    default:
      return csvReader(path, source.dialect, source.names, protectedColumns);
  }
}

function csvReader(
  path: string,
  dialect: Dialect,
  names: readonly string[],
  protectedColumns: readonly string[],
): string {
  const { delimiter, quote, escape, comment, skip, header, nulls } = dialect;
  const types = names.filter((name) => protectedColumns.includes(name)).map((name) => `${sqlText(name)}: 'VARCHAR'`);
  const options = [
    `delim = ${sqlText(delimiter)}`,
    `quote = ${sqlText(quote ?? '')}`,
    `escape = ${sqlText(escape ?? quote ?? '')}`,
    ...(comment === undefined ? [] : [`comment = ${sqlText(comment)}`]),
    `skip = ${skip}`,
    `header = ${header}`,
    `nullstr = [${['', ...nulls].map(sqlText).join(', ')}]`,
    'allow_quoted_nulls = false',
    'sample_size = -1',
    ...(types.length === 0 ? [] : [`types = {${types.join(', ')}}`]),
    ...(header ? [] : [`names = [${names.map(sqlText).join(', ')}]`]),
  ];
  return `read_csv(${sqlPath(path)}, ${options.join(', ')})`;
}
