// COPY statements that leave the whole file or none, however they end.
import { isWord, statementTokens, type Token } from './duckdb/sql-tokens.ts';

/** Files that DuckDB writes in several, or where the author of the statement says how. */
const OWN_WAY = /^(?:use_tmp_file|per_thread_output|partition_by|file_size_bytes)$/i;

/**
 * Makes each `COPY … TO '<file>'` write beside its file and rename: an interrupted statement leaves the file as it was, or none.
 * Other statements stay as they are, and so does a COPY to a place without rename.
 */
export function withWholeFiles(sql: string): string {
  const insertions = statementTokens(sql).flatMap((statement) => insertionFor(statement) ?? []);
  return insertions.toReversed().reduce((text, { at, added }) => text.slice(0, at) + added + text.slice(at), sql);
}

function insertionFor(statement: readonly Token[]): { readonly at: number; readonly added: string } | undefined {
  if (!isWord(statement[0], 'copy')) return undefined;
  const target = statement.findLastIndex(
    (token, i) => token.kind === 'string' && isWord(statement[i - 1], 'to') && token.depth === 0,
  );
  const file = statement[target];
  if (file === undefined || !/.'$/.test(file.text) || file.text.includes('://') || file.text.startsWith("'/dev/"))
    return undefined;
  const rest = statement.slice(target + 1).filter((token, i) => i > 0 || !isWord(token, 'with'));
  if (rest.some(({ kind, text }) => kind === 'word' && OWN_WAY.test(text))) return undefined;
  const [open] = rest;
  if (open === undefined) return { at: file.to, added: ' (use_tmp_file true)' };
  return open.text === '(' ? { at: open.to, added: 'use_tmp_file true, ' } : undefined;
}
