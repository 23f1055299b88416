// Files as people write them: JSON or YAML, with the lines at which their problems are.

import { type Document, isCollection, isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import { ProtectorError } from '../base/errors.ts';
import { stepsOf } from './path.ts';
import { DocumentError, type Problem } from './problem.ts';

/** The text is no document at all; the message says where it stops being one. */
export class SourceError extends ProtectorError<'SOURCE_MALFORMED'> {}

export type SourceFormat = 'json' | 'yaml';

/** A document, and where its parts are in the text. */
export interface Source {
  readonly document: unknown;
  /** The same error with the line of each of its problems, if it is a `DocumentError`. */
  locate(error: unknown): unknown;
}

/** More aliases than this, counted with all that they repeat, and the file is a bomb rather than a document. */
const MAX_ALIASES = 1000;

/** YAML by its file name, else JSON. */
export function sourceFormat(path: string): SourceFormat {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json';
}

/**
 * Reads a text. YAML is version 1.2 with the core schema: one document, no key twice, no tags of its own, and aliases only
 * as far as they do not multiply (1,000). Throws `SourceError`.
 */
export function readSource(text: string, format: SourceFormat): Source {
  return {
    document: format === 'json' ? readJson(text) : readYaml(text),
    locate: (error) => (error instanceof DocumentError ? error.saying(located(text, error.problems)) : error),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new SourceError('SOURCE_MALFORMED', `it is not JSON: ${(error as Error).message}`);
  }
}

function readYaml(text: string): unknown {
  try {
    const document = parseDocument(text, { schema: 'core', prettyErrors: true });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    // The first line of a message says what and where; the others quote the text.
    const [why] = (error as Error).message.split('\n');
    throw new SourceError('SOURCE_MALFORMED', `it is not YAML: ${why!.replace(/:$/, '')}`);
  }
}

/** JSON is YAML, so that one reader finds the lines of both. What it cannot find goes without. */
function located(text: string, problems: readonly Problem[]): Problem[] {
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, { schema: 'core', lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
  } catch {
    return [...problems];
  }
  return problems.map((problem) => {
    const at = offsetOf(document, stepsOf(problem.path));
    return at === undefined ? problem : { ...problem, line: lines.linePos(at).line };
  });
}

/** Where the part is, or the nearest around it that is there: a member that is missing has no line. */
function offsetOf(document: Document, steps: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let at = offsetAt(node);
  for (const step of steps) {
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && keyText(item.key) === String(step))
      : undefined;
    const next = pair?.value ?? (isMap(node) ? undefined : node.get(step, true));
    if (next === undefined && pair === undefined) break;
    at = offsetAt(pair?.key) ?? offsetAt(next) ?? at;
    node = next;
  }
  return at;
}

function keyText(key: unknown): string {
  return String(isNode(key) ? (key as Node & { value?: unknown }).value : key);
}

function offsetAt(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
