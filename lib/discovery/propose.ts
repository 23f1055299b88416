// The element for a column: of those that suit its kind, the first that takes what the sample holds.
import { unreachable } from '../base/errors.ts';
import { type ElementDefinition, elementSchema } from '../policy/schema.ts';
import { type SampledColumn, type Tally, tellingValues } from './column.ts';
import type { Finding } from './finding.ts';
import { readDate } from './kinds/dates.ts';
import { type Kind, KIND_TABLE, type KindTraits } from './kinds/table.ts';
import { type Trial, tryElement } from './trial.ts';

/** The members of an element besides its id, name and description. */
export type ElementOptions = Readonly<Record<string, unknown>> & { readonly type: ElementDefinition['type'] };

export interface Proposal {
  readonly column: SampledColumn;
  readonly finding: Finding;
  /** Absent for columns that are left alone. */
  readonly element?: ProposedElement;
}

export interface ProposedElement {
  readonly options: ElementOptions;
  /** Why these options. */
  readonly why: readonly string[];
  readonly trial: Trial;
}

/** Refusals of more of the telling values make the next candidate better. */
const FEW = 0.005;

/** Finds the element for a column of a known kind. Pure. */
export function proposeFor(column: SampledColumn, finding: Finding): Proposal {
  const traits: KindTraits = KIND_TABLE[finding.kind];
  if (traits.element === undefined) return { column, finding };
  const telling = tellingValues(column);
  const candidates = candidatesFor(
    finding.kind,
    telling.map(([value]) => value),
  );
  let best: { readonly candidate: Candidate; readonly refused: number } | undefined;
  for (const candidate of candidates) {
    const refused = refusedShare(tryElement(elementOf(candidate.options), telling));
    if (best === undefined || refused < best.refused) best = { candidate, refused };
    if (refused <= FEW) break;
  }
  const { options, why = [] } = best!.candidate;
  const empty = rowsOf(column.values.filter(([value]) => value.trim() !== '')) - rowsOf(telling);
  const advice = empty === 0 ? [] : [`${empty.toLocaleString('en-US')} rows hold texts such as N/A: load them as NULL`];
  return {
    column,
    finding,
    element: { options, why: [...why, ...advice], trial: tryElement(elementOf(options), column.values) },
  };
}

function rowsOf(values: readonly Tally[]): number {
  return values.reduce((sum, [, rows]) => sum + rows, 0);
}

/** For trials alone: its keys and name appear nowhere. */
const TRIAL = { id: '00000000-0000-4000-8000-000000000000', name: 'trial' };

function elementOf(options: ElementOptions): ElementDefinition {
  return elementSchema.parse({ ...TRIAL, ...options });
}

function refusedShare({ refused, rows }: Trial): number {
  return refused.reduce((sum, each) => sum + each.rows, 0) / Math.max(1, rows);
}

interface Candidate {
  readonly options: ElementOptions;
  readonly why?: readonly string[];
}

const token = (type: ElementDefinition['type'], more: object = {}): Candidate => ({
  options: { method: 'tokenization', type, ...more },
});
const because = ({ options }: Candidate, ...why: string[]): Candidate => ({ options, why });

/** Takes letters and digits of every script. */
const ANY_SCRIPT = token('unicode-script', { shortData: 'weak-token' });
const DIGITS = token('numeric', { shortData: 'error', otherCharacters: 'refuse' });
const FEW_DIGITS = because(
  token('numeric', { shortData: 'weak-token', otherCharacters: 'refuse' }),
  'some values have fewer than 6 digits: their tokens can be guessed by trying all',
);

