import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DIR } from '../workspace.ts';

/** `--dir`: every command that works in a workspace has it. */
export const directory = new Option('--dir <dir>', 'the directory with policy, keys and audit trail').default(
  DEFAULT_DIR,
);

/** The parser of an option that counts something. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** The parser of an option that is a time. */
export function time(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new InvalidArgumentError('It must be a time, such as 2027-01-15T08:00:00Z.');
  return value;
}
