// Doors with a fault each, for the test of the runner.
import { type Door, parser } from '../fuzz/doors/door.ts';

const isSeed = (input: Buffer): boolean => input.toString() === 'seed';

export const DOORS: readonly Door[] = [
  parser(
    'sound',
    'bytes',
    () => ['seed'],
    () => {},
  ),
  parser(
    'hangs',
    'bytes',
    () => ['seed'],
    (input) => {
      while (!isSeed(input) && input.length % 3 === 0);
    },
  ),
  parser(
    'hangs at the tenth',
    'bytes',
    () => ['seed'],
    (() => {
      let inputs = -1; // the seed
      return () => {
        inputs += 1;
        if (inputs === 3) throw new Error('planted');
        for (; inputs === 10; inputs += 0);
      };
    })(),
  ),
  {
    name: 'hangs when it is opened',
    form: 'bytes',
    open: () => {
      for (;;);
    },
  },
  parser(
    'grows',
    'bytes',
    () => ['seed'],
    (input) => {
      const kept: string[][] = [];
      while (!isSeed(input)) kept.push(Array.from({ length: 10_000 }, (_, i) => `${kept.length} ${i}`));
    },
  ),
  parser(
    'ends',
    'bytes',
    () => ['seed'],
    (input) => {
      if (!isSeed(input)) setImmediate(() => process.exit(3));
      return new Promise((resolve) => setTimeout(resolve, isSeed(input) ? 0 : 1000));
    },
  ),
];
