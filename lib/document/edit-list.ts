// Changes lists in the text of a file. Everything else stays as its author wrote it: comments, order, line breaks. A new item
// is written as its neighbours are: in lines or in braces.

import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { SourceError } from './source-error.ts';
import { readSource, type SourceFormat } from './source.ts';
import { yamlTree } from './yaml-text.ts';

/** Members and indexes from the root of a document to a part of it. */
export type Steps = readonly (string | number)[];

type Item = string | Readonly<Record<string, unknown>>;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A text, its format, and the nodes of one list in it. */
interface Place {
  readonly text: string;
  readonly format: SourceFormat;
  readonly list: YAMLSeq;
}

/**
 * Appends an item to a list, and returns the new text. A list that the document itself lacks is made. Throws `SourceError`
 * for a file that this cannot edit, such as one with an alias in place of the list.
 */
export function appendItem(text: string, format: SourceFormat, path: Steps, item: Item): string {
  const root = rootOf(text);
  const list: unknown = root.getIn(path, true);
  const isNew = list === undefined && path.length === 1;
  if (!isNew && !isSeq(list)) throw notEditable();
  const edit = isSeq(list)
    ? intoList({ text, format, list }, item)
    : newList(text, format, root, String(path[0]), item);
  return applied(text, format, edit, path, (items) => [...items, item]);
}

/** Replaces an item of a list. Returns and throws as `appendItem` does. Comments inside the item are lost. */
export function replaceItem(text: string, format: SourceFormat, path: Steps, index: number, item: Item): string {
  const place = placeOf(text, format, path);
  const old = itemOf(place, index);
  const from = old.range![0];
  const edit = { from, to: endOf(text, old), text: inStyleOf(place, old, columnOf(text, from), item) };
  return applied(text, format, edit, path, (items) => items.with(index, item));
}

/** Removes an item of a list. Returns and throws as `appendItem` does. */
export function removeItem(text: string, format: SourceFormat, path: Steps, index: number): string {
  const place = placeOf(text, format, path);
  return applied(text, format, without(place, index), path, (items) => items.toSpliced(index, 1));
}

function rootOf(text: string): YAMLMap {
  const root = yamlTree(text).contents;
  if (!isMap(root)) throw notEditable();
  return root;
}

function placeOf(text: string, format: SourceFormat, path: Steps): Place {
  const list: unknown = rootOf(text).getIn(path, true);
  if (!isSeq(list)) throw notEditable();
  return { text, format, list };
}

function itemOf({ list }: Place, index: number): Node {
  const item = list.items[index] as Node | undefined;
  if (item?.range === undefined || item.range === null) throw notEditable();
  return item;
}

function intoList(place: Place, item: Item): Edit {
  const { text, format, list } = place;
  if (list.items.length === 0) return intoEmpty(place, item);
  const last = itemOf(place, list.items.length - 1);
  const at = endOf(text, last);
  const start = last.range![0];
  const before = text.slice(lineStart(text, start), start);
  const own = inStyleOf(place, last, columnOf(text, start), item);
  if (list.flow === true)
    return insertion(at, /^\s+$/.test(before) ? `,\n${before}${own}` : `, ${inBraces(item, format)}`);
  // In a block list, the dash stands before its item.
  const indent = before.slice(0, before.indexOf('-'));
  return insertion(lineEnd(text, at), `\n${indent}- ${own}`);
}

/** Writes the first item of a list in brackets: on a line of its own where the list is not on the first line of its file. */
function intoEmpty({ text, format, list }: Place, item: Item): Edit {
  const [from, to] = list.range!;
  const lineAt = lineStart(text, from);
  if (format === 'yaml' || lineAt === 0) return { from, to, text: `[${inBraces(item, format)}]` };
  const indent = /^\s*/.exec(text.slice(lineAt))![0];
  return { from, to, text: `[\n${indent}  ${inLines(item, format, `${indent}  `)}\n${indent}]` };
}

/** Writes a new list as the first member of a document in braces, or as the last member of a block document. */
function newList(text: string, format: SourceFormat, root: YAMLMap, member: string, item: Item): Edit {
  if (root.flow !== true) {
    return insertion(lineEnd(text, endOf(text, root)), `\n${member}:\n  - ${inLines(item, format, '    ')}`);
  }
  const at = root.range![0] + 1;
  const [indent = ' '] = /^\s*/.exec(text.slice(at)) ?? [];
  const list = `${JSON.stringify(member)}: [${inBraces(item, format)}]`;
  return insertion(at, `${indent || ' '}${list}${root.items.length === 0 ? '' : ','}`);
}

