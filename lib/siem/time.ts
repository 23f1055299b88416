// Times as RFC 3339 writes them, which has four digits for a year.

const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = Date.UTC(10_000, 0, 1) - 1;

/** In UTC with milliseconds and `Z`; a time outside of the years 1000 to 9999 becomes the nearest inside. */
export function rfc3339(epochMs: number): string {
  return new Date(Math.min(LAST_MS, Math.max(FIRST_MS, epochMs))).toISOString();
}
