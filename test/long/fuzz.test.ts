// The runner of doors in its processes: inputs that hang, take all memory or end the process are findings.
import { expect, test } from '@jest/globals';
import { runDoor } from '../fuzz/doors/run-door.ts';

const table = new URL('../support/planted-doors.ts', import.meta.url).href;
const run = { table, seed: 1, inputs: 12, forMs: 60_000, hangMs: 400, heapMb: 64 };

test('a sound door has no findings', async () => {
  expect(await runDoor('sound', run)).toEqual({ inputs: 12, taken: 12, refused: 0, findings: [] });
});

test('a number of inputs is tried whole where no time is given', async () => {
  const { forMs: _, ...untimed } = run;
  expect(await runDoor('sound', untimed)).toMatchObject({ inputs: 12, taken: 12 });
});

test('an input that hangs is found, and the others are tried all the same', async () => {
  const { inputs, findings } = await runDoor('hangs', run);
  expect(inputs).toBe(12);
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.length).toBeLessThan(12);
  for (const { what } of findings) expect(what).toBe('hangs: longer than 400 ms');
});

test('what came before an input that hangs is kept', async () => {
  const { inputs, taken, findings } = await runDoor('hangs at the tenth', run);
  // The next process begins at the eleventh input, and has but three of them.
  expect({ inputs, taken }).toEqual({ inputs: 12, taken: 10 });
  expect(findings).toEqual([
    { at: 2, what: expect.stringContaining('planted') },
    { at: 9, what: 'hangs: longer than 400 ms' },
  ]);
});

test('a door that hangs when it is opened is a failure, and not a door without findings', async () => {
  await expect(runDoor('hangs when it is opened', { ...run, openMs: 3000 })).rejects.toThrow(
    'could not be opened: hangs',
  );
});

test('an input that takes all memory is found', async () => {
  const { findings } = await runDoor('grows', { ...run, inputs: 1, hangMs: 60_000 });
  expect(findings).toEqual([{ at: 0, what: expect.stringContaining('ends the process') }]);
});

test('an input that ends the process is found', async () => {
  const { findings } = await runDoor('ends', { ...run, inputs: 1, hangMs: 60_000 });
  expect(findings).toEqual([{ at: 0, what: expect.stringContaining('ends the process') }]);
});

test('a door that is not there is no sound one', async () => {
  await expect(runDoor('nowhere', run)).rejects.toThrow('nowhere could not be opened');
});
