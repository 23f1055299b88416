// Words and statements of SQL, as far as a statement's end and its first words are concerned.

/** A word, a text in quotes or a single character of SQL. `depth`: parentheses around it. */
export interface Token {
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

/** Returns the tokens of each statement, without the semicolons. One without a token is among them. */
export function statementTokens(sql: string): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokensOf(sql)) {
    if (token.text === ';' && token.depth <= 0) statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements;
}

/** Returns the text of each statement, from its first token to its last. */
export function statementTexts(sql: string): readonly string[] {
  return statementTokens(sql).flatMap((tokens) => {
    const [first, last] = [tokens[0], tokens.at(-1)];
    return first === undefined || last === undefined ? [] : [sql.slice(first.from, last.to)];
  });
}

/** Tells whether a token is this word, in any case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === word;
}
