// Measures the whole Snowflake call, from request body to reply body, against only parsing and writing the same bodies
// as JSON.

import { samplePolicy, snowflakeEvent, snowflakeFunction } from './environment.ts';
import { ratio, type Section, speed } from './figures.ts';
import { interleave, type Task } from './measure.ts';
import { ssns } from './redshift.ts';

const ROWS = 10_000;

export async function snowflakeSection(rounds: number): Promise<Section> {
  const call = snowflakeFunction(samplePolicy());
  const values = JSON.stringify({ data: ssns(ROWS).map((value, row) => [row, value]) });
  const protect = snowflakeEvent('PROTECT', 'deSSN', values);
  const tokens = (await call(protect())).body;
  const unprotect = snowflakeEvent('UNPROTECT', 'deSSN', tokens);
  const parsed: unknown = JSON.parse(tokens);
  const tasks: Task[] = [
    {
      name: 'JSON.parse and JSON.stringify of the bodies',
      units: ROWS,
      run: () => [JSON.parse(values), JSON.stringify(parsed)],
    },
    { name: 'protect, whole call', units: ROWS, run: () => call(protect()) },
    { name: 'unprotect, whole call', units: ROWS, run: () => call(unprotect()) },
  ];
  const measured = await interleave(tasks, rounds);
  const target = { most: 2 };
  const json = 'JSON.parse and JSON.stringify of the bodies';
  return {
    title: `Snowflake, ${ROWS} SSNs: body → body, signed audit record included`,
    figures: [
      speed(measured, json, 'rows/s'),
      speed(measured, 'protect, whole call', 'rows/s'),
      ratio(measured, ['protect, whole call', json], 'protect, against the JSON alone', { target }),
      speed(measured, 'unprotect, whole call', 'rows/s'),
      ratio(measured, ['unprotect, whole call', json], 'unprotect, against the JSON alone', { target }),
    ],
  };
}
