// Measures the whole Redshift call, from parsed event to reply with the signed audit record, and its growth with rows.

import { Ff1 } from '../../lib/crypto/ff1.ts';
import { seededBytes } from '../support/ff1-batch.ts';
import { redshiftEvent, redshiftFunction, samplePolicy, type Values } from './environment.ts';
import { ff1Batch } from './ff1.ts';
import { ratio, type Section, speed } from './figures.ts';
import { interleave, type Task } from './measure.ts';

const ROWS = 10_000;

/** Social security numbers with hyphens; none is missing, so each costs one FF1. */
export function ssns(count: number): Values {
  return Array.from({ length: count }, (_, row) => {
    const digits = String((row * 7_654_321) % 1_000_000_000).padStart(9, '0');
    return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
  });
}

export async function redshiftSection(rounds: number): Promise<Section> {
  const call = redshiftFunction(samplePolicy());
  const ff1 = new Ff1(seededBytes('bench key', 32));
  const batch = { ...ff1Batch(10, 9, ROWS), tweaks: new Uint8Array(0), tweakLength: 0 };
  const event = redshiftEvent('pty_protect_dessn', ssns(ROWS));
  const reply = await call(event);
  if (!reply.success) throw new Error(reply.error_msg);
  const tokens = redshiftEvent('pty_unprotect_dessn', reply.results as Values);
  const tasks: Task[] = [
    { name: 'FF1 alone', units: ROWS, run: () => ff1.encrypt(batch) },
    { name: 'protect, whole call', units: ROWS, run: () => call(event) },
    { name: 'unprotect, whole call', units: ROWS, run: () => call(tokens) },
  ];
  const measured = await interleave(tasks, rounds);
  const target = { most: 1.5 };
  return {
    title: `Redshift, ${ROWS} SSNs: parsed event → reply, signed audit record included`,
    figures: [
      speed(measured, 'FF1 alone', 'rows/s'),
      speed(measured, 'protect, whole call', 'rows/s'),
      ratio(measured, ['protect, whole call', 'FF1 alone'], 'protect, against FF1 alone', { target }),
      speed(measured, 'unprotect, whole call', 'rows/s'),
      ratio(measured, ['unprotect, whole call', 'FF1 alone'], 'unprotect, against FF1 alone', { target }),
    ],
  };
}

const nameOf = (rows: number): string => `calls of ${rows} rows`;

export async function growthSection(rounds: number): Promise<Section> {
  const call = redshiftFunction(samplePolicy());
  const sizes = [1000, 10_000, 100_000];
  const tasks = sizes.map((rows): Task => {
    const event = redshiftEvent('pty_protect_dessn', ssns(rows));
    return { name: nameOf(rows), units: rows, run: () => call(event) };
  });
  const measured = await interleave(tasks, rounds);
  const target = { most: 1.2 };
  return {
    title: 'Cost growth, whole Redshift calls',
    figures: [
      ...sizes.map((rows) => speed(measured, nameOf(rows), 'rows/s')),
      ratio(measured, [nameOf(100_000), nameOf(1000)], 'time per row, 100000 against 1000', { target }),
    ],
  };
}
