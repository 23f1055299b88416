// Who must agree to a release before the agent publishes it.
import { describe, expect, test } from '@jest/globals';
import type { ReleaseDemand } from '../../../lib/contract/policy-agent.ts';
import {
  approvalStatement,
  askGate,
  type GateSettings,
  NAMESPACES,
  parseSigners,
  type ReleaseFiles,
  releaseStatement,
  type Signer,
} from '../../../lib/publication/gate.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { NO_GATE, TestCloud } from '../../support/publication/world.ts';
import { type SshKey, sshKey } from '../../support/ssh-keys.ts';

const [alice, bob, carol, mallory] = [sshKey(), sshKey(), sshKey(true), sshKey()] as const;
const signer = (name: string, { fingerprint }: SshKey, ...may: ('author' | 'approve')[]): Signer => ({
  name,
  fingerprint,
  may: new Set(may),
});
const signers = [
  signer('alice', alice, 'author', 'approve'),
  signer('bob', bob, 'approve'),
  signer('carol', carol, 'author'),
];
const PLACE = 'acme-policies';
const FILES: ReleaseFiles = { policy: '{"name":"P"}', mapping: '{}', tests: 'tests: []' };

const gate = (...requires: ReleaseDemand[]): GateSettings => ({ signers, requires: new Set(requires), place: PLACE });
const signed = (by: SshKey, files = FILES) => by.sign(NAMESPACES.author, releaseStatement(files));
const approved = (by: SshKey, files = FILES, place = PLACE, live = 7) =>
  by.sign(NAMESPACES.approve, approvalStatement(files, place, live));

const filesOf = (policy: unknown): ReleaseFiles => ({ policy: JSON.stringify(policy) });
const refuseLayers = (call: string): void => {
  if (call === 'layers.publish') throw new PublicationError('PUBLICATION_REFUSED', 'a quota');
};

async function uploaded(policy = smallPolicy('first')): Promise<{ cloud: TestCloud; files: ReleaseFiles }> {
  const cloud = new TestCloud();
  await cloud.author(policy);
  return { cloud, files: filesOf(policy) };
}

describe('the statements that people sign', () => {
  test('are short texts that a person can check with sha256sum', () => {
    expect(releaseStatement({ policy: 'abc' })).toBe(
      'serverless-protector release 1\npolicy sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n',
    );
    expect(approvalStatement({ policy: 'abc' }, PLACE, undefined)).toBe(
      `serverless-protector approval 1\nin acme-policies\nafter version 0\n${releaseStatement({ policy: 'abc' })}`,
    );
  });
});

describe('a gate', () => {
  test('of a deployment without signers is open', () => {
    expect(askGate(NO_GATE, FILES, { signature: 'nonsense' }, 7)).toEqual({ kind: 'open' });
  });

  test('that demands nothing names the author where there is one, and takes no wrong one', () => {
    expect(askGate(gate(), FILES, {}, 7)).toEqual({ kind: 'open' });
    expect(askGate(gate(), FILES, { signature: signed(alice) }, 7)).toEqual({ kind: 'open', author: 'alice' });
    expect(askGate(gate(), FILES, { signature: signed(mallory) }, 7).kind).toBe('refused');
  });

  test('that demands an approval lets a second person release what the author signed', () => {
    const given = { signature: signed(alice), approval: approved(bob) };
    expect(askGate(gate('approval'), FILES, given, 7)).toEqual({ kind: 'open', author: 'alice', approver: 'bob' });
    const hard = { signature: signed(carol), approval: approved(alice) };
    expect(askGate(gate('approval'), FILES, hard, 7)).toEqual({ kind: 'open', author: 'carol', approver: 'alice' });
  });

  test.each<[what: string, given: { signature?: string; approval?: string }, kind: string, why: string]>([
    ['no signature', {}, 'waiting', 'The release is not signed by an author'],
    [
      'an approval without a signature',
      { approval: approved(bob) },
      'waiting',
      'The release is not signed by an author',
    ],
    ['no approval', { signature: signed(alice) }, 'waiting', 'The release waits for the approval of a second person'],
    [
      'the author as the approver',
      { signature: signed(alice), approval: approved(alice) },
      'refused',
      'The author of a release cannot approve it: a second person must',
    ],
    [
      'a stranger as the author',
      { signature: signed(mallory), approval: approved(bob) },
      'refused',
      'The signature of the release is by a key that is none of the signers',
    ],
    [
      'an author who may only approve',
      { signature: signed(bob), approval: approved(alice) },
      'refused',
      'The signature of the release is by bob, who may not write releases',
    ],
    [
      'an approver who may only write',
      { signature: signed(alice), approval: approved(carol) },
      'refused',
      'The approval of the release is by carol, who may not approve releases',
    ],
    [
      'the signature of other files',
      { signature: signed(alice, { ...FILES, mapping: '{ }' }) },
      'refused',
      'The signature of the release is by alice, but not of these files',
    ],
    [
      'the signature of files without the tests',
      { signature: signed(alice, { ...FILES, tests: undefined }) },
      'refused',
      'The signature of the release is by alice, but not of these files',
    ],
    [
      'the approval of an earlier release',
      { signature: signed(alice), approval: approved(bob, FILES, PLACE, 6) },
      'refused',
      'The approval of the release is by bob, but not of these files as the successor of what is live',
    ],
    [
      'the approval for another deployment',
      { signature: signed(alice), approval: approved(bob, FILES, 'acme-staging') },
      'refused',
      'The approval of the release is by bob, but not of these files as the successor of what is live',
    ],
    [
      'the signature of an author in place of an approval',
      { signature: signed(alice), approval: bob.sign(NAMESPACES.author, approvalStatement(FILES, PLACE, 7)) },
      'refused',
      'The approval of the release is by bob, but not of these files as the successor of what is live',
    ],
    [
      'a text in place of a signature',
      { signature: 'alice' },
      'refused',
      'The signature of the release cannot be read as an SSH signature',
    ],
  ])('that demands an approval is closed to %s', (_, given, kind, why) => {
    expect(askGate(gate('approval'), FILES, given, 7)).toEqual({ kind, why });
  });
});

