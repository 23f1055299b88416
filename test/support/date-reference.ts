// Tokens of dates after their description, over the platform's calendar and the reference FF1: it shares no code with
// the product.

import { createHash } from 'node:crypto';
import { aes, encrypt } from './ff1-reference.ts';
import { fixedKey } from './fixed-key.ts';

export interface DateOptions {
  readonly dateInClear?: 'none' | 'year' | 'month';
  readonly distinguishable?: boolean;
  readonly tokenizeTime?: boolean;
  readonly range?: { readonly from: string; readonly to: string };
  readonly staysClear?: readonly string[];
}

const [FIRST, LAST] = ['0600-01-01', '3337-11-27'];
const DAY_MS = 86_400_000;
const LATER_DAYS = 1_000_000;

function dayText(days: number): string {
  return new Date(Date.UTC(600, 0, 1) + days * DAY_MS).toISOString().slice(0, 10);
}

const EVERY_DATE = Array.from({ length: LATER_DAYS }, (_, days) => dayText(days)).filter(
  (date) => date < '1582-10-05' || date > '1582-10-14',
);
const LATER_DATES = Array.from({ length: LATER_DAYS }, (_, days) => dayText(LATER_DAYS + days));

/** Returns the token of an ISO date, which a time may follow: `1999-12-31`, `1999-12-31T23:59:59.5Z`. */
export function dateToken(elementId: string, options: DateOptions, value: string): string {
  const { dateInClear = 'none', range = { from: FIRST, to: LAST }, staysClear = [] } = options;
  const date = value.slice(0, 10);
  if (staysClear.includes(date)) return value;
  const clearOf = (text: string): string =>
    dateInClear === 'none' ? '' : dateInClear === 'year' ? text.slice(0, 4) : text.slice(5, 7);
  const inRange = EVERY_DATE.filter((other) => other >= range.from && other <= range.to);
  const avoided = inRange.filter((other) => staysClear.includes(other));
  const left = inRange.filter((other) => clearOf(other) === clearOf(date) && !avoided.includes(other));

  const time = /^.(\d\d):(\d\d)(?::(\d\d))?/.exec(value.slice(10));
  const [hour = 0, minute = 0, second = 0] = (time?.slice(1) ?? []).map((text) => Number(text ?? 0));
  const tokenized = options.tokenizeTime === true && time !== null;
  const steps = !tokenized ? 1 : time[3] === undefined ? 1440 : 86_400;
  const ofDay = steps === 1 ? 0 : steps === 1440 ? hour * 60 + minute : (hour * 60 + minute) * 60 + second;

  const cut = options.range !== undefined || avoided.length > 0;
  const bound = cut ? [`${number(range.from)}-${number(range.to)}`, ...avoided.map(number)].join(',') : '';
  const rank = walk(left.length * steps, left.indexOf(date) * steps + ofDay, tweak(clearOf(date), bound), elementId);
  // A distinguishable token stands a million days later; the skipped days leave a gap there too.
  const index = Math.floor(rank / steps);
  const token = options.distinguishable === true ? laterDate(index) : left[index]!;
  if (!tokenized) return token + value.slice(10);
  const inDay = rank % steps;
  const parts = steps === 1440 ? [inDay / 60, inDay] : [inDay / 3600, inDay / 60, inDay];
  const shown = parts.map((part, i) => String(Math.floor(part) % (i === 0 ? 24 : 60)).padStart(2, '0')).join(':');
  return token + value.charAt(10) + shown + value.slice(11 + shown.length);
}

function laterDate(index: number): string {
  const gap = EVERY_DATE.indexOf('1582-10-15');
  return LATER_DATES[index < gap ? index : index + 10]!;
}

function number(date: string): number {
  return Number(date.replaceAll('-', ''));
}

/** The tweak after the description in lib/protect/tweak.ts. */
function tweak(left: string, right: string): Uint8Array {
  if (left === '' && right === '') return new Uint8Array(0);
  const parts = [left, right, ''].flatMap((part) => [Buffer.of(part.length >> 8, part.length & 255), Buffer.from(part)]);
  const encoded = Buffer.concat([Buffer.of(1), ...parts]);
  if (encoded.length <= 40) return encoded;
  return Buffer.concat([Buffer.of(2), createHash('sha256').update(encoded).digest()]);
}

function walk(size: number, rank: number, tweakBytes: Uint8Array, elementId: string): number {
  if (rank < 0) throw new Error('No date of the set');
  const length = size <= 2 ** 32 ? 2 : 4;
  let radix = 10;
  while (radix ** length < size) radix++;
  let numerals = Array.from({ length }, (_, i) => Math.floor(rank / radix ** (length - 1 - i)) % radix);
  const cipher = aes(fixedKey(elementId));
  let result = size;
  while (result >= size) {
    numerals = encrypt(cipher, radix, tweakBytes, numerals);
    result = numerals.reduce((sum, numeral) => sum * radix + numeral, 0);
  }
  return result;
}
