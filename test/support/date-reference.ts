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

/** Days since 1970-01-01. */
const dayOf = (date: string): number => Date.parse(date) / DAY_MS;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

const SKIPPED = { from: dayOf('1582-10-05'), to: dayOf('1582-10-14') };

/** Returns the token of an ISO date, which a time may follow: `1999-12-31`, `1999-12-31T23:59:59.5Z`. */
export function dateToken(elementId: string, options: DateOptions, value: string): string {
  const { dateInClear = 'none', range = { from: FIRST, to: LAST }, staysClear = [] } = options;
  const date = value.slice(0, 10);
  if (staysClear.includes(date)) return value;
  const clear = { none: '', year: date.slice(0, 4), month: date.slice(5, 7) }[dateInClear];
  const avoided = [...new Set(staysClear)].toSorted().filter((day) => day >= range.from && day <= range.to);
  const left = daysLeft({ ...options, range, staysClear: avoided }, clear);

  const time = /^.(\d\d):(\d\d)(?::(\d\d))?/.exec(value.slice(10));
  const [hour = 0, minute = 0, second = 0] = (time?.slice(1) ?? []).map((text) => Number(text ?? 0));
  const tokenized = options.tokenizeTime === true && time !== null;
  const steps = !tokenized ? 1 : time[3] === undefined ? 1440 : 86_400;
  const ofDay = steps === 1 ? 0 : steps === 1440 ? hour * 60 + minute : (hour * 60 + minute) * 60 + second;

  const isCut = options.range !== undefined || avoided.length > 0;
  const cut = isCut ? [`${number(range.from)}-${number(range.to)}`, ...avoided.map(number)].join(',') : '';
  const rank = walk(left.length * steps, left.indexOf(dayOf(date)) * steps + ofDay, tweak(clear, cut), elementId);
  const index = Math.floor(rank / steps);
  const token = dateOf(options.distinguishable === true ? laterDay(index) : left[index]!);
  if (!tokenized) return token + value.slice(10);
  const inDay = rank % steps;
  const parts = steps === 1440 ? [inDay / 60, inDay] : [inDay / 3600, inDay / 60, inDay];
  const shown = parts.map((part, i) => String(Math.floor(part) % (i === 0 ? 24 : 60)).padStart(2, '0')).join(':');
  return token + value.charAt(10) + shown + value.slice(11 + shown.length);
}

const known = new Map<string, Int32Array>();

/** Lists the days that a value may become: those of the range with its clear part, without those to avoid. */
function daysLeft(options: DateOptions & Pick<Required<DateOptions>, 'range' | 'staysClear'>, clear: string) {
  const key = JSON.stringify([options.range, options.staysClear, clear]);
  let days = known.get(key);
  if (days === undefined) {
    const avoided = new Set(options.staysClear.map(dayOf));
    const year = options.dateInClear === 'year' ? [`${clear}-01-01`, `${clear}-12-31`].map(dayOf) : [];
    const from = Math.max(dayOf(options.range.from), year[0] ?? -Infinity);
    const to = Math.min(dayOf(options.range.to), year[1] ?? Infinity);
    days = Int32Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((day) => {
      if (avoided.has(day) || (day >= SKIPPED.from && day <= SKIPPED.to)) return false;
      return options.dateInClear !== 'month' || new Date(day * DAY_MS).getUTCMonth() + 1 === Number(clear);
    });
    known.set(key, days);
  }
  return days;
}

/** A distinguishable token stands a million days later; the skipped days leave a gap there too. */
function laterDay(index: number): number {
  const day = dayOf(FIRST) + index;
  return LATER_DAYS + (day < SKIPPED.from ? day : day + 10);
}

function number(date: string): number {
  return Number(date.replaceAll('-', ''));
}

/** The tweak after the description in lib/protect/tweak.ts. */
function tweak(left: string, right: string): Uint8Array {
  if (left === '' && right === '') return new Uint8Array(0);
  const parts = [left, right, ''].flatMap((part) => [
    Buffer.of(part.length >> 8, part.length & 255),
    Buffer.from(part),
  ]);
  const encoded = Buffer.concat([Buffer.of(1), ...parts]);
  if (encoded.length <= 40) return encoded;
  return Buffer.concat([Buffer.of(2), createHash('sha256').update(encoded).digest()]);
}

function walk(size: number, rank: number, tweakBytes: Uint8Array, elementId: string): number {
  if (rank < 0) throw new Error('The value is no date of the set');
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
