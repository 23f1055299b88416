// Documents in YAML.

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  Lexer,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { MAX_DEPTH } from '../base/read-json.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import { memberStep } from './path.ts';
import { SourceError } from './source-error.ts';
import { type PlacedDocument, placeText } from './text-places.ts';

/** 1 MB takes the library one or two seconds, whatever it holds. */
const MAX_LENGTH = 1024 * 1024;
/** The most aliases, counted with all that they repeat. A file with more is an expansion bomb. */
const MAX_ALIASES = 1000;

/**
 * Parses a text as one document of YAML 1.2, core schema, in a time that grows with its length and no faster: the
 * library's check of unique keys compares each key with each other, and its readable errors look up the line of each.
 */
export function yamlTree(text: string): Document.Parsed {
  // A text may have a million errors.
  return withoutStackTraces(() =>
    parseDocument(text, { schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'error' }),
  );
}

/**
 * Reads a text of at most 1 MB (UTF-16 units), 100 levels and 1,000 aliases: one document, no custom tags, no key that a
 * map has twice. Throws `SourceError`.
 */
export function readYamlText(text: string): PlacedDocument {
  if (text.length > MAX_LENGTH) throw malformed('it has more than 1 MB: write it in JSON, which may have 16 MB');
  checkFlowLevels(text);
  const tree = yamlTree(text);
  const [error] = [...tree.errors, ...tree.warnings];
  // The first line of the message says what; others may quote the text.
  if (error !== undefined) throw wrong(error.message.split('\n')[0]!, text, error.pos[0]);
  checkTree(tree.contents, '$', 1, text);
  let document: unknown;
  try {
    document = tree.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (failure) {
    throw wrong((failure as Error).message.split('\n')[0]!);
  }
  const members = new WeakMap<YAMLMap, ReadonlyMap<string, unknown>>();
  return { document, placeOf: (steps) => placeOf(tree, steps, members) };
}

/** Throws `SourceError` for too many lists and maps in brackets, each of which the library keeps with all around it. */
function checkFlowLevels(text: string): void {
  let level = 0;
  let at = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (!isScalar && (token === '[' || token === '{') && ++level > MAX_DEPTH) {
      throw wrong(`more than ${MAX_DEPTH} levels`, text, at);
    }
    if (!isScalar && (token === ']' || token === '}')) level--;
    isScalar = token === SCALAR;
    // Marks of documents and scalars are no part of the text.
    if (token !== SCALAR && token !== DOCUMENT && token !== FLOW_END) at += token.length;
  }
}

/** Tokens of the library's lexer that stand for a place: before a scalar, a document, and behind an unfinished list. */
const [SCALAR, DOCUMENT, FLOW_END] = ['\u001f', '\u0002', '\u0018'];

function wrong(why: string, text?: string, at?: number): SourceError {
  const place = text === undefined || at === undefined ? '' : ` ${placeText(text, at)}`;
  return malformed(`it is not YAML: ${why.replace(/:$/, '')}${place}`);
}

function malformed(message: string): SourceError {
  return new SourceError('SOURCE_MALFORMED', message);
}

/** Throws `SourceError` for a map that has a key twice, as text, and for too many levels. */
function checkTree(node: unknown, path: string, level: number, text: string): void {
  if (!isCollection(node)) return;
  if (level > MAX_DEPTH) throw wrong(`more than ${MAX_DEPTH} levels`, text, offsetAt(node));
  const names = new Set<string>();
  for (const [i, item] of (node.items as unknown[]).entries()) {
    if (!isPair(item)) {
      checkTree(item, `${path}[${i}]`, level + 1, text);
      continue;
    }
    const name = keyText(item.key);
    if (names.has(name)) {
      throw malformed(`${path}${memberStep(name)} is given twice, again ${placeText(text, offsetAt(item.key) ?? 0)}`);
    }
    names.add(name);
    checkTree(item.key, path, level + 1, text);
    checkTree(item.value, path + memberStep(name), level + 1, text);
  }
}

/** Returns the offset of a part, or of the nearest part around it. */
function placeOf(
  { contents }: Document.Parsed,
  steps: readonly (string | number)[],
  known: WeakMap<YAMLMap, ReadonlyMap<string, unknown>>,
): number | undefined {
  let node: unknown = contents;
  let at = offsetAt(node);
  for (const step of steps) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? memberOf(node, String(step), known) : undefined;
    const next = isPair(pair) ? pair.value : isMap(node) ? undefined : node.get(step, true);
    if (next === undefined && pair === undefined) break;
    at = (isPair(pair) ? offsetAt(pair.key) : undefined) ?? offsetAt(next) ?? at;
    node = next;
  }
  return at;
}

/** Finds a member by its key. The members of a map are indexed once: a file may have as many problems as members. */
function memberOf(map: YAMLMap, key: string, known: WeakMap<YAMLMap, ReadonlyMap<string, unknown>>): unknown {
  let members = known.get(map);
  if (members === undefined) {
    members = new Map(map.items.filter(isPair).map((item) => [keyText(item.key), item]));
    known.set(map, members);
  }
  return members.get(key);
}

function keyText(key: unknown): string {
  if (isAlias(key)) return `*${key.source}`;
  return String(isNode(key) ? (key as Node & { value?: unknown }).value : key);
}

function offsetAt(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
