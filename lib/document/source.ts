// Reads files that people write, in JSON or YAML, and finds the lines of their problems.

import { readJsonText } from './json-text.ts';
import { stepsOf } from './path.ts';
import { DocumentError, type Problem } from './problem.ts';
import { linesOf, type PlacedDocument } from './text-places.ts';
import { readYamlText } from './yaml-text.ts';

export type SourceFormat = 'json' | 'yaml';

/** A document that knows where its parts are in the text. */
export interface Source {
  readonly document: unknown;
  /** Adds the line to each problem of a `DocumentError`; returns any other error unchanged. */
  locate(error: unknown): unknown;
}

/** Tells the format by the file name: YAML for `.yaml` and `.yml`, else JSON. */
export function sourceFormat(path: string): SourceFormat {
  return /\.ya?ml$/i.test(path) ? 'yaml' : 'json';
}

/**
 * Parses a text, in a time that grows with its length and no faster: JSON of at most 16 MB, or YAML 1.2 of the core
 * schema of at most 1 MB, with one document, no custom tags and at most 1,000 aliases. Both have at most 100 levels, and no
 * object has a member twice. Throws `SourceError`.
 */
export function readSource(text: string, format: SourceFormat): Source {
  const placed = format === 'json' ? readJsonText(text) : readYamlText(text);
  return {
    document: placed.document,
    locate: (error) => (error instanceof DocumentError ? error.saying(located(text, placed, error.problems)) : error),
  };
}

/** Adds lines to the problems. A part without a place gets none. */
function located(text: string, { placeOf }: PlacedDocument, problems: readonly Problem[]): Problem[] {
  const lines = linesOf(text);
  return problems.map((problem) => {
    const at = placeOf(stepsOf(problem.path));
    return at === undefined ? problem : { ...problem, line: lines(at).line };
  });
}
