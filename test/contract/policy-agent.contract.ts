// What the policy agent promises, wherever its documents, keys and records are; Lambda is the in-memory service behind the
// SDK's client everywhere. Each call of each port fails once before it happens, once after, and once for good.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AgentRequest } from '../../lib/publication/agent.ts';
import { PublicationError } from '../../lib/publication/errors.ts';
import { liveRelease } from '../../lib/publication/journal.ts';
import { redshiftEvent } from '../support/policy.ts';
import { smallPolicy, VALUE } from '../support/publication/small-policy.ts';
import { type Hooks, LAYER, TestCloud } from '../support/publication/world.ts';

export interface Place {
  /** A new cloud, in which nothing was ever published. */
  readonly cloud: () => Promise<TestCloud>;
  /** Checks what only this place can tell. */
  readonly verify: () => Promise<void>;
  readonly dispose: () => void;
}

/** Clouds in memory. */
export const inMemory = (): Place => ({
  cloud: () => Promise.resolve(new TestCloud()),
  verify: () => Promise.resolve(),
  dispose: () => {},
});

class Killed extends Error {}

/** Makes call number `at` fail, and counts all. */
function failing(
  at: number,
  kind: 'before' | 'after' | 'refused',
): Hooks & { count: () => number; call: () => string } {
  let [before, after, name] = [0, 0, 'none'];
  return {
    before: (call) => {
      if (++before !== at) return;
      name = call;
      if (kind === 'before') throw new Killed();
      if (kind === 'refused') throw new PublicationError('PUBLICATION_REFUSED', 'The service will not do it');
    },
    after: () => {
      if (++after === at && kind === 'after') throw new Killed();
    },
    count: () => before,
    call: () => name,
  };
}

async function results(cloud: TestCloud, name: string, sql: string, cell: string): Promise<unknown> {
  const reply = await cloud.ask(name, redshiftEvent(sql, [cell]));
  return (reply as { results?: readonly unknown[] }).results?.[0];
}

function demand(what: string, holds: boolean): void {
  if (!holds) throw new Error(`It must hold that ${what}`);
}

/** What must hold after every failure: what was protected can be read, and every key that ever was is still there. */
class Guard {
  readonly #cloud: TestCloud;
  readonly #tokens: readonly string[];
  readonly #keys = new Map<string, string>();

  /** `tokens`: what callers have got so far. */
  constructor(cloud: TestCloud, tokens: readonly string[]) {
    this.#cloud = cloud;
    this.#tokens = tokens;
  }

