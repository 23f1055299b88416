// What the rules of a SIEM match on: a change of it is a change for everybody who wrote one.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { MEANT_EVENTS, meaningOf } from '../../../lib/siem/meanings.ts';

const MEANINGS = JSON.parse(
  readFileSync(new URL('../../vectors/siem/meanings.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, object>>;

test('every event has the title, severity, class, activity, category and types that it had', () => {
  expect([...MEANT_EVENTS, 'CUSTOM_ANYTHING']).toEqual(Object.keys(MEANINGS));
  expect(Object.fromEntries(Object.keys(MEANINGS).map((event) => [event, meaningOf(event)]))).toEqual(MEANINGS);
});
