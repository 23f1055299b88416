// A move that the policy allows to a user who may only reprotect leaves no character in clear that was hidden before.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { PolicyDecider } from '../../lib/policy/decide.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';
import { countingKeyring } from '../support/element-method.ts';

/**
 * Elements of one definition and different keys: a character that stays under all of them is clear. The first few tell most
 * characters; a month's first digit is 0 in three tokens of four.
 */
const COPIES = 80;
const FEW = 6;
const NO_RANDOM = (bytes: number) => new Uint8Array(bytes);

const ends = { fromLeft: fc.constantFrom(0, 0, 1, 2), fromRight: fc.constantFrom(0, 0, 1, 4) };
const shortData = fc.constantFrom('error', 'as-is', 'weak-token');
const shortFpe = fc.constantFrom('error', 'as-is');
const others = fc.constantFrom('keep', 'refuse');
const grows = { preserveLength: fc.boolean() };
const token = (type: string, options: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ method: fc.constant('tokenization'), type: fc.constant(type), ...options });
const fpe = (type: string, options: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ method: fc.constant('fpe'), type: fc.constant(type), shortData: shortFpe, ...ends, ...options });
const definitions: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  token('numeric', { ...ends, shortData, otherCharacters: others, ...grows }),
  token('alpha', { ...ends, shortData, otherCharacters: others, ...grows }),
  token('upper-case-alpha', { ...ends, shortData, otherCharacters: others }),
  token('alpha-numeric', { ...ends, shortData, ...grows }),
  token('alpha-numeric', {
    shortData,
    preservePosition: fc.constant(true),
    preserveCase: fc.boolean(),
    externalIV: fc.constant(false),
  }),
  token('printable', { ...ends, shortData, ...grows }),
  token('lower-ascii', { ...ends, shortData }),
  token('unicode', { shortData, alphabet: fc.constantFrom('latin', 'greek letters', 'thai letters') }),
  token('unicode-script', { shortData }),
  token('integer', { size: fc.constantFrom(4, 8) }),
  token('credit-card', { ...ends }),
  token('decimal'),
  token('date', { dateInClear: fc.constantFrom('none', 'year', 'month') }),
  token('datetime', { tokenizeTime: fc.boolean(), dateInClear: fc.constantFrom('none', 'year') }),
  token('email', { shortData, ...grows, letterCase: fc.constantFrom('keep', 'fold') }),
  token('unicode-bytes'),
  fpe('fpe-numeric', { otherCharacters: others }),
  fpe('fpe-alpha-numeric'),
  fpe('fpe-latin1-alpha', { otherCharacters: others }),
);

const digits = fc.stringMatching(/^\d{1,14}$/);
const values = fc.oneof(
  digits,
  fc.stringMatching(/^-?[1-9]\d{0,8}$/),
  fc.stringMatching(/^\d{3}-\d{2}-\d{4}$/),
  fc.stringMatching(/^(19|20)\d\d-0[1-9]-[12]\d$/),
  fc.stringMatching(/^(19|20)\d\d-0[1-9]-[12]\dT[01]\d:[0-5]\d:[0-5]\d\.\d{3}Z$/),
  fc.stringMatching(/^[A-Za-z]{1,8}( [A-Za-z]{1,8})?$/),
  fc.stringMatching(/^[A-Za-z0-9]{1,12}$/),
  fc.stringMatching(/^[a-z0-9]{2,8}@[a-z]{3,6}\.com$/),
  fc.stringMatching(/^[ -~]{1,14}$/),
  fc.stringMatching(/^[ÀÖøαβγกขค่ZÜ 1-9]{1,10}$/),
);

