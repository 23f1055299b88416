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
  /** Returns the line, from 1, of the part at a path such as `$.tests[2]`, or of the nearest part around it. */
  lineOf(path: string): number | undefined;
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
  const lineOf = lineFinder(text, placed);
  return {
    document: placed.document,
    locate: (error) => (error instanceof DocumentError ? error.saying(located(lineOf, error.problems)) : error),
    lineOf,
  };
}

/** Returns the function that finds the line of a part. A part without a place has none. */
function lineFinder(text: string, { placeOf }: PlacedDocument): Source['lineOf'] {
  let lines: ReturnType<typeof linesOf> | undefined;
  return (path) => {
    const at = placeOf(stepsOf(path));
    return at === undefined ? undefined : (lines ??= linesOf(text))(at).line;
  };
}

/** Adds lines to the problems. */
function located(lineOf: Source['lineOf'], problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => {
    const line = lineOf(problem.path);
    return line === undefined ? problem : { ...problem, line };
  });
}
