// Changes valid inputs: JSON by its structure, texts by their lines, everything by its bytes. Texts inside a JSON text
// that are themselves JSON, base64 or a token are changed inside.
import type { Random } from '../random.ts';
import { type Form, MARKER } from './door.ts';

export interface Mutation {
  readonly input: Buffer;
  /** False where bytes were changed blindly, which can move a value into the place of a name. */
  readonly keepsPlaces: boolean;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The longest repetition, in bytes. */
const LONG = 20_000;
/** The most that copies of an item add, in units of JSON: no gateway or stream carries more to a door. */
const MOST_COPIED = 2 ** 20;
const NUMBERS = [0, -0, -1, 0.5, 1e308, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), 1e21, 5e-324];
const TEXTS = ['', ' ', '0', '-1', 'null', '__proto__', 'constructor', 'toString', '\u0000', '\ud800', '\u212a', '😀'];
const NAMES = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', 'length', ''];
const BYTES = [0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x3a, 0x5b, 0x5c, 0x7b, 0x7f, 0x80, 0xc3, 0xff];

/** Changes a seed one to four times. */
export function mutated(seed: Buffer, others: readonly Buffer[], form: Form, random: Random): Mutation {
  let input = seed;
  let keepsPlaces = true;
  for (let left = random.between(1, 4); left > 0; left--) {
    const change = once(input, others, form, random);
    input = change.input;
    keepsPlaces &&= change.keepsPlaces;
  }
  return { input, keepsPlaces };
}

