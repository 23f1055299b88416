// Changes members of one object in the text of a file. Comments, order and line breaks stay as the author wrote them.

import { isMap, isPair, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Steps } from './edit-list.ts';
import { SourceError } from './source-error.ts';
import { readSource, type SourceFormat } from './source.ts';
import { yamlTree } from './yaml-text.ts';

type Members = Readonly<Record<string, string | number | readonly (string | number)[]>>;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Sets members of the object at a path: replaces the ones that it has, and inserts the others after its member `after`. Throws
 * `SourceError` for an object that cannot be edited as text, such as a YAML alias.
 */
export function setMembers(text: string, format: SourceFormat, path: Steps, after: string, members: Members): string {
  const tree = yamlTree(text);
  const object = path.length === 0 ? tree.contents : tree.getIn(path, true);
  const anchor = isMap(object) ? pairOf(object, after) : undefined;
  if (!isMap(object) || anchor === undefined) throw notEditable();
  const edits = Object.entries(members).map(([member, value]): Edit => {
    const pair = pairOf(object, member);
    if (pair !== undefined) return { ...valueSpan(text, pair), text: JSON.stringify(value) };
    return insertion(text, object, anchor, member, JSON.stringify(value));
  });
  // From the end, so that offsets stay valid; of two edits at one place the later one first, which keeps their order.
  const edited = edits
    .toReversed()
    .toSorted((a, b) => b.from - a.from)
    .reduce(applied, text);
  checkEdited(text, edited, format, path, members);
  return edited;
}

/** Inserts a member after another one, formatted as it is: on a line of its own, or on the same line. */
function insertion(text: string, object: YAMLMap, anchor: Pair, member: string, value: string): Edit {
  const keyAt = isScalar(anchor.key) ? anchor.key.range![0] : undefined;
  if (keyAt === undefined) throw notEditable();
  const lineAt = text.lastIndexOf('\n', keyAt) + 1;
  const end = valueSpan(text, anchor).to;
  if (object.flow !== true) {
    const lineEnd = text.indexOf('\n', end);
    const at = lineEnd === -1 ? text.length : lineEnd;
    return { from: at, to: at, text: `\n${' '.repeat(keyAt - lineAt)}${member}: ${value}` };
  }
  const indent = text.slice(lineAt, keyAt);
  const before = /^\s*$/.test(indent) ? `,\n${indent}` : ', ';
  return { from: end, to: end, text: `${before}"${member}": ${value}` };
}

function applied(text: string, { from, to, text: inserted }: Edit): string {
  return text.slice(0, from) + inserted + text.slice(to);
}

/** Reads the edited text again, and throws unless it means exactly what was asked for. */
function checkEdited(before: string, after: string, format: SourceFormat, path: Steps, members: Members): void {
  const expected = readSource(before, format).document;
  const object = path.reduce<unknown>((part, step) => (part as Record<string, unknown>)[step], expected);
  Object.assign(object as object, members);
  if (sorted(readSource(after, format).document) !== sorted(expected)) throw notEditable();
}

/** Writes JSON with sorted object members, to compare documents. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
}

/** Returns the span of a value, from its first character to after its last one. */
function valueSpan(text: string, { value }: Pair): { from: number; to: number } {
  const range = (value as { range?: readonly [number, number, number] | null } | null)?.range;
  if (range === undefined || range === null) throw notEditable();
  const [from, end] = range; // the range of a block list includes its last line break
  return { from, to: from + text.slice(from, end).trimEnd().length };
}

function notEditable(): SourceError {
  return new SourceError('SOURCE_MALFORMED', 'this part is written in a form that must be edited by hand');
}
