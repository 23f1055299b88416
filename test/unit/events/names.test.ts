import { expect, test } from '@jest/globals';
import {
  AdminEvent,
  customEvent,
  DataEvent,
  PeriodicEvent,
  PREDEFINED_EVENTS,
  readEventName,
  UserEvent,
} from '../../../lib/events/names.ts';

test.each([
  ['USER', UserEvent, 17],
  ['ADMIN', AdminEvent, 4],
  ['DATA', DataEvent, 8],
  ['PERIODIC', PeriodicEvent, 2],
])('the category %s prefixes each of its names on the wire', (category, events, count) => {
  expect(Object.entries(events)).toEqual(Object.keys(events).map((name) => [name, `${category}_${name}`]));
  expect(Object.keys(events)).toHaveLength(count);
});

test('31 events are predefined, and each is read as itself', () => {
  expect(PREDEFINED_EVENTS.size).toBe(31);
  for (const name of PREDEFINED_EVENTS) expect(readEventName(name)).toBe(name);
});

test.each([
  ['ENFORCE_RETENTION_POLICY', 'PERIODIC_ENFORCE_RETENTION_POLICY'],
  ['CREATE_BACKUP', 'PERIODIC_CREATE_BACKUP'],
])('%s, as the public Go client sends it, is read as %s', (sent, read) => {
  expect(readEventName(sent)).toBe(read);
});

test.each(['A', 'AB', 'A_', 'INVOICE_PAID', 'A__B', 'X'.repeat(249)])('%p is the name of a custom event', (name) => {
  expect(customEvent(name)).toBe(`CUSTOM_${name}`);
});

test.each([
  '',
  '_A',
  'abcD1',
  'A1',
  'a',
  'A B',
  'A-B',
  'É',
  'A\nB',
  'A\n',
  'X'.repeat(250),
  'A\u0000',
  // Names that only the unanchored check of some public clients allows.
  'paid INVOICE',
])('%p is no name of a custom event', (name) => {
  expect(() => customEvent(name)).toThrow(expect.objectContaining({ code: 'EVENT_NAME_UNKNOWN' }));
});

test.each([
  undefined,
  null,
  7,
  {},
  ['USER_LOGIN'],
  '',
  'LOGIN',
  'ADD',
  'user_login',
  'USER_LOGIN ',
  'USER_',
  'USER_FLY',
  'CUSTOM',
  'CUSTOM_',
  'toString',
  '__proto__',
])('the event name %p is refused, without repeating it', (name) => {
  const refused = expect.objectContaining({ code: 'EVENT_NAME_UNKNOWN', message: expect.not.stringContaining('FLY') });
  expect(() => readEventName(name)).toThrow(refused);
});
