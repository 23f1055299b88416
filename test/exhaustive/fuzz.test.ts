// The runner of the doors: what it must call a finding, and that no door is left out.
import { describe, expect, test } from '@jest/globals';
import { ProtectorError } from '../../lib/base/errors.ts';
import { type Door, MARKER, type OpenDoor, parser, TAKEN } from '../fuzz/doors/door.ts';
import { mutated } from '../fuzz/doors/mutate.ts';
import { inputOf, readyDoor, type Tally, tryInput } from '../fuzz/doors/try-door.ts';
import { DOORS } from '../fuzz/doors/table.ts';
import { Random } from '../fuzz/random.ts';

const SEED = JSON.stringify({ user: 'ann', data: [MARKER, null, 7], token: 'YWJjZGVmZ2hpamts', body: '{"a":["b"]}' });

async function run(enter: OpenDoor['enter'], inputs = 200): Promise<Tally> {
  let isReady = false;
  const door: Door = {
    name: 'planted',
    form: 'json',
    // The seed itself is taken.
    open: () => ({ seeds: [SEED], enter: (input) => (isReady ? enter(input) : TAKEN) }),
  };
  const ready = await readyDoor(door);
  isReady = true;
  const tally: Tally = { inputs: 0, taken: 0, refused: 0, findings: [] };
  // oxlint-disable-next-line no-await-in-loop -- a door has one caller at a time
  for (let at = 0; at < inputs; at++) await tryInput(ready, 1, at, tally);
  return tally;
}

describe('a door', () => {
  test('that takes and refuses has no findings', async () => {
    const tally = await run((input) => {
      if (input.length % 2 === 0) throw new ProtectorError('REFUSED', 'It is even');
      return TAKEN;
    });
    expect(tally).toMatchObject({ inputs: 200, findings: [] });
    expect(Math.min(tally.taken, tally.refused)).toBeGreaterThan(20);
  });

  test.each<[what: string, enter: OpenDoor['enter'], finding: RegExp]>([
    [
      'that throws an error of another kind',
      (input) => {
        throw new TypeError(`planted ${input.length}`);
      },
      /^an unexpected error: TypeError planted \d+/,
    ],
    [
      'that shows a value in a refusal',
      (input) => {
        throw new ProtectorError('REFUSED', input.toString());
      },
      /^a value is shown: .*zq7MARKERqz/,
    ],
    [
      'that shows a value in the cause of a refusal',
      (input) => {
        throw new ProtectorError('REFUSED', 'no', { cause: new Error(input.toString()) });
      },
      /^a value is shown/,
    ],
    ['that shows a value in its log', (input) => ({ taken: true, shown: input.toString() }), /^a value is shown/],
    [
      'that changes a shared prototype',
      () => {
        Reflect.set(Object.prototype, 'planted', 1);
        return TAKEN;
      },
      /^a prototype has the new member planted$/,
    ],
  ])('%s is found', async (_what, enter, finding) => {
    const { findings } = await run(enter, 50);
    expect(findings.length).toBeGreaterThan(10);
    for (const { what } of findings) expect(what).toMatch(finding);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('that does not take its seed is not tried', async () => {
    const door = parser(
      'planted',
      'text',
      () => ['seed'],
      () => {
        throw new ProtectorError('REFUSED', 'no');
      },
    );
    await expect(readyDoor(door)).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(readyDoor({ ...door, open: () => ({ seeds: [], enter: () => TAKEN }) })).rejects.toThrow(
      'has no seed',
    );
  });
});

describe('inputs', () => {
  test('depend on seed and number alone, and differ', async () => {
    const ready = await readyDoor(
      parser(
        'planted',
        'text',
        () => [SEED],
        () => {},
      ),
    );
    const inputs = (seed: number): string[] =>
      Array.from({ length: 100 }, (_, at) => inputOf(ready, seed, at).input.toString('latin1'));
    expect(inputs(3)).toEqual(inputs(3));
    expect(inputs(4)).not.toEqual(inputs(3));
    expect(new Set(inputs(3)).size).toBeGreaterThan(80);
  });

  test('have at most some megabytes, however often items of lists are copied', () => {
    const seed = Buffer.from(JSON.stringify([[['x'.repeat(4000)]]]));
    const random = new Random(11);
    let longest = 0;
    for (let i = 0; i < 1000; i++) longest = Math.max(longest, mutated(seed, [], 'json', random).input.length);
    expect(longest).toBeGreaterThan(500_000);
    expect(longest).toBeLessThan(6_000_000);
  });

  test('of the form JSON stay JSON, reach __proto__, and change what texts hold', () => {
    const random = new Random(5);
    const texts = Array.from({ length: 2000 }, () => mutated(Buffer.from(SEED), [], 'json', random).input.toString());
    const bodies = texts.map((text) => Object(JSON.parse(text)) as { body?: unknown; token?: unknown });
    expect(texts.some((text) => text.includes('"__proto__":'))).toBe(true);
    const changed = bodies.filter(({ body }) => typeof body === 'string' && body !== '{"a":["b"]}');
    expect(changed.filter(({ body }) => (body as string).startsWith('{"a"')).length).toBeGreaterThan(20);
    expect(new Set(bodies.map(({ token }) => token)).size).toBeGreaterThan(20);
  });
});

test('the doors number fifty, each with a name of its own', () => {
  expect(DOORS.length).toBeGreaterThanOrEqual(50);
  expect(new Set(DOORS.map(({ name }) => name)).size).toBe(DOORS.length);
});
