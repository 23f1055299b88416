import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DIR } from '../workspace.ts';

/** `--dir`: every command that works in a workspace has it. */
export const directory = new Option('--dir <dir>', 'the directory with policy, keys and audit trail').default(
  DEFAULT_DIR,
);

/** `--json`: what programs read, alone on standard output. */
export const json = new Option('--json', 'as JSON');

/** The parser of an option that counts something. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** The parser of a TCP port. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return value;
}

/** The parser of an option that is a time. A date is its first moment, in UTC. */
export function time(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It looks like 2026-11-24 or 2026-11-24T10:00:00Z.');
  return date;
}
