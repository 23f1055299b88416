import { describe, expect, test } from '@jest/globals';
import { cycleWalk } from '../../../../lib/crypto/cycle-walk.ts';
import { WalkAllowance } from '../../../../lib/protect/methods/walk-allowance.ts';
import { methodOf, refusalOf } from '../../../support/alphabet-methods.ts';

const SHARE = 2 ** 18;

describe('the walks of a request', () => {
  test('may take eight steps for each symbol of a batch, and one share beyond', () => {
    const mayWalk = new WalkAllowance().forBatch(100);
    expect([mayWalk(800 + SHARE), mayWalk(1)]).toEqual([true, false]);
  });

  test('share what goes beyond, however many batches the request has, and the next request has it again', () => {
    const walks = new WalkAllowance();
    const request = () =>
      walks.within(() => [
        walks.forBatch(100)(800 + SHARE - 5),
        walks.forBatch(10)(80),
        walks.forBatch(10)(85),
        walks.forBatch(10)(81),
        walks.forBatch(10)(80),
      ]);
    expect(request()).toEqual([true, true, true, false, true]);
    expect(request()).toEqual([true, true, true, false, true]);
    expect(walks.forBatch(0)(SHARE)).toBe(true);
  });

  test('end where no further step is allowed, before it is taken', () => {
    const asked: number[] = [];
    let steps = 0;
    const numerals = Uint16Array.from([1, 2, 3, 4, 5, 6]);
    const batch = { radix: 10, length: 2, numerals, tweaks: new Uint8Array(0), tweakLength: 0 };
    const lost = cycleWalk(
      () => void steps++,
      [{ batch, outside: (_, at) => at !== 2 }],
      100,
      (count) => asked.push(count) < 3,
    );
    expect([[...lost.values()], steps, asked]).toEqual([[[0, 2]], 3, [4, 4, 4]]);
  });
});

/** Values whose marks leave few tokens in normal form: each walks hundreds of steps. */
const FAR = Array.from({ length: 12 }, (_, i) => `${String.fromCodePoint(0x61 + i)}${'q\u0302'.repeat(200)}`);

describe('values that walk far', () => {
  const method = methodOf({ type: 'unicode', alphabet: 'latin letters', shortData: 'weak-token' });
  const isTaken = (values: readonly string[]): boolean =>
    refusalOf(() => method.protect(values, undefined)) === 'not refused';

  test('are taken alone and refused together, with the row of one', () => {
    const taken = FAR.filter((value) => isTaken([value]));
    expect(taken.length).toBeGreaterThan(4);
    expect(refusalOf(() => method.protect([...taken, ...FAR], undefined))).toMatchObject({
      code: 'NO_STABLE_TOKEN',
      row: expect.any(Number),
    });
  });
});
