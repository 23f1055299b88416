// Proofs over 10,000 users and 1,000 elements: time of each statement, and memory. Every user has roles of their own choice, so
// that there are about as many classes as users, and no two elements have the same grants: nothing collapses. In parentheses is
// the time of the processor, which counts on a busy machine.

import { randomBytes } from 'node:crypto';
import { Access } from '../../lib/policy-tests/access.ts';
import { coverageOf } from '../../lib/policy-tests/coverage.ts';
import { throwAwayEngine } from '../../lib/policy-tests/engine.ts';
import { parsePolicyTests } from '../../lib/policy-tests/parse.ts';
import { runPolicyTests } from '../../lib/policy-tests/run.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { Random } from '../fuzz/random.ts';
import type { Figure, Section } from './figures.ts';

const USERS = 10_000;
const ELEMENTS = 1000;
const ROLES = 100;

/** Types between which some moves are allowed and some are not. */
const TYPES = [
  { method: 'tokenization', type: 'numeric', shortData: 'error', otherCharacters: 'refuse' },
  { method: 'tokenization', type: 'numeric', shortData: 'error', fromRight: 4 },
  { method: 'tokenization', type: 'unicode-script', shortData: 'weak-token' },
  { method: 'tokenization', type: 'email', shortData: 'error' },
  { method: 'encryption', type: 'aes-256-gcm' },
];

/** The statements hold, so that each is proved over everything; the last ones do not. */
const STATEMENTS = [
  'nobody but role reader or role peeker sees any element in clear',
  'nobody but role reader, role masker or role peeker may unprotect any element',
  'nobody may both protect and unprotect any element',
  'role reader and role masker may not protect any element',
  'every element has somebody who may unprotect it',
  'at least 2 users see every element in clear',
  'at most 3000 users see any element in clear',
  'role reader may unprotect every element',
  'every grant of role masker is masked or null',
  'no path of reprotects shows any element to role loader',
  'no path of reprotects shows anything of de0 to role loader',
  'no path of reprotects shows de0 to role peeker',
  'no path of reprotects shows de0 to anybody but role reader or role peeker',
  'nobody but role reader sees anything of any element',
  'anybody else may do nothing',
];

/** Such statements are proved at each time at which a member begins or ends. */
const LASTING = [
  'nobody but role reader or role peeker sees any element in clear',
  'no path of reprotects shows any element to role loader',
];
const LATER_TIMES = 5;
const TIMES_FROM = Date.parse('2026-11-01');
const DAY_MS = 24 * 60 * 60 * 1000;

/** 100 roles: one reads, one masks, one loads, one peeks; the others are projects that each grant a part of the elements. */
function policyDocument(times = 0): object {
  const random = new Random(1);
  const names = Array.from({ length: ELEMENTS }, (_, i) => `de${i}`);
  const grants = (share: number, permissions: readonly string[], mask?: string): object[] =>
    names.flatMap((element) =>
      random.below(100) < share
        ? [{ element, permissions, noAccess: 'null', ...(mask !== undefined && { mask }) }]
        : [],
    );
  const users = Array.from({ length: USERS }, (_, i) => `user${i}@example.com`);
  const kinds = [
    () => grants(30, ['reprotect']),
    () => grants(30, ['protect']),
    () => grants(30, ['protect', 'reprotect']),
    () => grants(30, []),
  ];
  const projects = Array.from({ length: ROLES - 4 }, (_, i) => ({
    name: `project${i}`,
    grants: kinds[i % kinds.length]!(),
  }));
  // A reader, masker or peeker is in no project, and the others are in up to three.
  const members = new Map<string, string[]>(
    [...projects.map(({ name }) => name), 'reader', 'masker', 'loader', 'peeker'].map((name) => [name, []]),
  );
  for (const [i, user] of users.entries()) {
    if (i % 50 === 0) members.get('reader')!.push(user);
    else if (i % 50 === 1) members.get('masker')!.push(user);
    else if (i % 50 === 3) members.get('peeker')!.push(user);
    else {
      if (i % 50 === 2) members.get('loader')!.push(user);
      const own = new Set(Array.from({ length: 3 }, () => `project${random.below(projects.length)}`));
      for (const name of own) members.get(name)!.push(user);
    }
  }
  const roles = [
    { name: 'reader', grants: grants(100, ['unprotect']) },
    { name: 'masker', grants: grants(100, ['unprotect'], 'last4') },
    { name: 'loader', grants: grants(100, ['protect']) },
    // E-mail addresses: no user may move another value there.
    {
      name: 'peeker',
      grants: names.flatMap((element, i) => (i % 25 === 3 ? [{ element, permissions: ['unprotect'] }] : [])),
    },
    ...projects,
  ];
  return {
    name: 'LARGE',
    dataStore: 'BENCH',
    masks: [{ name: 'last4', fromLeft: 0, fromRight: 4, mode: 'clear' }],
    elements: names.map((name, i) => ({
      id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      name,
      ...TYPES[i % TYPES.length],
    })),
    groups: [...members].map(([name, own]) => ({
      name: `group-${name}`,
      members: own.map((user, i) => (i < times && name === 'loader' ? { user, until: endOf(i) } : user)),
    })),
    roles: roles.map((role) => ({ ...role, members: [{ group: `group-${role.name}` }] })),
  };
}

function endOf(i: number): string {
  return new Date(TIMES_FROM + (i + 1) * DAY_MS).toISOString();
}

export async function policyTestsSection(): Promise<Section> {
  const policy = parsePolicy(policyDocument());
  const residentBefore = residentMb();
  const figures: Figure[] = [];
  const measure = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const [from, before] = [performance.now(), process.cpuUsage()];
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    figures.push({ name, unit: 'ms', median: performance.now() - from, best: (user + system) / 1000 });
    return result;
  };
  const access = await measure('classes of users and sets of grants', () => new Access(policy, Date.now()));
  const engine = throwAwayEngine(policy, randomBytes);
  for (const statement of STATEMENTS) {
    const tests = parsePolicyTests({ statements: [statement] }, access);
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const [result] = await measure(statement, () => runPolicyTests(access, tests, engine));
    const verdict = result?.failure === undefined ? 'proved' : 'refuted';
    figures.push({ ...figures.pop()!, name: `${verdict}: ${statement}` });
  }
  const covering = parsePolicyTests({ statements: ['everybody may protect every element'] }, access);
  await measure('coverage of a statement about every user and element', () => coverageOf(access, [covering]));
  const timed = new Access(parsePolicy(policyDocument(LATER_TIMES)), TIMES_FROM);
  for (const statement of LASTING) {
    const tests = parsePolicyTests({ statements: [statement] }, timed);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await measure(`proved now and at ${LATER_TIMES} later times: ${statement}`, () =>
      runPolicyTests(timed, tests, engine),
    );
  }
  figures.push(figure('resident memory more', 'MB', residentMb() - residentBefore));
  const kinds = access.distinct(policy.elements.map(({ name }) => name)).length;
  const size = `${USERS} users in ${access.classes.length} classes, ${ELEMENTS} elements of ${kinds} kinds, ${ROLES} roles`;
  return { title: `Tests of a policy: ${size}`, figures };
}

function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

function figure(name: string, unit: Figure['unit'], value: number): Figure {
  return { name, unit, median: value, best: value };
}
