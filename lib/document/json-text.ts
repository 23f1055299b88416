// Documents in JSON.

import { JsonError, readJson } from '../base/read-json.ts';
import { memberStep } from './path.ts';
import { SourceError } from './source-error.ts';
import { type PlacedDocument, placeText } from './text-places.ts';

/** 16 MB take about a second. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Reads a text of at most 16 MB (UTF-16 units) and 100 levels, without a member that an object has twice. Throws
 * `SourceError`, which quotes nothing but the names of members.
 */
export function readJsonText(text: string): PlacedDocument {
  if (text.length > MAX_LENGTH) throw new SourceError('SOURCE_MALFORMED', 'it has more than 16 MB');
  let repeated: { readonly container: object; readonly name: string; readonly at: number } | undefined;
  const document = read(text, (container, name, at) => {
    if (typeof name === 'string' && Object.hasOwn(container, name)) repeated ??= { container, name, at };
  });
  if (repeated !== undefined) {
    const path = `${pathTo(document, repeated.container, '$') ?? '$'}${memberStep(repeated.name)}`;
    throw new SourceError('SOURCE_MALFORMED', `${path} is given twice, again ${placeText(text, repeated.at)}`);
  }
  let places: Places | undefined;
  return { document, placeOf: (steps) => (places ??= placesOf(text)).of(steps) };
}

type Part = (container: object, name: string | number, at: number) => void;

function read(text: string, part: Part): unknown {
  try {
    return readJson(text, { number: Number, part });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new SourceError('SOURCE_MALFORMED', `${error.message} ${placeText(text, error.at)}`);
  }
}

interface Places {
  readonly of: PlacedDocument['placeOf'];
}

/** Reads the text once more: most documents have no problems that need places. */
function placesOf(text: string): Places {
  const parts = new WeakMap<object, Map<string | number, number>>();
  const document = read(text, (container, name, at) => {
    const known = parts.get(container) ?? new Map<string | number, number>();
    parts.set(container, known.set(name, at));
  });
  return {
    of: (steps) => {
      let at = text.search(/\S/);
      let part: unknown = document;
      for (const step of steps) {
        const next = parts.get(Object(part) as object)?.get(step);
        if (next === undefined) break;
        at = next;
        part = (part as Readonly<Record<string | number, unknown>>)[step];
      }
      return at;
    },
  };
}

/** Returns the path of a container in the document. */
function pathTo(part: unknown, container: object, path: string): string | undefined {
  if (part === container) return path;
  if (typeof part !== 'object' || part === null) return undefined;
  for (const [name, value] of Object.entries(part)) {
    const found = pathTo(value, container, path + (Array.isArray(part) ? `[${name}]` : memberStep(name)));
    if (found !== undefined) return found;
  }
  return undefined;
}
