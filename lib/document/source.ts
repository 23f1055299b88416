// Reads files that people write, in JSON or YAML, and finds the lines of their problems.

import { type Document, isCollection, isMap, isNode, isPair, LineCounter, type Node, parseDocument } from 'yaml';
import { ProtectorError } from '../base/errors.ts';
import { stepsOf } from './path.ts';
import { DocumentError, type Problem } from './problem.ts';

/** The text is not a document. The message says where parsing failed. */
export class SourceError extends ProtectorError<'SOURCE_MALFORMED'> {}

export type SourceFormat = 'json' | 'yaml';

/** A document that knows where its parts are in the text. */
export interface Source {
  readonly document: unknown;
  /** Adds the line to each problem of a `DocumentError`; returns any other error unchanged. */
  locate(error: unknown): unknown;
}

/** The most aliases, counted with all that they repeat. A file with more is an expansion bomb. */
const MAX_ALIASES = 1000;

/** Tells the format by the file name: YAML for `.yaml` and `.yml`, else JSON. */
export function sourceFormat(path: string): SourceFormat {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json';
}

/**
 * Parses a text. YAML is version 1.2 with the core schema: one document, no duplicate keys, no custom tags, at most
 * 1,000 aliases. Throws `SourceError`.
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
    // The first line of the message says what and where; the others quote the text.
    const [why] = (error as Error).message.split('\n');
    throw new SourceError('SOURCE_MALFORMED', `it is not YAML: ${why!.replace(/:$/, '')}`);
  }
}

/** Adds lines to the problems. JSON is YAML, so one parser serves both. A part that it cannot find gets no line. */
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

/** Returns the offset of a part, or of the nearest part around it: a missing member has no line of its own. */
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