function without(place: Place, index: number): Edit {
  const { text, list } = place;
  const item = itemOf(place, index);
  const [from, to] = [item.range![0], endOf(text, item)];
  const count = list.items.length;
  if (list.flow === true) {
    if (index + 1 < count) return { from, to: itemOf(place, index + 1).range![0], text: '' };
    return index === 0 ? { from, to, text: '' } : { from: endOf(text, itemOf(place, index - 1)), to, text: '' };
  }
  const start = lineStart(text, from);
  const dash = text.indexOf('-', start);
  if (count === 1) return { from: dash, to, text: '[]' };
  const end = lineEnd(text, to);
  return end === text.length ? { from: start - 1, to: end, text: '' } : { from: start, to: end + 1, text: '' };
}

/** Writes an item as another one of its list is written. `column`: where it begins in its line. */
function inStyleOf({ text, format, list }: Place, other: Node, column: number, item: Item): string {
  const isBlock = isMap(other) && other.flow !== true;
  const isSpread = list.flow === true && text.slice(other.range![0], endOf(text, other)).includes('\n');
  return isBlock || isSpread ? inLines(item, format, ' '.repeat(column)) : inBraces(item, format);
}

/** Writes each member on a line of its own: in braces in JSON, as a block in YAML. `indent`: of the item itself. */
function inLines(item: Item, format: SourceFormat, indent: string): string {
  if (typeof item === 'string') return inBraces(item, format);
  const members = membersOf(item, format);
  if (format === 'yaml') return members.join(`\n${indent}`);
  return `{\n${members.map((member) => `${indent}  ${member}`).join(',\n')}\n${indent}}`;
}

/** Writes a value in one line: `{ "id": "x", "n": [1] }`, in YAML with no quotes that it does not need. */
function inBraces(value: unknown, format: SourceFormat): string {
  if (Array.isArray(value)) return `[${value.map((each) => inBraces(each, format)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${membersOf(value, format).join(', ')} }`;
  return typeof value === 'string' ? quoted(value, format) : JSON.stringify(value);
}

function membersOf(item: object, format: SourceFormat): string[] {
  return Object.entries(item).flatMap(([name, value]) => {
    return value === undefined ? [] : [`${quoted(name, format)}: ${inBraces(value, format)}`];
  });
}

/** Words that YAML, in any of its versions, reads as something other than text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function quoted(text: string, format: SourceFormat): string {
  const isPlain = format === 'yaml' && /^[A-Za-z][\w-]*$/.test(text) && !NO_TEXT.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function insertion(at: number, text: string): Edit {
  return { from: at, to: at, text };
}

/** Returns the offset after the last character of a node. A block list ends with its last line break, which is left out. */
function endOf(text: string, { range }: Node): number {
  const [from, end] = range!;
  return from + text.slice(from, end).trimEnd().length;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Returns the offset of the line's end, after a comment that may follow. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Applies an edit and reads the result back: an edit that changes anything else must not reach the file. */
function applied(
  text: string,
  format: SourceFormat,
  { from, to, text: added }: Edit,
  path: Steps,
  change: (items: readonly unknown[]) => unknown[],
): string {
  const edited = text.slice(0, from) + added + text.slice(to);
  const expected = changed(readSource(text, format).document, path, (list) =>
    change((list as unknown[] | undefined) ?? []),
  );
  if (!isDeepStrictEqual(readAgain(edited, format), plain(expected))) throw notEditable();
  return edited;
}

function readAgain(text: string, format: SourceFormat): unknown {
  try {
    return readSource(text, format).document;
  } catch (error) {
    throw error instanceof SourceError ? notEditable() : error;
  }
}

/** Returns a copy of a document with one part changed. */
function changed(part: unknown, [step, ...rest]: Steps, change: (part: unknown) => unknown): unknown {
  if (step === undefined) return change(part);
  if (Array.isArray(part)) return part.with(Number(step), changed(part[Number(step)], rest, change));
  const members = part as Record<string, unknown>;
  return { ...members, [step]: changed(members[step], rest, change) };
}

/** Leaves out members without a value, which no text has. */
function plain(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document)) as unknown;
}

function notEditable(): SourceError {
  return new SourceError('SOURCE_MALFORMED', 'the file is written in a way that only a person can edit');
}
