// Measures FF1's first 500 values in a fresh process, before anything is compiled: the kernels are made and used once.
// Prints the milliseconds. `cold.ts` starts it.

import { Ff1 } from '../../lib/crypto/ff1.ts';
import { ff1Batch } from './ff1.ts';
import { seededBytes } from '../support/ff1-batch.ts';

const [, , radix, length] = process.argv.map(Number) as [number, number, number, number];
const batch = ff1Batch(radix, length, 500);
const key = seededBytes('bench key', 32);
const fromMs = performance.now();
new Ff1(key).encrypt(batch);
console.log(performance.now() - fromMs);
