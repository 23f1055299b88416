// Agents that run at the same time in any order of their calls, die anywhere, are refused anything, and wake up again after the
// world has gone on, while authors upload good and bad policies and somebody rolls back.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AgentRequest } from '../../lib/publication/agent.ts';
import { PublicationError } from '../../lib/publication/errors.ts';
import { JOURNAL, type Journal, liveRelease } from '../../lib/publication/journal.ts';
import { redshiftEvent } from '../support/policy.ts';
import type { MemoryDocuments } from '../support/publication/memory-documents.ts';
import { smallPolicy, VALUE } from '../support/publication/small-policy.ts';
import { ENVIRONMENTS, type Hooks, TestCloud } from '../support/publication/world.ts';

type Fault = 'die before' | 'die after' | 'refused' | 'unavailable';

interface Actor {
  readonly request: AgentRequest;
  /** Numbers of calls that fail, and how. */
  readonly faults: ReadonlyMap<number, Fault>;
}

const fault = fc.constantFrom<Fault>('die before', 'die after', 'refused', 'unavailable');
const actor: fc.Arbitrary<Actor> = fc.record({
  request: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'look' as const }) },
    fc.constant({ kind: 'rollback' as const }),
  ),
  faults: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fault), { maxLength: 2 }).map((list) => new Map(list)),
});
const upload = fc.constantFrom<[string, unknown]>(
  ['good', smallPolicy('good')],
  ['other', smallPolicy('other')],
  ['rotated', smallPolicy('rotated', 2)],
  ['invalid', { name: 'INVALID' }],
  ['lies', smallPolicy('lies', 1, ['dePoisonLies'])],
  ['breaks', smallPolicy('breaks', 1, ['dePoisonBreaks'])],
);

function demand(what: string, holds: boolean): void {
  if (!holds) throw new Error(`It must hold that ${what}`);
}

/** Watches the world after every call, and remembers the first thing that must not be. */
class Watch {
  readonly #cloud: TestCloud;
  readonly #keys = new Map<string, string>();
  readonly #bundles = new Map<number, string>();
  readonly #works = new Map<string, boolean>();
  #lastVersion = 0;
  #token: string | undefined;

  constructor(cloud: TestCloud) {
    this.#cloud = cloud;
  }

