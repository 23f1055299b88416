// What detectors share: the column as they look at it, and how they word what they find.
import type { Finding, Sureness } from '../finding.ts';
import type { Kind } from '../kinds/table.ts';

/** A column as detectors look at it. */
export interface Looked {
  /** Of the column's name. */
  readonly words: string;
  readonly values: readonly string[];
  /** Rows with a telling value. */
  readonly rows: number;
  readonly distinct: number;
  /** False for types of numbers and booleans. */
  readonly isText: boolean;
}

/** Finds a kind, or nothing. */
export type Step = (looked: Looked) => Finding | undefined;

export const MOST = 0.5;
/** Distinct values of a column that many rows share. */
export const MOST_CATEGORIES = 60;

export function isNumber(value: string): boolean {
  return /^[-+]?[$€£¥]?\s?\d[\d.,' ]*(?:e[-+]?\d+)?\s?[%€£]?$/i.test(value);
}

/** A few groups of letters and digits, with a digit. */
export function isIdentifier(value: string): boolean {
  return (
    value.length >= 4 &&
    value.length <= 40 &&
    /\d/.test(value) &&
    /^[\p{L}\p{N}]+(?:[ ./-][\p{L}\p{N}]+){0,5}$/u.test(value)
  );
}

export function shareOf(values: readonly string[], takes: (value: string) => boolean): number {
  return values.filter((value) => takes(value)).length / values.length;
}

export function found(kind: Kind, sure: Sureness, share: number, why: readonly string[]): Finding {
  return { kind, sure, share, why };
}

export function nameSays(isNamed: boolean): string[] {
  return isNamed ? ['the name of the column says so too'] : [];
}

/** 0.956 → `96 %`; a share is 0 % or 100 % only where it is. */
export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return 'under 1 %';
  return rounded === 100 && share < 1 ? 'over 99 %' : `${rounded} %`;
}

export function quantity(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
