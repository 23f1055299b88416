// Times in the form of RFC 3339, whose years have four digits.

const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = Date.UTC(10_000, 0, 1) - 1;

/**
 * Formats a time in UTC with milliseconds and `Z`. A time outside the years 1000 to 9999 becomes the nearest one
 * inside.
 */
export function rfc3339(epochMs: number): string {
  return new Date(Math.min(LAST_MS, Math.max(FIRST_MS, epochMs))).toISOString();
}
