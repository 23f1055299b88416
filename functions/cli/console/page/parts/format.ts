// Numbers and times as the pages show them. Times are UTC, as in the records.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** 1234567 → `1.2M`. */
export function short(value: number): string {
  return SHORT.format(value);
}

/** `1 value`, `2,000 values`. */
export function quantity(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `2026-11-29 17:20:03` */
export function timeText(time: string | number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().slice(0, 19).replace('T', ' ');
}

const UNITS: readonly (readonly [noun: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `just now`, `3 minutes ago` */
export function ago(ms: number): string {
  return ms < 1500 ? 'just now' : `${span(ms)} ago`;
}

/** `3 minutes` */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [noun, unit] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  return quantity(Math.floor(seconds / unit), noun);
}

/** `+12 %`, `new`; a change from nothing has no share. */
export function change(now: number, before: number): string {
  if (before === 0) return now === 0 ? '–' : 'new';
  const share = Math.round((100 * (now - before)) / before);
  return `${share > 0 ? '+' : share < 0 ? '−' : '±'}${count(Math.abs(share))} %`;
}
