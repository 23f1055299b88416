// Measures FF1 alone: a batch of 10,000 values against @noble/ciphers, and against the AES calls that FF1 requires.

import { FF1 } from '@noble/ciphers/ff1.js';
import { aesBlocks } from '../../lib/crypto/aes-blocks.ts';
import { Ff1, type Ff1Batch } from '../../lib/crypto/ff1.ts';
import { seededBytes, seededNumerals, valuesOf } from '../support/ff1-batch.ts';
import { type Figure, ratio, type Section, speed, type Target } from './figures.ts';
import { interleave, type Task } from './measure.ts';

const VALUES = 10_000;
const NOBLE_VALUES = 200;
const KEY = seededBytes('bench key', 32);
const TWEAK = seededBytes('bench tweak', 8);
const AES_LIMIT = 'AES limit: ten blocks a value';

export const FF1_DOMAINS: readonly { name: string; radix: number; length: number; noble?: Target; aes?: Target }[] = [
  { name: '9 digits', radix: 10, length: 9, noble: { least: 150 }, aes: { least: 35 } },
  { name: '16 digits', radix: 10, length: 16, noble: { least: 150 }, aes: { least: 35 } },
  { name: '12 of radix 62', radix: 62, length: 12, noble: { least: 100 } },
  { name: '24 of radix 62', radix: 62, length: 24, noble: { least: 40 } },
  { name: '64 of radix 62', radix: 62, length: 64 },
  { name: '13 of radix 41,000', radix: 41_000, length: 13 },
];

export function ff1Batch(radix: number, length: number, rows: number): Ff1Batch {
  return {
    radix,
    length,
    numerals: seededNumerals('bench', radix, rows * length),
    tweaks: TWEAK,
    tweakLength: TWEAK.length,
  };
}

export async function ff1Section(rounds: number): Promise<Section> {
  const tasks: Task[] = [
    aesLimit(),
    ...FF1_DOMAINS.flatMap(({ name, radix, length }) => domainTasks(name, radix, length)),
  ];
  const measured = await interleave(tasks, rounds);
  const figures: Figure[] = [speed(measured, AES_LIMIT)];
  for (const { name, noble, aes } of FF1_DOMAINS) {
    figures.push(
      speed(measured, name),
      ratio(measured, [noblesName(name), name], `${name}, against @noble/ciphers`, noble && { target: noble }),
      ratio(measured, [AES_LIMIT, name], `${name}, share of the AES limit`, { unit: '%', ...(aes && { target: aes }) }),
    );
  }
  return { title: `FF1, AES-256, 8-byte tweak, ${VALUES} values a batch`, figures };
}

/** Ten `update()` calls over chunks of 16 KB: the AES work of FF1's rounds alone. */
function aesLimit(): Task {
  const aes = aesBlocks(KEY);
  const chunk = seededBytes('blocks', 16_384);
  const chunks = Math.ceil((VALUES * 16) / chunk.length);
  const run = () => {
    for (let call = 0; call < 10 * chunks; call++) aes(chunk);
  };
  return { name: AES_LIMIT, units: (chunks * chunk.length) / 16, run };
}

function domainTasks(name: string, radix: number, length: number): Task[] {
  const ff1 = new Ff1(KEY);
  const batch = ff1Batch(radix, length, VALUES);
  const noble = FF1(radix, new Uint8Array(KEY), new Uint8Array(TWEAK));
  const values = valuesOf(ff1Batch(radix, length, NOBLE_VALUES));
  return [
    { name, units: VALUES, run: () => ff1.encrypt(batch) },
    {
      name: noblesName(name),
      units: NOBLE_VALUES,
      run: () => {
        for (const value of values) noble.encrypt(value);
      },
    },
  ];
}

const noblesName = (name: string): string => `${name}, @noble/ciphers`;