  async look(): Promise<void> {
    const { contents } = this.#cloud.documents as MemoryDocuments;
    for (const [name, { text }] of contents) {
      if (!name.startsWith('keys/')) continue;
      demand(`${name} never changes`, (this.#keys.get(name) ?? text) === text);
      this.#keys.set(name, text);
    }
    for (const name of this.#keys.keys()) demand(`${name} stays`, contents.has(name));
    const stored = contents.get(JOURNAL);
    if (stored === undefined) return;
    const journal = JSON.parse(stored.text) as Journal;
    demand('versions only grow', journal.lastVersion >= this.#lastVersion);
    this.#lastVersion = journal.lastVersion;
    for (const { version, bundle } of [
      ...journal.releases,
      ...(journal.pending === undefined ? [] : [journal.pending]),
    ]) {
      demand(`version ${version} is one policy`, (this.#bundles.get(version) ?? bundle) === bundle);
      this.#bundles.set(version, bundle);
      demand(`${bundle} is there`, contents.has(bundle));
    }
    if (journal.live === undefined) return;
    for (const name of this.#cloud.functions) {
      const version = this.#cloud.aliasVersion(name);
      const key = `${name}:${version}`;
      // A stop that comes late may meet a version that is live again by then: the next run starts it.
      const { scaling, busy } = this.#cloud.model.functions.get(name)!.versions.get(version)!;
      if (scaling !== undefined && (scaling.most === 0 || busy > 0)) continue;
      // oxlint-disable-next-line no-await-in-loop -- a function version is asked once
      if (!this.#works.has(key)) this.#works.set(key, await this.#answers(name, version));
      demand(`${key} works`, this.#works.get(key) === true);
    }
  }

  /** Whether the version reads what the first one that was live protected. */
  async #answers(name: string, version: string): Promise<boolean> {
    this.#token ??= await this.#ask(name, version, 'pty_protect_dessn', VALUE);
    if (this.#token === undefined) return false;
    const clear = [
      await this.#ask(name, version, 'pty_unprotect_dessn', this.#token),
      await this.#ask(name, version, 'pty_unprotect_dessn_v1', this.#token),
    ];
    return clear.includes(VALUE);
  }

  async #ask(name: string, version: string, sql: string, cell: string): Promise<string | undefined> {
    const outcome = await this.#cloud.model.invoke(name, version, redshiftEvent(sql, [cell]));
    const { results } = Object('reply' in outcome ? outcome.reply : outcome) as { results?: string[] };
    return results?.[0];
  }
}

function hooksOf({ faults }: Actor, scheduler: fc.Scheduler, watch: Watch): Hooks {
  let calls = 0;
  let current: Fault | undefined;
  return {
    before: async (call) => {
      await scheduler.schedule(Promise.resolve(), call);
      current = faults.get(++calls);
      if (current === 'die before') throw new Error('The agent died');
      if (current === 'refused') throw new PublicationError('PUBLICATION_REFUSED', 'The service will not do it');
      if (current === 'unavailable') throw new PublicationError('PUBLICATION_UNAVAILABLE', 'The service cannot do it');
    },
    after: async () => {
      const now = current;
      await watch.look();
      if (now === 'die after') throw new Error('The agent died');
    },
  };
}

/** Aliases serve the live release and nothing else, its layer is on every function, and it is in the audit trail. */
async function expectSettled(cloud: TestCloud): Promise<void> {
  const journal = await cloud.journal();
  expect(journal).toMatchObject({ outbox: [] });
  expect(journal.pending).toBeUndefined();
  const live = liveRelease(journal)!;
  expect(Object.fromEntries(cloud.functions.map((name) => [name, cloud.aliasVersion(name)]))).toEqual(live.functions);
  for (const name of cloud.functions) {
    expect(cloud.model.getFunctionConfiguration(name).layers).toEqual([live.layer]);
  }
  const deployed = cloud.events.filter(({ code }) => code === 71).map(({ policyVersion }) => policyVersion);
  expect(deployed).toContain(String(live.version));
}

/** The live version of a function on instances has its environments, and no other version has any. */
async function expectOnlyLiveRuns(cloud: TestCloud): Promise<void> {
  // One run looks at what the last one left, and leaves what is being changed to the next.
  for (let i = 0; i < 4; i++) await (await cloud.agent()).run(); // oxlint-disable-line no-await-in-loop -- one after another
  const live = liveRelease(await cloud.journal())!;
  for (const name of cloud.functions) {
    for (const [version, { scaling }] of cloud.model.functions.get(name)!.versions) {
      const expected = version === live.functions[name] ? ENVIRONMENTS : { least: 0, most: 0 };
      expect([name, version, scaling]).toEqual([name, version, expected]);
    }
  }
}

let lastBuild = 0;

/** A deployment of other code, which works or does not, to the first function. */
async function deploy(cloud: TestCloud, kind = 'none'): Promise<void> {
  await Promise.resolve();
  const [name] = cloud.functions;
  if (kind === 'none') return;
  const code = kind === 'works' ? cloud.code(name!) : () => () => Promise.reject(new RangeError('broken'));
  cloud.model.updateCode(name!, `build ${++lastBuild}`, code);
}

const RUNS = 80;

test.each([
  ['functions on demand', false],
  ['functions on instances, whose live versions run, and no others', true],
])(
  'concurrent agents that may die at any call leave tokens readable and keys unchanged, and the next run settles the publication: %s',
  async (_, instances) => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(actor, { minLength: 2, maxLength: 3 }),
        fc.array(upload, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.constantFrom('none', 'works', 'breaks'), { maxLength: 3 }),
        async (scheduler, actors, uploads, busyReads, kinds) => {
          const builds = [...kinds];
          const cloud = new TestCloud({ instances });
          cloud.model.busyReads = busyReads;
          const watch = new Watch(cloud);
          await cloud.author(smallPolicy('first'));
          await (await cloud.agent()).run();
          const writing = async (): Promise<void> => {
            for (const [name, policy] of uploads) {
              // oxlint-disable no-await-in-loop -- authors write one after another, and so do those who deploy
              await scheduler.schedule(cloud.author(policy), `author ${name}`);
              await scheduler.schedule(deploy(cloud, builds.shift()), 'deploy');
              // oxlint-enable no-await-in-loop
            }
          };
          const running = actors.map(async (one) => {
            try {
              await (await cloud.agent({}, hooksOf(one, scheduler, watch))).run(one.request);
            } catch (error) {
              // What the watch demands ends the test; agents may fail as they like.
              if (!(error instanceof PublicationError) && !/died/.test(String(error))) throw error;
            }
          });
          await scheduler.waitFor(Promise.all([writing(), ...running]));
          await watch.look();

          // One more run finishes what is under way; what agents did after it was over would stay, and show.
          await (await cloud.agent()).run();
          await watch.look();
          await expectSettled(cloud);
          await deploy(cloud, 'works');
          await cloud.author(smallPolicy('last', 2));
          expect(await (await cloud.agent()).run()).toMatchObject({ kind: 'published' });
          await watch.look();
          await expectSettled(cloud);
          if (instances) await expectOnlyLiveRuns(cloud);
        },
      ),
      { numRuns: RUNS },
    );
  },
  300_000,
);
