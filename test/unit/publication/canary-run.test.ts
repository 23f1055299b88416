import { describe, expect, test } from '@jest/globals';
import { CANARY_VALUE } from '../../../lib/publication/canary.ts';
import { askCanary, type Candidate } from '../../../lib/publication/canary-run.ts';
import type { Invocation } from '../../../lib/publication/ports.ts';

const candidate: Candidate = {
  name: 'f',
  version: '3',
  frontEnd: 'redshift',
  policyVersion: 7,
  answers: { '1': 'TOKEN' },
};
const reply = (body: unknown): Invocation => ({ kind: 'reply', reply: body });
const column = (...results: unknown[]): Invocation => reply({ success: true, num_records: results.length, results });
const RIGHT = [column('TOKEN', null), column(CANARY_VALUE, null)];
const LATER = reply({ success: false, error_msg: 'Temporary failure: Failed to send logs, connection refused !' });

/** Asks a function that gives these answers; resolves to the verdict, the questions and the time waited. */
async function ask(answers: readonly Invocation[], change: Partial<Candidate> = {}) {
  const events: unknown[] = [];
  let waited = 0;
  const invoke = (_name: string, _version: string, event: unknown): Promise<Invocation> => {
    events.push(event);
    return Promise.resolve(answers[events.length - 1] ?? LATER);
  };
  const wait = (ms: number): Promise<void> => {
    waited += ms;
    return Promise.resolve();
  };
  const verdict = await askCanary({ invoke }, { ...candidate, ...change }, wait);
  return { verdict, events, waited };
}

describe('a candidate', () => {
  test('passes when it protects to the known token and back, and NULL to NULL', async () => {
    const { verdict, events } = await ask(RIGHT);
    expect(verdict).toBeUndefined();
    expect(events).toMatchObject([
      { external_function: 'pty_protect_protector_canary_7_k1', arguments: [[CANARY_VALUE], [null]] },
      { external_function: 'pty_unprotect_protector_canary_7_k1', arguments: [['TOKEN'], [null]] },
    ]);
  });

  test('is asked for every root key', async () => {
    const { events } = await ask([...RIGHT, column('SECOND', null), column(CANARY_VALUE, null)], {
      answers: { '1': 'TOKEN', '2': 'SECOND' },
    });
    expect(events).toHaveLength(4);
  });

  test.each<[string, Invocation[], RegExp]>([
    ['gives another token', [column('OTHER', null)], /another answer/],
    ['gives a value for NULL', [column('TOKEN', '')], /another answer/],
    ['gives too few values', [column('TOKEN')], /another answer/],
    ['gives too many values', [column('TOKEN', null, null)], /another answer/],
    ['does not give the value back', [RIGHT[0]!, column('TOKEN', null)], /unprotect gave another answer/],
    ['refuses', [reply({ success: false, error_msg: 'No' })], /protect was refused: No/],
    ['speaks another language', [reply('hello')], /another language/],
    ['says nothing', [reply(undefined)], /another language/],
    ['breaks', [{ kind: 'broken', error: 'Sandbox.Timedout' }], /protect broke it: Sandbox\.Timedout/],
  ])('fails when it %s', async (_, answers, why) => {
    expect((await ask(answers)).verdict).toMatch(why);
  });

  test('fails when its front end is unknown', async () => {
    expect((await ask(RIGHT, { frontEnd: 'oracle' })).verdict).toMatch(/oracle/);
  });

  test('is asked again after a temporary failure, and left for the next run after five', async () => {
    const { verdict, waited } = await ask([LATER, LATER, ...RIGHT]);
    expect([verdict, waited]).toEqual([undefined, 2000]);
    await expect(ask([])).rejects.toMatchObject({ code: 'PUBLICATION_UNAVAILABLE' });
  });

  test.each([429, 503])('behind a gateway that answers %i is asked again', async (statusCode) => {
    const body = (data: unknown) => reply({ statusCode: 200, body: JSON.stringify({ data }) });
    const answers = [
      reply({ statusCode }),
      body([
        [0, 'TOKEN'],
        [1, null],
      ]),
      body([
        [0, CANARY_VALUE],
        [1, null],
      ]),
    ];
    expect((await ask(answers, { frontEnd: 'snowflake' })).verdict).toBeUndefined();
  });

  test.each(['snowflake', 'rest'])('behind %s fails when the answer is not JSON', async (frontEnd) => {
    expect((await ask([reply({ statusCode: 200, body: '<html>' })], { frontEnd })).verdict).toMatch(/another language/);
  });
});