/** In the order of preference. The last one takes nearly every text. */
function candidatesFor(kind: Kind, values: readonly string[]): readonly Candidate[] {
  switch (kind) {
    case 'person-name':
    case 'address':
    case 'place':
    case 'proper-name':
      return [
        because(
          ANY_SCRIPT,
          'takes every script and keeps length and width; short values get tokens that can be guessed',
        ),
      ];
    case 'email':
      return [emailOf(values), because(ANY_SCRIPT, 'some addresses have letters beyond ASCII before the @')];
    case 'card':
      return [
        because(
          token('credit-card', { fromRight: 4, invalidCardType: true }),
          'no token looks like a card; the last four digits stay clear',
        ),
        because(
          token('numeric', { fromRight: 4, shortData: 'error', otherCharacters: 'refuse' }),
          'the cards have separators, which card elements do not take; the last four digits stay clear',
        ),
        ANY_SCRIPT,
      ];
    case 'iban':
      return [
        because(
          token('upper-case-alpha-numeric', { fromLeft: 2, foldClearParts: true, shortData: 'error' }),
          'the country stays clear; both cases have one token',
        ),
        ANY_SCRIPT,
      ];
    case 'national-number':
    case 'personal-id':
      return [DIGITS, ...codes(values, 'error'), ANY_SCRIPT];
    case 'phone':
      return [DIGITS, FEW_DIGITS, because(ANY_SCRIPT, 'some numbers hold letters, such as extensions')];
    case 'postal-code':
      return [...codes(values, 'error'), ...codes(values, 'weak-token'), ANY_SCRIPT];
    case 'ip-address':
      return [FEW_DIGITS, token('alpha-numeric', { shortData: 'weak-token' }), ANY_SCRIPT];
    case 'birth-date':
      return [dateOf('date', values), dateOf('datetime', values), ANY_SCRIPT];
    case 'personal-amount':
      return [token('decimal'), FEW_DIGITS, ANY_SCRIPT];
    case 'free-text':
      return [
        because(
          { options: { method: 'encryption', type: 'aes-256-gcm' } },
          'free text may hold anything; encrypted, equal texts differ',
        ),
      ];
    case 'date':
    case 'uuid':
    case 'number':
    case 'category':
    case 'code':
    case 'unread':
    case 'empty':
      throw new RangeError(`${kind} needs no element`);
    default:
      return unreachable(kind);
  }
}

/** Types of letters and digits. One that folds case is right for values without lower case alone. */
function codes(values: readonly string[], shortData: 'error' | 'weak-token'): Candidate[] {
  const type = values.some((value) => /\p{Ll}/u.test(value)) ? 'alpha-numeric' : 'upper-case-alpha-numeric';
  const one = token(type, { shortData });
  return [
    shortData === 'error' ? one : because(one, 'some values are short: their tokens can be guessed by trying all'),
  ];
}

function emailOf(values: readonly string[]): Candidate {
  const folded = new Set(values.map((value) => value.toLowerCase()));
  const base = { preserveLength: false, shortData: 'error' };
  if (folded.size === values.length)
    return because(token('email', base), 'the domain stays clear, and no address is too short');
  return because(
    token('email', { ...base, letterCase: 'fold' }),
    'the domain stays clear; some addresses are there in several cases, which get one token',
  );
}

/** Dates that systems write for "unknown" and "no end". */
const SENTINELS = ['9999-12-31', '0001-01-01'];

function dateOf(type: 'date' | 'datetime', values: readonly string[]): Candidate {
  const staysClear = SENTINELS.filter((date) => values.some((value) => value.startsWith(date)));
  const order = orderOf(values);
  return because(
    token(type, {
      ...(order === undefined ? {} : { dateOrder: order.dateOrder }),
      ...(staysClear.length > 0 && { staysClear }),
    }),
    ...(order === undefined ? [] : [order.why]),
    ...(staysClear.length > 0 ? [`${staysClear.join(' and ')} stay clear: systems write them for "none"`] : []),
  );
}

interface DateOrder {
  readonly dateOrder: 'dmy' | 'mdy';
  readonly why: string;
}

/** Returns the order of day and month in dates that end with the year. Undefined where there are none. */
function orderOf(values: readonly string[]): DateOrder | undefined {
  const ends = values.flatMap((value) => {
    const both = readDate(value)?.ends;
    return both === undefined ? [] : [both];
  });
  if (ends.length === 0) return undefined;
  const first = ends.filter(([one]) => one > 12).length;
  const second = ends.filter(([, two]) => two > 12).length;
  if (second > first)
    return { dateOrder: 'mdy', why: `the month comes first: ${second} values can be read in no other way` };
  if (first > 0) return { dateOrder: 'dmy', why: `the day comes first: ${first} values can be read in no other way` };
  return {
    dateOrder: 'dmy',
    why: 'the sample does not tell day from month; the day is taken to come first: check that',
  };
}

/** Returns the rows of the values that a proposal's element refuses. */
export function refusedRows({ element }: Proposal): number {
  return element?.trial.refused.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
}
