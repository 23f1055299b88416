import { basename } from 'node:path';

/** Returns the name of an input as records show it. */
export function nameInRecords(input: string): string {
  return input === '-' ? 'stdin' : basename(input);
}