test('a gate that demands tests waits for them', () => {
  const why = 'The release has no tests';
  expect(askGate(gate('tests'), { policy: '{}' }, {}, 7)).toEqual({ kind: 'waiting', why });
  expect(askGate(gate('tests'), FILES, {}, 7)).toEqual({ kind: 'open' });
});

describe('signers', () => {
  const print = 'SHA256:gmzko+7J7W2iDMxC3h8Sv1iTL2dhWG9APUBMP3ufYXo';
  const other = print.replace('g', 'h');

  test('are read by name, key and rights', () => {
    expect(parseSigners(` alice@example.com ${print}  author approve,bob ${other} approve`)).toEqual([
      { name: 'alice@example.com', fingerprint: print, may: new Set(['author', 'approve']) },
      { name: 'bob', fingerprint: other, may: new Set(['approve']) },
    ]);
  });

  test.each([
    '',
    'alice',
    `alice ${print}`,
    `alice ${print} admin`,
    `alice ${print} author admin`,
    `alice MD5:00 author`,
    `alice ${print.slice(0, -1)} author`,
    `alice ${print} author,`,
    `alice ${print} author,bob ${print} approve`,
  ])('in any other form are refused: %j', (text) => {
    expect(parseSigners(text)).toBeUndefined();
  });
});

