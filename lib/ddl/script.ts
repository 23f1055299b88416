// SQL as text: statements with comments, and names and literals that hold any element name.
import { ProtectorError } from '../base/errors.ts';

/** The request cannot be written as SQL. The message says which part: change that name, column or move. */
export class DdlError extends ProtectorError<'DDL_IMPOSSIBLE'> {}

export interface Statement {
  /** Lines above it. @default none */
  readonly comment?: string;
  /** Without the semicolon. */
  readonly sql: string;
}

export interface Script {
  /** Instructions for running the script, one line each. */
  readonly head: readonly string[];
  readonly statements: readonly Statement[];
  /** What the author of the script should know first. */
  readonly warnings: readonly string[];
}

/** Writes a script as a file. */
export function renderScript({ head, statements }: Omit<Script, 'warnings'>): string {
  return `${head.map(commented).join('')}${renderStatements(statements)}`;
}

/** Writes statements with their semicolons. A comment begins a new block. */
export function renderStatements(statements: readonly Statement[]): string {
  return statements
    .map(({ comment, sql }) => `${comment === undefined ? '' : `\n${commented(comment)}`}${sql};\n`)
    .join('');
}

/** Writes lines of comment. Characters that could end or hide a line become blanks: names come from policies. */
function commented(text: string): string {
  const lines = text.split('\n').map((line) => line.replaceAll(/[\p{C}\u2028\u2029]/gu, ' ').trimEnd());
  return lines.map((line) => `${line === '' ? '--' : `-- ${line}`}\n`).join('');
}

/**
 * Writes an identifier, within double quotes where it needs them (SQL:2016, 5.2: `<delimited identifier>`). A word
 * without an underscore is quoted too: it may be reserved. Throws `DdlError` for more than `maxBytes` bytes of UTF-8,
 * and for unprintable characters.
 */
export function identifier(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) > maxBytes) throw new DdlError('DDL_IMPOSSIBLE', `${name} is too long for a name in SQL`);
  if (/\p{C}/u.test(name)) {
    throw new DdlError(
      'DDL_IMPOSSIBLE',
      `${JSON.stringify(name)} has unprintable characters and cannot be a name in SQL`,
    );
  }
  const isPlain = /^(?!(?:current|local|session|system)_)(?=.*_)[a-z_][a-z0-9_]*$/i.test(name);
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A name of several parts, such as `hr."my table"."a.b"`. */
export interface DottedName {
  readonly parts: readonly NamePart[];
}

export interface NamePart {
  readonly text: string;
  /** Written within quotes, so its case matters. */
  readonly quoted: boolean;
}

/** Parses a dotted name. Throws `DdlError` for anything else, and for fewer than `least` or more than `most` parts. */
export function parseName(text: string, least: number, most: number): DottedName {
  const parts = [...text.matchAll(/(?:^|\.)(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))/gy)].map(
    ([, quoted, plain]): NamePart => ({ text: quoted?.replaceAll('""', '"') ?? plain!, quoted: quoted !== undefined }),
  );
  const whole = parts.map(writePart).join('.').length === text.length;
  if (!whole || parts.length < least || parts.length > most) {
    const form = ['name', 'schema.name', 'database.schema.name', 'database.schema.table.column'].slice(least - 1, most);
    throw new DdlError(
      'DDL_IMPOSSIBLE',
      `${text} is not ${form.join(' or ')}; put names with other characters within double quotes`,
    );
  }
  return { parts };
}

/** Writes a dotted name as SQL. */
export function writeName({ parts }: DottedName): string {
  return parts.map(writePart).join('.');
}

function writePart({ text, quoted }: NamePart): string {
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes a text literal in which a backslash is an ordinary character (Amazon Redshift, `standard_conforming_strings`).
 */
export function plainLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes a text literal in which a backslash begins an escape sequence (Snowflake, "String & binary data types"). */
export function escapedLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