function contentOf(oldOne: object, newOne: object, count: number) {
  const copies = (definition: object, which: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: `00000000-0000-4000-8000-000000000${which}${String(i).padStart(2, '0')}`,
      name: `${which} ${i}`,
      ...definition,
    }));
  const elements = [...copies(oldOne, 1), ...copies(newOne, 2)];
  const grants = elements.map(({ name }) => ({ element: name, permissions: ['reprotect'] }));
  const policy = parsePolicy({
    name: 'p',
    dataStore: 's',
    elements,
    roles: [{ name: 'mover', members: ['ann'], grants }],
  });
  return { policy, mapping: {}, keyring: countingKeyring() };
}

/**
 * Returns the places where a value stays as it is under every key. Where tokens are longer, nothing between their ends has
 * a place.
 */
function clearPlaces(value: string, tokens: readonly string[]): Set<number> {
  const characters = Array.from(value);
  const split = tokens.map((each) => Array.from(each));
  const { length } = characters;
  const stays = (i: number, at: number): boolean => split.every((each) => each.at(at) === characters[i]);
  const all = characters.map((_, i) => i);
  if (split.every((each) => each.length === length)) return new Set(all.filter((i) => stays(i, i)));
  const left = all.findIndex((i) => !stays(i, i));
  const right = all.toReversed().find((i) => !stays(i, i - length)) ?? -1;
  return new Set(all.filter((i) => i < left || i > right));
}

/** Protects a value under the first copies; undefined where they refuse it. */
function tokensOf(
  engine: ReturnType<typeof compilePolicy>,
  which: number,
  value: string,
  copies: number,
): string[] | undefined {
  try {
    return Array.from({ length: copies }, (_, i) => {
      const [protectedValue] = engine.method(`${which} ${i}`).protect([value], undefined).column;
      return String(protectedValue);
    });
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/** Protects a value under all copies of the new element. */
function manyTokens(oldOne: object, newOne: object, value: string): string[] {
  using engine = compilePolicy({ version: '1', content: contentOf(oldOne, newOne, COPIES) }, NO_RANDOM);
  return tokensOf(engine, 2, value, COPIES)!;
}

test('a move that is allowed leaves no character in clear that was hidden before', () => {
  const seen = { allowed: 0, refused: 0, compared: 0 };
  fc.assert(
    fc.property(
      definitions,
      definitions,
      fc.boolean(),
      fc.array(values, { minLength: 8, maxLength: 8 }),
      (...drawn) => {
        const [oldOne, other, isLike, column] = drawn;
        // Two definitions of one type are seldom drawn, and are the usual move.
        const newOne = isLike && other['type'] !== oldOne['type'] ? { ...oldOne } : other;
        // Places cannot be compared where the old tokens alone are longer than their values.
        if (oldOne['preserveLength'] === false && newOne['preserveLength'] !== false) return;
        const content = contentOf(oldOne, newOne, FEW);
        const request = { user: 'ann', operation: 'Reprotect', oldElement: '1 0', element: '2 0' } as const;
        if (new PolicyDecider(content.policy).decide(request, 0).kind !== 'allow') {
          seen.refused++;
          return;
        }
        seen.allowed++;
        using engine = compilePolicy({ version: '1', content }, NO_RANDOM);
        for (const written of column) {
          const before = tokensOf(engine, 1, written, FEW);
          if (before === undefined) continue;
          const value = String(engine.method('1 0').unprotect([before[0]!], undefined).column[0]);
          const after = tokensOf(engine, 2, value, FEW);
          if (after === undefined) continue;
          seen.compared++;
          const shown = clearPlaces(value, before);
          const isMore = (place: number): boolean => !shown.has(place);
          let more = [...clearPlaces(value, after)].filter(isMore);
          if (more.length > 0) more = [...clearPlaces(value, manyTokens(oldOne, newOne, value))].filter(isMore);
          expect([oldOne, newOne, value, more]).toEqual([oldOne, newOne, value, []]);
        }
      },
    ),
    { numRuns: 150, seed: 15 },
  );
  expect(seen.allowed).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.compared).toBeGreaterThan(200);
});
