// When an entry of a policy counts: from `from` up to `until`. Pure; the caller gives the clock.

/** The times of a member or a grant, as the policy writes them. An absent time is no limit. */
export interface Term {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** The same in epoch milliseconds. The entry counts while `fromMs <= now < untilMs`. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A UTC instant (ISO 8601), or a date, which is its first moment in UTC. */
export const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;

export const ALWAYS: Span = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

/** Returns the epoch milliseconds of an instant; NaN for one that no calendar has, such as 2026-02-30. */
export function instantMs(text: string): number {
  const ms = new Date(text).getTime();
  // The system rolls 30 February over to March, and hour 24 to the next day.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 10)) ? Number.NaN : ms;
}

/** Writes an instant without parts that say nothing: 2026-12-31T18:00:00Z. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function isTimed({ from, until }: Term): boolean {
  return from !== undefined || until !== undefined;
}

export function spanOf({ from, until }: Term): Span {
  if (from === undefined && until === undefined) return ALWAYS;
  return {
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : instantMs(from),
    untilMs: until === undefined ? Number.POSITIVE_INFINITY : instantMs(until),
  };
}

/** Tells whether the entry counts at a time. A time that is no number is outside of every span. */
export function isWithin(span: Span, nowMs: number): boolean {
  return nowMs >= span.fromMs && nowMs < span.untilMs;
}

/** Returns the instants of entries, ascending, each once: between two of them nothing begins or ends. */
export function instantsOf(terms: Iterable<Term>): number[] {
  const found = new Set<number>();
  for (const term of terms) {
    if (!isTimed(term)) continue;
    const { fromMs, untilMs } = spanOf(term);
    if (Number.isFinite(fromMs)) found.add(fromMs);
    if (Number.isFinite(untilMs)) found.add(untilMs);
  }
  return [...found].toSorted((a, b) => a - b);
}

/** Says the times of an entry as the end of a sentence: ` from 2026-11-01 until 2026-12-31`; nothing where it has none. */
export function termText({ from, until }: Term): string {
  return `${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`;
}