describe('an agent that demands an approval', () => {
  const settings = { gate: gate('approval') };
  test('publishes what two people agreed to, and records who', async () => {
    const { cloud, files } = await uploaded();
    const run = async (request?: Parameters<Awaited<ReturnType<TestCloud['agent']>>['run']>[0]) =>
      (await cloud.agent(settings)).run(request);
    expect(await run()).toEqual({ kind: 'waiting', live: undefined, why: 'The release is not signed by an author' });
    await cloud.authored.put('release.sig', signed(alice, files));
    const why = 'The release waits for the approval of a second person';
    expect(await run()).toEqual({ kind: 'waiting', live: undefined, why });
    expect(await run()).toEqual({ kind: 'unchanged', live: undefined });
    expect(await (await cloud.agent(settings)).planRelease()).toEqual({
      place: PLACE,
      live: undefined,
      answer: { kind: 'waiting', why },
    });
    const approval = approved(bob, files, PLACE, 0);
    expect(await run({ kind: 'approve', approval })).toEqual({ kind: 'published', live: 1 });
    const about = cloud.events.filter(({ code, detail }) => code === 71 || detail?.includes('release'));
    expect(about.map(({ code, detail }) => [code, detail])).toEqual([
      [86, 'The release is not signed by an author'],
      [86, why],
      [71, 'signed by alice, approved by bob'],
    ]);
    expect((await cloud.journal()).releases[0]).toMatchObject({ author: 'alice', approver: 'bob' });
  });

  test.each<[what: string, approval: (files: ReleaseFiles) => string, why: string]>([
    [
      'its author',
      (files) => approved(alice, files, PLACE, 0),
      'The author of a release cannot approve it: a second person must',
    ],
    [
      'a stranger',
      (files) => approved(mallory, files, PLACE, 0),
      'The approval of the release is by a key that is none of the signers',
    ],
    ['nobody', () => 'yes', 'The approval of the release cannot be read as an SSH signature'],
  ])('publishes nothing that was approved by %s, records why, and still waits', async (_, approval, why) => {
    const { cloud, files } = await uploaded();
    await cloud.authored.put('release.sig', signed(alice, files));
    const agent = await cloud.agent(settings);
    expect(await agent.run({ kind: 'approve', approval: approval(files) })).toEqual({
      kind: 'refused',
      live: undefined,
      problems: [{ path: '$', message: why }],
    });
    expect(cloud.events.at(-1)).toMatchObject({ code: 86, detail: why });
    expect(await cloud.ask('redshift-a')).toMatchObject({ success: false });
    const right = approved(bob, files, PLACE, 0);
    expect(await agent.run({ kind: 'approve', approval: right })).toEqual({ kind: 'published', live: 1 });
  });

  test('publishes nothing with the signature of other files, and records why', async () => {
    const { cloud, files } = await uploaded();
    await cloud.authored.put('release.sig', signed(alice, { ...files, policy: '{}' }));
    const message = 'The signature of the release is by alice, but not of these files';
    expect(await (await cloud.agent(settings)).run()).toMatchObject({ kind: 'refused', problems: [{ message }] });
    expect(cloud.events.at(-1)).toMatchObject({ code: 80, detail: message });
    expect((await cloud.journal()).lastVersion).toBe(0);
  });

  test('takes an approval for one publication alone', async () => {
    const { cloud, files } = await uploaded();
    await cloud.authored.put('release.sig', signed(alice, files));
    const agent = await cloud.agent(settings);
    const first = approved(bob, files, PLACE, 0);
    await agent.run({ kind: 'approve', approval: first });
    const second = smallPolicy('second');
    await cloud.author(second);
    await cloud.authored.put('release.sig', signed(alice, filesOf(second)));
    await agent.run({ kind: 'approve', approval: approved(bob, filesOf(second), PLACE, 1) });
    expect((await cloud.journal()).live).toBe(2);
    // Whoever may write to the bucket brings back the first release, which was approved once.
    await cloud.author(smallPolicy('first'));
    await cloud.authored.put('release.sig', signed(alice, files));
    expect(await agent.run({ kind: 'approve', approval: first })).toMatchObject({ kind: 'refused', live: 2 });
    expect((await cloud.journal()).live).toBe(2);
  });

  test('tries again what failed after its approval, unless another version is live by then', async () => {
    const outcomes = [];
    for (const isRolledBack of [false, true]) {
      const { cloud, files } = await uploaded();
      await cloud.authored.put('release.sig', signed(alice, files));
      // oxlint-disable no-await-in-loop -- one after another
      const agent = await cloud.agent(settings);
      await agent.run({ kind: 'approve', approval: approved(bob, files, PLACE, 0) });
      const second = smallPolicy('second');
      await cloud.author(second);
      await cloud.authored.put('release.sig', signed(alice, filesOf(second)));
      await agent.run({ kind: 'approve', approval: approved(bob, filesOf(second), PLACE, 1) });
      const third = smallPolicy('third');
      await cloud.author(third);
      await cloud.authored.put('release.sig', signed(alice, filesOf(third)));
      const approval = approved(bob, filesOf(third), PLACE, 2);
      expect(
        await (await cloud.agent(settings, { before: refuseLayers })).run({ kind: 'approve', approval }),
      ).toMatchObject({
        kind: 'undone',
        live: 2,
      });
      if (isRolledBack) await agent.run({ kind: 'rollback' });
      cloud.nowMs += 2 * 3_600_000;
      cloud.model.updateCode('redshift-a', 'a build of today');
      const outcome = await (await cloud.agent(settings)).run();
      outcomes.push({ ...outcome, handled: (await cloud.journal()).handled?.outcome });
      // oxlint-enable no-await-in-loop
    }
    expect(outcomes).toMatchObject([
      { kind: 'published', live: 4, handled: 'published' },
      // The new code got version 1, and the upload waits for an approval of another successor.
      { kind: 'redeployed', live: 1, handled: 'waiting' },
    ]);
  });
});
