// SQL as text: statements with what they are for, names and literals that hold whatever a policy calls its elements.
import { ProtectorError } from '../base/errors.ts';

/** What was asked for cannot be written as SQL; the message says what of it. */
export class DdlError extends ProtectorError<'DDL_IMPOSSIBLE'> {}

export interface Statement {
  /** Lines above it. @default none */
  readonly comment?: string;
  /** Without the semicolon. */
  readonly sql: string;
}

export interface Script {
  /** What to know and do before it is run, a line each. */
  readonly head: readonly string[];
  readonly statements: readonly Statement[];
}

/** The script as a file. */
export function renderScript({ head, statements }: Script): string {
  return `${head.map(commented).join('')}${renderStatements(statements)}`;
}

/** Statements with their semicolons. What has a comment begins a block of its own. */
export function renderStatements(statements: readonly Statement[]): string {
  return statements
    .map(({ comment, sql }) => `${comment === undefined ? '' : `\n${commented(comment)}`}${sql};\n`)
    .join('');
}

/** Lines of comment. What would end one, or hide what follows, is shown as a blank: names come from policies. */
function commented(text: string): string {
  const lines = text.split('\n').map((line) => line.replaceAll(/[\p{C}\u2028\u2029]/gu, ' ').trimEnd());
  return lines.map((line) => `${line === '' ? '--' : `-- ${line}`}\n`).join('');
}

/**
 * An identifier within double quotes, where it needs them (SQL:2016, 5.2: `<delimited identifier>`). A word without an underscore gets them
 * too: it may be a reserved one. Throws `DdlError` for more than `maxBytes` bytes of UTF-8, and for what cannot be printed.
 */
export function identifier(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) > maxBytes) throw new DdlError('DDL_IMPOSSIBLE', `${name} is too long for a name in SQL`);
  if (/\p{C}/u.test(name)) {
    throw new DdlError('DDL_IMPOSSIBLE', `${JSON.stringify(name)} holds what cannot be printed, and is no name in SQL`);
  }
  const isPlain = /^(?!(?:current|local|session|system)_)(?=.*_)[a-z_][a-z0-9_]*$/i.test(name);
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A name of several parts as people write it, such as `hr."my table"."a.b"`: its parts, those without quotes as they are. */
export interface DottedName {
  readonly parts: readonly NamePart[];
}

export interface NamePart {
  readonly text: string;
  /** Written within quotes: its case is meant. */
  readonly quoted: boolean;
}

/** Throws `DdlError` for what is no name, or has another number of parts than `least` to `most`. */
export function parseName(text: string, least: number, most: number): DottedName {
  const parts = [...text.matchAll(/(?:^|\.)(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))/gy)].map(
    ([, quoted, plain]): NamePart => ({ text: quoted?.replaceAll('""', '"') ?? plain!, quoted: quoted !== undefined }),
  );
  const whole = parts.map(writePart).join('.').length === text.length;
  if (!whole || parts.length < least || parts.length > most) {
    const form = ['name', 'schema.name', 'database.schema.name', 'database.schema.table.column'].slice(least - 1, most);
    throw new DdlError('DDL_IMPOSSIBLE', `${text} is not ${form.join(' or ')}; odd names go within double quotes`);
  }
  return { parts };
}

export function writeName({ parts }: DottedName): string {
  return parts.map(writePart).join('.');
}

function writePart({ text, quoted }: NamePart): string {
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text literal where a backslash is a character like any other (Amazon Redshift, `standard_conforming_strings`). */
export function plainLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text literal where a backslash begins an escape sequence (Snowflake, "String & binary data types"). */
export function escapedLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
