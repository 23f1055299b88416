// Every kind of element, in both directions, and the search for bad values.

import type { Column } from '../../../lib/base/cell.ts';
import { attempt } from '../../../lib/base/attempt.ts';
import { countBadValues, findBadValues } from '../../../lib/protect/bad-values.ts';
import { Random } from '../../fuzz/random.ts';
import { benchCases } from '../methods.ts';
import { bytesOf, type Door, filled, type Input, type OpenDoor } from './door.ts';

const LENGTHS = [1, 3, 24, 200, 1024, 1360, 4080];
/** Letters in front of marks that compose with some of them. */
const MARKED = ['\u0301', '\u0308', '\u0300', '\u0327'];

/** No method of characters takes it as a value: half a surrogate pair, and a letter of another script. */
const BAD = '\ud800ب';

type Case = ReturnType<typeof benchCases>[number];

/** Columns of an element's own characters, and of none of them. */
function columnsOf({ values }: Case, bytes: number): readonly (readonly [what: string, column: Column])[] {
  const random = new Random(7);
  const symbols = [...new Set(values.slice(0, 200).flatMap((value) => Array.from(String(value))))];
  const textOf = (length: number): string => random.text(symbols, length);
  const marked = (): string =>
    symbols
      .slice(0, 20)
      .map((symbol) => symbol + random.pick(MARKED))
      .join('');
  return [
    ...LENGTHS.map((length) => [`${length} characters`, filled(bytes, () => textOf(length))] as const),
    // A small batch has few values of each length in any case.
    ['each length once', filled(4 * bytes, (row) => textOf(7 + row))],
    ['one letter', filled(bytes, () => 'ä'.repeat(1000))],
    ['null', filled(bytes, () => null)],
    ['empty', filled(bytes, () => '')],
    ['numbers', filled(bytes, () => 123_456)],
    ['letters with marks', filled(bytes, marked)],
  ];
}

function protecting(one: Case, bytes: number): OpenDoor {
  const { method, values, iv } = one;
  const protect = (part: Column): void => void method.protect(part, iv);
  const usual = filled(bytes, (row) => values[row % values.length]!);
  const input = (name: string, column: Column, run: (column: Column) => unknown = protect): Input => ({
    name,
    bytes: bytesOf(column),
    run: () => run(column),
  });
  const damaged = [1, 2, 20, 200].flatMap((every) => {
    const column = usual.map((value, row) => (row % every === every - 1 ? BAD : value));
    const checked = input(`one bad value of ${every}, checked`, column, () =>
      findBadValues(column, protect, column.length, () => true),
    );
    // Values are counted behind a refusal alone.
    if (attempt(() => protect([BAD])).ok) return [checked];
    return [input(`one bad value of ${every}, counted`, column, () => countBadValues(column, protect)), checked];
  });
  return {
    usual: input('usual', usual),
    worst: [...columnsOf(one, bytes).map(([name, column]) => input(name, column)), ...damaged],
  };
}

function unprotecting(one: Case, bytes: number): OpenDoor {
  const { method, values, iv } = one;
  const unprotect = (part: Column): void => void method.unprotect(part, iv);
  const input = (name: string, column: Column): Input => ({
    name,
    bytes: bytesOf(column),
    run: () => unprotect(column),
  });
  const usual = method.protect(
    filled(bytes, (row) => values[row % values.length]!),
    iv,
  ).column;
  const counted = (attempt(() => unprotect([BAD])).ok ? [] : [1, 2, 20]).map((every) => {
    const column = usual.map((token, row) => (row % every === every - 1 ? BAD : token));
    return { ...input(`one bad token of ${every}, counted`, column), run: () => countBadValues(column, unprotect) };
  });
  // Tokens of each column; the column itself where it has none.
  const tokens = columnsOf(one, bytes).map(([name, column]) => {
    const done = attempt(() => method.protect(column, iv).column);
    return input(name, done.ok ? done.value : column);
  });
  return { usual: input('usual', usual), worst: [...tokens, ...counted] };
}

export function methodDoors(): readonly Door[] {
  return benchCases().flatMap((one): Door[] => {
    // There are a hundred of these doors, and a batch costs little beside its values.
    const door = { name: one.name, open: (bytes: number) => protecting(one, bytes / 2) };
    // A digest has no way back.
    if (one.element.type === 'hmac-sha256') return [door];
    return [door, { name: `${one.name}, back`, open: (bytes: number) => unprotecting(one, bytes / 2) }];
  });
}
