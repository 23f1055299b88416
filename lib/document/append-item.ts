// Adds an item to a list in the text of a file. Everything else stays as its author wrote it: comments, order, line
// breaks.

import { isDeepStrictEqual } from 'node:util';
import { isMap, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { SourceError } from './source-error.ts';
import { readSource, type SourceFormat } from './source.ts';
import { yamlTree } from './yaml-text.ts';

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Appends `item` to the list `member` of the document, creating the list if it is absent, and returns the new text.
 * Throws `SourceError` for a file that this cannot edit, such as one with an alias in place of the list.
 */
export function appendItem(text: string, format: SourceFormat, member: string, item: object): string {
  const root = yamlTree(text).contents;
  if (!isMap(root)) throw notEditable();
  const list: unknown = root.get(member, true);
  if (list !== undefined && !isSeq(list)) throw notEditable();
  const { at, text: added } = isSeq(list) ? intoList(text, list, item) : newList(text, root, member, item);
  const edited = text.slice(0, at) + added + text.slice(at);
  // Read back: an edit that changes anything else must not reach the file.
  const before = readSource(text, format).document as Record<string, unknown>;
  const expected = { ...before, [member]: [...((before[member] as unknown[] | undefined) ?? []), item] };
  if (!isDeepStrictEqual(readSource(edited, format).document, expected)) throw notEditable();
  return edited;
}

function intoList(text: string, list: YAMLSeq, item: object): Insertion {
  const json = spaced(item);
  const last = list.items.at(-1) as Node | undefined;
  if (last === undefined) return { at: list.range![0] + 1, text: json };
  const at = endOf(text, last);
  const lineAt = text.lastIndexOf('\n', last.range![0]) + 1;
  const before = text.slice(lineAt, last.range![0]);
  if (list.flow === true) return { at, text: /^\s+$/.test(before) ? `,\n${before}${json}` : `, ${json}` };
  // In a block list, the dash stands before its item.
  return { at: lineEnd(text, at), text: `\n${before.slice(0, before.indexOf('-'))}- ${json}` };
}

/** Writes a new list as the first member of a document in braces, or as the last member of a block document. */
function newList(text: string, root: YAMLMap, member: string, item: object): Insertion {
  const json = spaced(item);
  if (root.flow !== true) return { at: lineEnd(text, endOf(text, root)), text: `\n${member}:\n  - ${json}` };
  const at = root.range![0] + 1;
  const [indent = ' '] = /^\s*/.exec(text.slice(at)) ?? [];
  return { at, text: `${indent || ' '}"${member}": [${json}]${root.items.length === 0 ? '' : ','}` };
}

/**
 * Returns the offset after the last character of a node. A block list ends with its last line break, which is left out.
 */
function endOf(text: string, { range }: Node): number {
  const [from, end] = range!;
  return from + text.slice(from, end).trimEnd().length;
}

/** Returns the offset of the line's end, after a comment that may follow. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Writes JSON with spaces: `{ "id": "x", "n": 1 }`. */
function spaced(item: object): string {
  const members = Object.entries(item).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{ ${members.join(', ')} }`;
}

function notEditable(): SourceError {
  return new SourceError('SOURCE_MALFORMED', 'the file is written in a way that only a person can edit');
}
