// Which records the list shows.
import { EFFECTS, type Effect, type TrailRow } from './trail-row.ts';

export interface TrailFilter {
  /** A part of the name, in any case. */
  readonly user?: string | undefined;
  readonly element?: string | undefined;
  /** A part of the query's or request's id. */
  readonly query?: string | undefined;
  readonly code?: number | undefined;
  readonly effect?: Effect | undefined;
  /** Those alone that the verifier does not accept. */
  readonly isBad?: boolean | undefined;
}

/** Reads a filter from the parameters of an address. What is no filter is none. */
export function readFilter(parameters: URLSearchParams): TrailFilter {
  const text = (name: string): string | undefined => parameters.get(name)?.trim() || undefined;
  const code = text('code');
  return {
    user: text('user'),
    element: text('element'),
    query: text('query'),
    code: code !== undefined && /^\d{1,6}$/.test(code) ? Number(code) : undefined,
    effect: EFFECTS.find((effect) => effect === text('effect')),
    isBad: parameters.get('bad') === '1',
  };
}

/** Inverts `readFilter`. */
export function filterParameters(filter: TrailFilter): URLSearchParams {
  const { user, element, query, code, effect, isBad } = filter;
  const named = { user, element, query, code: code?.toString(), effect, bad: isBad === true ? '1' : undefined };
  return new URLSearchParams(Object.entries(named).filter((each): each is [string, string] => Boolean(each[1])));
}

export function isUnfiltered(filter: TrailFilter): boolean {
  return filterParameters(filter).size === 0;
}

/** Returns what tells whether a record is shown. */
export function matcherOf({ user, element, query, code, effect, isBad }: TrailFilter): (row: TrailRow) => boolean {
  const [inUser, inElement, inQuery] = [user, element, query].map((text) => text?.toLowerCase());
  return (row) =>
    (code === undefined || row.code === code) &&
    (effect === undefined || row.effect === effect) &&
    (isBad !== true || row.state === 'bad' || row.state === 'unverified') &&
    has(row.user, inUser) &&
    has(row.element, inElement) &&
    has(row.query, inQuery);
}

/** @param part in lower case */
function has(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part);
}
