// What `npm run bench -- --save` keeps of a version of this project, and `--against` runs beside the code of today: the
// engine, columns and calls, by names that stay. It uses only what any version has.

import { Ff1 } from '../../lib/crypto/ff1.ts';
import { seededBytes } from '../support/ff1-batch.ts';
import {
  redshiftEvent,
  redshiftFunction,
  SAMPLE_ELEMENTS,
  sampleColumns,
  samplePolicy,
  snowflakeEvent,
  snowflakeFunction,
  type Values,
} from './environment.ts';
import { ff1Batch, FF1_DOMAINS } from './ff1.ts';
import type { Task } from './measure.ts';
import { ssns } from './redshift.ts';

const ROWS = 10_000;
const SIZES = [ROWS, 500, 100];

/** Makes the tasks of this version. */
export function versionTasks(): Task[] {
  return [...ff1Tasks(), ...columnTasks(), ...repeatedTasks(), ...callTasks()];
}

function ff1Tasks(): Task[] {
  const ff1 = new Ff1(seededBytes('bench key', 32));
  return FF1_DOMAINS.map(({ name, radix, length }) => {
    const batch = ff1Batch(radix, length, ROWS);
    return { name: `FF1, ${name}`, units: ROWS, run: () => ff1.encrypt(batch) };
  });
}

function columnTasks(): Task[] {
  const policy = samplePolicy();
  const columns = sampleColumns(ROWS);
  return SAMPLE_ELEMENTS.flatMap(([name, from]) => {
    const method = policy.method(name);
    return SIZES.map((rows) => {
      const column = columns[from].slice(0, rows);
      return { name: `${name}, ${rows} rows`, units: rows, run: () => method.protect(column, undefined) };
    });
  });
}

/** Columns of which a quarter of the values are distinct. The columns above are nearly unique. */
function repeatedTasks(): Task[] {
  const policy = samplePolicy();
  const columns = sampleColumns(ROWS / 4);
  return SAMPLE_ELEMENTS.filter(([name]) => ['deName', 'deEmail', 'deSSN'].includes(name)).map(([name, from]) => {
    const method = policy.method(name);
    const column: Values = Array.from({ length: ROWS }, (_, row) => columns[from][(row * 7919) % (ROWS / 4)]!);
    return { name: `${name}, a quarter distinct`, units: ROWS, run: () => method.protect(column, undefined) };
  });
}

function callTasks(): Task[] {
  const redshift = redshiftFunction(samplePolicy());
  const snowflake = snowflakeFunction(samplePolicy());
  return [ROWS, 500].flatMap((rows) => {
    const values = ssns(rows);
    const event = redshiftEvent('pty_protect_dessn', values);
    const body = JSON.stringify({ data: values.map((value, row) => [row, value]) });
    const request = snowflakeEvent('PROTECT', 'deSSN', body);
    return [
      { name: `Redshift call, ${rows} rows`, units: rows, run: () => redshift(event) },
      { name: `Snowflake call, ${rows} rows`, units: rows, run: () => snowflake(request()) },
    ];
  });
}
