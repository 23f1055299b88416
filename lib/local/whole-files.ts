// COPY statements that leave the whole file or none, however they end.

/** A word, a text in quotes or a single character of SQL. `depth`: parentheses around it. */
interface Token {
  readonly kind: 'word' | 'string' | 'symbol';
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/**
 * Blanks, comments, texts (`'…'`, `E'…'`, `$tag$…$tag$`), names in quotes, words, and any other character: the lexical structure of
 * PostgreSQL 17, chapter 4.1, which DuckDB shares.
 */
const TOKEN =
  /(?<blank>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>[eE]'(?:[^'\\]|\\[^]|'')*'?|'(?:[^']|'')*'?|\$(?<tag>\w*)\$[^]*?(?:\$\k<tag>\$|$))|(?<word>"(?:[^"]|"")*"?|[\p{L}_][\p{L}\p{N}_$]*)|(?<symbol>[^])/gu;

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const { 0: text, index, groups } of sql.matchAll(TOKEN)) {
    if (groups!.blank !== undefined) continue;
    if (text === ')') depth -= 1;
    const kind = groups!.string !== undefined ? 'string' : groups!.word === undefined ? 'symbol' : 'word';
    tokens.push({ kind, text, from: index, to: index + text.length, depth });
    if (text === '(') depth += 1;
  }
  return tokens;
}

/** Files that DuckDB writes in several, or where the author of the statement says how. */
const OWN_WAY = /^(?:use_tmp_file|per_thread_output|partition_by|file_size_bytes)$/i;

/**
 * Makes each `COPY … TO '<file>'` write beside its file and rename: an interrupted statement leaves the file as it was, or none.
 * Other statements stay as they are, and so does a COPY to a place without rename.
 */
export function withWholeFiles(sql: string): string {
  const insertions = statementsOf(tokensOf(sql)).flatMap((statement) => insertionFor(statement) ?? []);
  return insertions.toReversed().reduce((text, { at, added }) => text.slice(0, at) + added + text.slice(at), sql);
}

function statementsOf(tokens: readonly Token[]): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ';' && token.depth <= 0) statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements;
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

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === word;
}