  async check(): Promise<void> {
    // oxlint-disable no-await-in-loop -- one after another
    for (const name of this.#cloud.functions) {
      for (const token of this.#tokens) {
        const clear = await results(this.#cloud, name, 'pty_unprotect_dessn', token);
        // After a rotation it is read as what it was protected with.
        const old = clear === VALUE ? clear : await results(this.#cloud, name, 'pty_unprotect_dessn_v1', token);
        demand(`${name} reads what was protected`, old === VALUE);
      }
    }
    for (const name of ['audit-signing', 'keyring-1', 'keyring-2'].map((key) => `keys/${key}.sealed.json`)) {
      const text = (await this.#cloud.documents.read(name))?.text;
      const known = this.#keys.get(name);
      demand(`${name} never changes`, known === undefined || text === known);
      if (text !== undefined) this.#keys.set(name, text);
    }
    // oxlint-enable no-await-in-loop
  }
}

/** A cloud whose callers have a token, and one in which nothing was published. */
async function published(place: Place): Promise<{ cloud: TestCloud; tokens: string[] }> {
  const cloud = await place.cloud();
  await cloud.author(smallPolicy('start'));
  await (await cloud.agent()).run();
  return { cloud, tokens: [String(await results(cloud, 'redshift-a', 'pty_protect_dessn', VALUE))] };
}

async function unpublished(place: Place): Promise<{ cloud: TestCloud; tokens: string[] }> {
  return { cloud: await place.cloud(), tokens: [] };
}

/** What must hold once an agent was left alone. */
async function expectSettled(cloud: TestCloud, live: number): Promise<void> {
  const journal = await cloud.journal();
  expect(journal).toMatchObject({ live, outbox: [] });
  expect(journal.pending).toBeUndefined();
  const release = liveRelease(journal)!;
  for (const name of cloud.functions) {
    expect(cloud.aliasVersion(name)).toBe(release.functions[name]);
    expect(cloud.model.getFunctionConfiguration(name).layers).toEqual([release.layer]);
  }
  const kept = new Set(journal.releases.map(({ layer }) => layer));
  // Only what was published and never written down may be left, until the next publication.
  const left = cloud.model.listLayerVersions(LAYER).filter(({ arn }) => !kept.has(arn));
  expect(left.length).toBeLessThanOrEqual(1);
}

/** Every call that an agent makes of the world. */
const CALLS =
  'authored.read documents.read documents.write keys.generateDataKey keys.unwrapDataKey layers.list layers.publish layers.remove functions.configuration functions.setLayers functions.publish invoker.invoke aliases.get aliases.move trail.record'.split(
    ' ',
  );

type Kind = 'before' | 'after' | 'refused';

interface Scope {
  /** Failures that are tried. */
  readonly kinds: readonly Kind[];
  /** Those that are tried in scenarios which need a new cloud for each: the state before a call is that after the one before. */
  readonly fromNothing: readonly Kind[];
}

/** The promises of the agent; with `skipped`, printed as skipped for that reason. */
export function agentContract(
  name: string,
  { kinds, fromNothing }: Scope,
  create: () => Place,
  skipped?: string,
): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`the policy agent over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let place: Place;
    beforeAll(() => {
      place = create();
    });
    afterAll(() => {
      place.dispose();
    });

    test('the agent publishes, rotates a key, rolls back, and leaves a trail that verifies', async () => {
      const cloud = await place.cloud();
      const outcomes = [];
      // oxlint-disable no-await-in-loop -- one after another
      for (const [role, keyVersion] of [
        ['one', 1],
        ['two', 1],
        ['three', 2],
      ] as const) {
        await cloud.author(smallPolicy(role, keyVersion));
        outcomes.push(await (await cloud.agent()).run());
      }
      // oxlint-enable no-await-in-loop
      outcomes.push(await (await cloud.agent()).run({ kind: 'rollback' }));
      expect(outcomes).toEqual([
        { kind: 'published', live: 1 },
        { kind: 'published', live: 2 },
        { kind: 'published', live: 3 },
        { kind: 'rolled-back', live: 2 },
      ]);
      await expectSettled(cloud, 2);
      await place.verify();
    });

    test.each(kinds)(
      'an interruption (%s) at any call of a publication or a rollback leaves tokens readable, before the next run and after it',
      async (kind) => {
        const { cloud, tokens } = await published(place);
        const guard = new Guard(cloud, tokens);
        const tried: string[] = [];
        // oxlint-disable no-await-in-loop -- one failure after another
        for (const request of [{ kind: 'look' }, { kind: 'rollback' }] as const) {
          for (let at = 1, hit = true; hit; at++) {
            await cloud.author(smallPolicy(`${request.kind}-${at}`));
            if (request.kind === 'rollback') await (await cloud.agent()).run();
            const hooks = failing(at, kind);
            await attempt(cloud, hooks, request);
            await guard.check();
            // What was refused is not tried again by itself.
            if (kind === 'refused') await cloud.author(smallPolicy(`${request.kind}-${at}-again`));
            await attempt(cloud, {}, { kind: 'look' });
            await guard.check();
            const { live, lastVersion } = await cloud.journal();
            await expectSettled(cloud, live!);
            const call = hooks.call();
            demand(`after ${call} the last version is live`, request.kind === 'rollback' || live === lastVersion);
            hit = call !== 'none';
            tried.push(call);
          }
        }
        // oxlint-enable no-await-in-loop
        expect(tried.length).toBeGreaterThan(40);
        expect(new Set(tried)).toEqual(new Set([...CALLS, 'none']));
      },
      600_000,
    );

    if (fromNothing.length === 0) return;
    test.each([
      [
        'rolled back',
        [1, 2, 3] as readonly number[],
        async (cloud: TestCloud) => (await cloud.agent()).run({ kind: 'rollback' }),
      ],
      [
        'published the next policy',
        [3, 4] as readonly number[],
        async (cloud: TestCloud) => {
          await cloud.author(smallPolicy('fourth'));
          return (await cloud.agent()).run();
        },
      ],
    ] as const)(
      'an agent that falls asleep before any call, and wakes up after another has %s, does no harm',
      async (_, lives, meanwhile) => {
        const sleptBefore: string[] = [];
        // oxlint-disable no-await-in-loop -- one sleep after another
        for (let at = 1; sleptBefore.at(-1) !== 'never'; at++) {
          const { cloud, tokens } = await published(place);
          await cloud.author(smallPolicy('second'));
          await (await cloud.agent()).run();
          const guard = new Guard(cloud, tokens);
          await guard.check();
          await cloud.author(smallPolicy('third'));
          let calls = 0;
          let asleep = 'never';
          const sleeper = await cloud.agent(
            {},
            {
              before: async (call) => {
                if (++calls !== at) return;
                asleep = call;
                await meanwhile(cloud);
              },
            },
          );
          await sleeper.run();
          await guard.check();
          const { live } = await cloud.journal();
          // Which one it is depends on how far it had come.
          demand(
            `asleep before ${asleep} it leaves version ${live} alone`,
            asleep === 'never' || lives.includes(live!),
          );
          await expectSettled(cloud, live!);
          sleptBefore.push(asleep);
        }
        // oxlint-enable no-await-in-loop
        expect(sleptBefore.length).toBeGreaterThan(40);
      },
      300_000,
    );

    test.each(
      fromNothing.flatMap(
        (kind) =>
          [
            ['a first publication', kind, unpublished, 1],
            ['a rotation', kind, published, 2],
          ] as const,
      ),
    )(
      'after an interruption at any call of %s (%s), the next run publishes with the keys that exist',
      async (_, kind, begin, keyVersion) => {
        const tried: string[] = [];
        // oxlint-disable no-await-in-loop -- one failure after another
        for (let at = 1; tried.at(-1) !== 'none'; at++) {
          const { cloud, tokens } = await begin(place);
          const guard = new Guard(cloud, tokens);
          await guard.check();
          await cloud.author(smallPolicy('next', keyVersion));
          const hooks = failing(at, kind);
          await attempt(cloud, hooks, { kind: 'look' });
          await guard.check();
          if (kind === 'refused') await cloud.author(smallPolicy('again', keyVersion));
          await attempt(cloud, {}, { kind: 'look' });
          await guard.check();
          const { live, lastVersion } = await cloud.journal();
          demand(`after ${hooks.call()} the last version is live`, live === lastVersion);
          await expectSettled(cloud, live!);
          tried.push(hooks.call());
        }
        // oxlint-enable no-await-in-loop
        expect(tried.length).toBeGreaterThan(40);
      },
      300_000,
    );
  });
}

/** A run that may fail in any way. */
async function attempt(cloud: TestCloud, hooks: Hooks, request: AgentRequest): Promise<unknown> {
  try {
    return await (await cloud.agent({}, hooks)).run(request);
  } catch (error) {
    return error;
  }
}