function once(input: Buffer, others: readonly Buffer[], form: Form, random: Random): Mutation {
  const json = form === 'bytes' ? undefined : parsed(input.toString());
  if (json !== undefined && (form === 'json' || !random.onceIn(3))) {
    const places = { kept: true };
    const text = JSON.stringify(changedJson(json, random, places));
    return { input: Buffer.from(text), keepsPlaces: places.kept };
  }
  if (form === 'json') return { input, keepsPlaces: true };
  if (form === 'text' && random.onceIn(2)) return { input: changedLines(input, random), keepsPlaces: false };
  return { input: changedBytes(input, others, random), keepsPlaces: false };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Changes one node, chosen at random on the way down. */
function changedJson(node: Json, random: Random, places: { kept: boolean }): Json {
  const isLeaf = typeof node !== 'object' || node === null;
  if (typeof node === 'string' && !random.onceIn(4)) return changedText(node, random, places);
  if (isLeaf || random.onceIn(12)) return oddValue(node, random);
  if (Array.isArray(node)) return changedList(node as readonly Json[], random, places);
  return changedMembers(node as { readonly [name: string]: Json }, random, places);
}

function changedList(before: readonly Json[], random: Random, places: { kept: boolean }): Json {
  const list = [...before];
  const at = random.below(list.length);
  const item = list[at];
  const choice = item === undefined ? 0 : random.below(12);
  if (choice === 0) list.splice(at, 0, oddValue(item ?? null, random));
  else if (choice === 1) list.splice(at, 1);
  else if (choice === 2) list.push(...copies(item!, random.below(300)));
  else list[at] = changedJson(item!, random, places);
  return list;
}

function copies(item: Json, count: number): Json[] {
  const most = Math.floor(MOST_COPIED / JSON.stringify(item).length);
  return Array<Json>(Math.min(count, most)).fill(item);
}

function changedMembers(before: { readonly [name: string]: Json }, random: Random, places: { kept: boolean }): Json {
  const members = Object.entries(before);
  const at = random.below(members.length);
  const choice = members.length === 0 ? 0 : random.below(12);
  if (choice === 0) members.push([random.pick(NAMES), oddValue(before, random)]);
  else if (choice === 1) members.splice(at, 1);
  else if (choice === 2) members[at]![0] = random.onceIn(2) ? random.pick(NAMES) : members[at]![0].toUpperCase();
  else members[at]![1] = changedJson(members[at]![1], random, places);
  // `fromEntries` makes `__proto__` a member like any other, as JSON.parse does.
  return Object.fromEntries(members);
}

function oddValue(before: Json, random: Random): Json {
  switch (random.below(9)) {
    case 0:
      return null;
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.pick(TEXTS);
    case 3:
      return random.onceIn(2);
    case 4:
      return random.onceIn(2) ? [] : [before];
    case 5:
      return random.onceIn(2) ? {} : { [random.pick(NAMES)]: before };
    case 6:
      return 'x'.repeat(random.below(LONG));
    case 7:
      return nested(random.between(2, 1500));
    default:
      return typeof before === 'number' ? before + random.pick([-1, 1, 0.5]) : [before, before];
  }
}

function nested(depth: number): Json {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Changes a text inside what it encodes, where it encodes something. */
function changedText(text: string, random: Random, places: { kept: boolean }): Json {
  const json = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  if (json !== undefined && !random.onceIn(4)) return JSON.stringify(changedJson(json, random, places));
  if (/^[\w-]+\.[\w-]+\.[\w-]+$|^\w+ [\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return changedToken(text, random);
  if (/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && !random.onceIn(4)) {
    return changedBytes(Buffer.from(text, 'base64'), [], random).toString('base64');
  }
  places.kept &&= json === undefined;
  return text.includes(MARKER) && random.onceIn(2)
    ? text + random.pick(TEXTS)
    : changedBytes(Buffer.from(text), [], random).toString();
}

/** Changes a part of a JSON Web Token: header or claims by their structure, the signature by its bytes. */
function changedToken(text: string, random: Random): string {
  const parts = text.split('.');
  const at = random.below(3);
  const [scheme, part] = at === 0 && parts[0]!.includes(' ') ? parts[0]!.split(' ') : [undefined, parts[at]];
  const bytes = Buffer.from(part!, 'base64url');
  const json = at < 2 ? parsed(bytes.toString()) : undefined;
  const changed =
    json === undefined
      ? changedBytes(bytes, [], random)
      : Buffer.from(JSON.stringify(changedJson(json, random, { kept: true })));
  parts[at] = `${scheme === undefined ? '' : `${scheme} `}${changed.toString('base64url')}`;
  return parts.join('.');
}

function changedLines(input: Buffer, random: Random): Buffer {
  const lines = input.toString('latin1').split('\n');
  const at = random.below(lines.length);
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, lines[random.below(lines.length)]!);
      break;
    case 2:
      lines[at] = (lines[at] ?? '').replace(/\d+/, String(random.pick(NUMBERS)));
      break;
    case 3:
      lines[at] = `${random.pick(['', ' ', '\t', '- ', '\u2014 ', '"'])}${lines[at]}`;
      break;
    case 4:
      lines.splice(at, 1, ...Array.from({ length: random.below(200) }, () => lines[at]!));
      break;
    default:
      [lines[0], lines[at]] = [lines[at]!, lines[0]!];
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}

function changedBytes(input: Buffer, others: readonly Buffer[], random: Random): Buffer {
  const at = random.below(input.length + 1);
  const length = Math.min(input.length - at, random.onceIn(4) ? random.below(input.length + 1) : random.below(8));
  const [head, cut, tail] = [input.subarray(0, at), input.subarray(at, at + length), input.subarray(at + length)];
  switch (random.below(7)) {
    case 0: {
      const copy = Buffer.from(input);
      if (at < copy.length) copy[at] = copy[at]! ^ (1 << random.below(8));
      return copy;
    }
    case 1:
      return Buffer.concat([head, Buffer.from([random.pick(BYTES)]), input.subarray(at + random.below(2))]);
    case 2:
      return Buffer.concat([head, tail]);
    case 3:
      return Buffer.from(head);
    case 4:
      return Buffer.concat([head, cut, cut, tail]);
    case 5: {
      const other = others.length === 0 ? input : random.pick(others);
      return Buffer.concat([head, other.subarray(random.below(other.length + 1))]);
    }
    default:
      return Buffer.concat([head, Buffer.alloc(random.below(random.onceIn(20) ? LONG : 40), random.pick(BYTES)), tail]);
  }
}
