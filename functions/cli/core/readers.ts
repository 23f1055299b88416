// How the text of an option or argument becomes its value.
import type { Io } from './io.ts';

/** Turns the text of an option into its value. Throws `InvalidValue`. */
export type Reader<T> = (text: string, io: Io) => T;

/** The text is no value of the option; the message says what it must look like. */
export class InvalidValue extends Error {}

/** A path, resolved against the working directory. */
export function path(text: string, io: Io): string {
  return io.at(text);
}

/** A path, or an address such as `s3://bucket/prefix`. */
export function place(text: string, io: Io): string {
  return text.includes('://') ? text : io.at(text);
}

/** A path, or `-` for standard input. */
export function pathOrStdin(text: string, io: Io): string {
  return text === '-' ? text : io.at(text);
}

/** A number of things. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidValue('It must be a whole number from 1.');
  return value;
}

/** A share in percent, from 0 to 100. */
export function percent(text: string): number {
  const value = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(value >= 0 && value <= 100)) throw new InvalidValue('It must be 0 to 100.');
  return value;
}

/** A TCP port; 0 takes a free one. */
export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidValue('It must be 0 to 65535.');
  return value;
}

/** A time. A date is its first moment, in UTC. */
export function time(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidValue('It looks like 2026-11-24 or 2026-11-24T10:00:00Z.');
  return date;
}
