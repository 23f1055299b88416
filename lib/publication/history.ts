// What was live when, as the journal has it.
import type { Journal, Lived } from './journal.ts';

/** A time in which one version was live. The last one lasts. */
export interface LivedSpan extends Omit<Lived, 'bundle' | 'tests'> {
  /** Epoch milliseconds; absent for what is live now. */
  readonly untilMs?: number;
}

/** Returns the spans of the history, oldest first. A version that was rolled back to has several. */
export function spansOf({ history }: Pick<Journal, 'history'>): readonly LivedSpan[] {
  return history.map((entry, i) => {
    const { bundle: _, tests: __, ...lived } = entry;
    const next = history[i + 1];
    return next === undefined ? lived : { ...lived, untilMs: next.fromMs };
  });
}

/**
 * Returns the index of the span of a version (its last one), or of the one that was live at a time; by default of the last.
 * -1 where the history has none.
 */
export function spanAt(
  { history }: Pick<Journal, 'history'>,
  { version, atMs }: { readonly version?: number | undefined; readonly atMs?: number | undefined },
): number {
  return history.findLastIndex(
    (lived) => (version === undefined || lived.version === version) && (atMs === undefined || lived.fromMs <= atMs),
  );
}
