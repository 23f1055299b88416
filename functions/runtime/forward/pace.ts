import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from '../../../lib/delivery/ports.ts';

/** The system clock and random source. */
export const pace: Pace = {
  nowMs: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  random: Math.random,
};
