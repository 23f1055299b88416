// Tests and statements about members and grants that count for a time, and about users with a budget.
import { describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../lib/policy-tests/coverage.ts';
import { laterThan } from '../../../lib/policy-tests/later.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { accessTo, type Draft, grant, grantOf, roleOf, runOn, testedPolicy } from '../../support/tested-policy.ts';

const draft = testedPolicy();
roleOf(draft, 'auditor').members = [{ user: 'aude', until: '2026-12-01' }];
roleOf(draft, 'auditor').maxUnprotectPerDay = 1;
Object.assign(grantOf(draft, 'analyst', 'deCity'), { from: '2026-12-01' });

const passes = async (time: string, document: object): Promise<boolean[]> =>
  (await runOn(draft, document, Date.parse(time))).map(({ failure }) => failure === undefined);

test.each([
  ['2026-11-30T23:59:59Z', [true, false, false]],
  ['2026-12-01', [false, true, true]],
])('at %s a test and a statement are decided as requests are then', async (time, expected) => {
  const tests = ['aude unprotects deSSN: clear', 'ann unprotects deCity: clear'];
  const statements = ['nobody but admin sees deSSN in clear'];
  expect(await passes(time, { tests, statements: [] })).toEqual(expected.slice(0, 2));
  expect(await passes(time, { tests: [], statements })).toEqual(expected.slice(2));
});

test('a value of a user with a budget goes through the engine, as often as tests ask', async () => {
  const tests = Array.from({ length: 3 }, () => ({
    user: 'aude',
    unprotect: 'deSSN',
    value: '944-07-4214',
    gives: '944-07-4214',
  }));
  expect(await passes('2026-11-30', { tests })).toEqual([true, true, true]);
});

const NOW = Date.parse('2026-11-01');

/** Joe reads digits from 2027 on; etl moves values until December. */
function changingPolicy(): Draft {
  const changing = testedPolicy();
  roleOf(changing, 'loader').members = [{ user: 'etl', until: '2026-12-01' }];
  const members = [{ user: 'joe', from: '2027-01-01', until: '2027-02-01' }];
  changing.roles.push({ name: 'digits', members, grants: [grant('deDigits', ['unprotect'])] });
  return changing;
}

/** What is given where an entry fails: undefined where it does not. */
async function given(entry: string | object, document = changingPolicy()): Promise<string | undefined> {
  const isTest = typeof entry === 'string' ? /: /.test(entry) : 'unprotect' in entry || 'protect' in entry;
  const [result] = await runOn(document, isTest ? { tests: [entry] } : { statements: [entry] }, NOW);
  return result!.failure?.gives;
}

describe('a statement', () => {
  test.each<[string | object, string | undefined]>([
    ['nobody but ada sees deDigits in clear', 'at 2027-01-01T00:00:00Z joe may see deDigits in clear'],
    ['now, nobody but ada sees deDigits in clear', undefined],
    ['at 2026-12-31T23:59:59.999Z nobody but ada sees deDigits in clear', undefined],
    ['on 2027-01-01, nobody but ada sees deDigits in clear', 'joe may see deDigits in clear'],
    [{ at: '2027-02-01', nobody: { seeInClear: 'deDigits' }, but: 'ada' }, undefined],
    ['user etl may protect deSSN', 'at 2026-12-01T00:00:00Z etl may not protect deSSN'],
    ['now, user etl may protect deSSN', undefined],
    ['at least 2 users may protect deSSN', 'at 2026-12-01T00:00:00Z ada may protect deSSN'],
    ['at most 1 user sees deDigits in clear', 'at 2027-01-01T00:00:00Z ada, joe may see deDigits in clear'],
  ])('%j gives %j', async (entry, expected) => {
    expect(await given(entry)).toBe(expected);
  });

  test('about paths finds moves of one time and sights of another one', async () => {
    const path = 'no path of reprotects by user etl shows deSSN to user joe';
    expect(await given(path)).toBe(
      'etl may reprotect deSSN to deDigits, at 2027-01-01T00:00:00Z joe may see deDigits in clear',
    );
    for (const when of ['now,', 'at 2026-12-15,', 'at 2027-01-15,']) {
      // oxlint-disable-next-line no-await-in-loop -- three
      expect(await given(`${when} ${path}`)).toBeUndefined();
    }
  });

  test('about paths takes no two elements for one that differ later', async () => {
    const changing = testedPolicy();
    const alike = { ...changing.elements[3], id: changing.elements[1].id, name: 'deCCN' };
    changing.elements[1] = alike;
    const movers = [{ user: 'etl', until: '2026-12-01' }];
    const seen = grant('deDigits', ['unprotect'], { from: '2027-01-01' });
    changing.roles = [
      {
        name: 'mover',
        members: movers,
        grants: ['deSSN', 'deCCN', 'deDigits'].map((name) => grant(name, ['reprotect'])),
      },
      { name: 'viewer', members: ['joe'], grants: [seen] },
    ];
    expect(await given('no path of reprotects shows deSSN to joe', changing)).toBe(
      'etl may reprotect deSSN to deDigits, at 2027-01-01T00:00:00Z joe may see deDigits in clear',
    );
  });

  test('about grants leaves out those that have ended or not begun', async () => {
    const changing = testedPolicy();
    Object.assign(grantOf(changing, 'clerk', 'deSSN'), { until: '2026-10-01' });
    expect(await given('every grant of role clerk is masked', changing)).toBeUndefined();
    Object.assign(grantOf(changing, 'clerk', 'deSSN'), { from: '2026-12-01', until: '2026-12-02' });
    expect(await given('every grant of role clerk is masked', changing)).toBe(
      'at 2026-12-01T00:00:00Z the grant of role clerk for deSSN is null',
    );
  });
});

describe('a test', () => {
  test.each<[string | object, string | undefined]>([
    ['joe unprotects deDigits: clear', 'refused, code 3'],
    ['at 2027-01-01, joe unprotects deDigits: clear', undefined],
    [{ at: '2027-01-01', user: 'joe', unprotect: 'deDigits', value: '12345678', gives: '12345678' }, undefined],
    [{ at: '2027-02-01', user: 'joe', unprotect: 'deDigits', value: '12345678', gives: '12345678' }, 'refused, code 3'],
    [{ at: 'now', user: 'etl', protect: 'deSSN', gives: 'allowed' }, undefined],
    ['on 2026-12-01 etl protects deSSN: allowed', 'refused, code 3'],
  ])('%j gives %j', async (entry, expected) => {
    expect(await given(entry)).toBe(expected);
  });
});

test.each([
  ['at 2026-02-30 ann unprotects deSSN: null', 'no calendar has the time 2026-02-30'],
  ['at 2026-12-31T18:00 ann unprotects deSSN: null', 'must be now, or a time in UTC such as 2026-12-31T18:00:00Z'],
])('%j is refused', (entry, message) => {
  const access = accessTo(testedPolicy());
  const refused = expect.objectContaining({ problems: [expect.objectContaining({ message })] });
  expect(() => parsePolicyTests({ tests: [entry] }, access)).toThrow(refused);
});

describe('the later times of a policy', () => {
  test('are those of members and grants, each once, after the time of the run', () => {
    const changing = changingPolicy();
    Object.assign(grantOf(changing, 'analyst', 'deCity'), { from: '2026-12-01', until: '2028-01-01' });
    const times = laterThan(accessTo(changing, Date.parse('2026-12-01'))).tried;
    expect(times.map((atMs) => new Date(atMs).toISOString().slice(0, 10))).toEqual([
      '2027-01-01',
      '2027-02-01',
      '2028-01-01',
    ]);
  });

  test('are so many at most, and the first that is left out is named', () => {
    const changing = testedPolicy();
    const until = (day: number): string => new Date(NOW + day * 86_400_000).toISOString();
    roleOf(changing, 'analyst').members = Array.from({ length: 1003 }, (_, i) => ({
      user: `u${i}`,
      until: until(i + 1),
    }));
    const { tried, untilMs } = laterThan(accessTo(changing, NOW));
    expect(tried).toHaveLength(1000);
    expect(new Date(untilMs!).toISOString()).toBe(until(1001));
  });
});

function touched(document: object): string[] {
  const changing = changingPolicy();
  Object.assign(grantOf(changing, 'auditor', 'deName'), { until: '2026-10-01' });
  const access = accessTo(changing, NOW);
  const without = coverageOf(access, []).untouched;
  const left = coverageOf(access, [parsePolicyTests(document, access)]).untouched;
  const texts = left.map((each) => JSON.stringify(each));
  return without
    .filter((each) => !texts.includes(JSON.stringify(each)))
    .map(({ role, permission, element }) => `${role} ${permission} ${element}`);
}

describe('coverage', () => {
  test.each<[object, string[]]>([
    [{ tests: ['joe unprotects deDigits: refused'] }, []],
    [{ tests: ['at 2027-01-01 joe unprotects deDigits: clear'] }, ['digits unprotect deDigits']],
    [{ statements: ['at 2027-01-01 user joe may unprotect deDigits'] }, ['digits unprotect deDigits']],
    [{ statements: ['user joe may unprotect deDigits'] }, ['digits unprotect deDigits']],
    [{ statements: ['now, user joe may unprotect deDigits'] }, []],
  ])('of %j is %j', (document, grants) => {
    expect(touched(document)).toEqual(grants);
  });

  test('counts no grant that has ended', () => {
    const changing = testedPolicy();
    const { granted } = coverageOf(accessTo(changing, NOW), []);
    Object.assign(grantOf(changing, 'auditor', 'deName'), { until: '2026-11-01' });
    expect(coverageOf(accessTo(changing, NOW), []).granted).toBe(granted - 1);
  });
});
