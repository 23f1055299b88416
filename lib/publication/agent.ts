// The policy agent: brings what is deployed to what was authored, one step of the journal after another.

import { unreachable } from '../base/errors.ts';
import { MAPPING_FILES, POLICY_FILES } from '../contract/policy-agent.ts';
import type { Problem } from '../document/problem.ts';
import { PolicyError } from '../policy/errors.ts';
import { askCanary } from './canary-run.ts';
import {
  type Deployment,
  functionsWithoutPolicy,
  hasNewBuild,
  layGround,
  Overtaken,
  promote,
  pruneLayers,
  publishCandidate,
  publishLayer,
  removeLayer,
  restoreLayers,
  takeBack,
  untilReady,
} from './deployment.ts';
import { type DraftSettings, draftPublication } from './draft.ts';
import type { KeyPlace } from './durable-keys.ts';
import { PublicationError } from './errors.ts';
import {
  type Handled,
  type HeldJournal,
  type Journal,
  liveRelease,
  type Pending,
  type PolicyEvent,
  readJournal,
  writeJournal,
} from './journal.ts';
import type { DocumentStore, Invoker, StoredDocument } from './ports.ts';
import { type AuthoredFile, parseAuthored } from './review.ts';
import {
  begun,
  beginningOf,
  committed,
  finished,
  nextStep,
  promoting,
  recorded,
  rollbackTarget,
  undoing,
  withCandidate,
  withLayer,
} from './transitions.ts';

export interface AgentWorld extends Deployment, KeyPlace {
  /** Where authors put policy and mapping. */
  readonly authored: Pick<DocumentStore, 'read'>;
  readonly invoker: Invoker;
  /** Resolves once the events are in the audit trail for good. */
  readonly record: (events: readonly PolicyEvent[]) => Promise<void>;
}

export interface AgentSettings extends DraftSettings {
  /** Releases whose layers are kept, the live one among them. */
  readonly keep: number;
  readonly signingKeyId: string;
}

/** `from`: the version that must be live for the rollback to be meant; `to`: the version wanted, or the one live before. */
export type AgentRequest =
  | { readonly kind: 'look' }
  | { readonly kind: 'rollback'; readonly from?: number | undefined; readonly to?: number | undefined };

/** What a run came to. `live`: the version that callers get now. */
export type AgentOutcome =
  | { readonly kind: 'unchanged' | 'published' | 'redeployed' | 'rolled-back'; readonly live: number | undefined }
  | { readonly kind: 'refused'; readonly live: number | undefined; readonly problems: readonly Problem[] }
  | { readonly kind: 'undone'; readonly live: number | undefined; readonly version: number; readonly reason: string };

/** What a rollback would change: for each function the version its alias serves now, and would. */
export interface RollbackPlan {
  readonly from: number;
  readonly to: number;
  /** A version is absent where the function would get a new one. */
  readonly functions: readonly { readonly name: string; readonly from: string; readonly to?: string }[];
}

/** Steps of one run. A publication takes about a dozen; more means that agents keep overtaking this one. */
const MAX_STEPS = 500;

const DONE = { publish: 'published', redeploy: 'redeployed', rollback: 'rolled-back' } as const;

/**
 * Publishes policies. Any number of agents may run at once and any run may be cut off anywhere: each step is one conditional
 * write of the journal, so the next run, or another agent, goes on from where it stands.
 */
export class PolicyAgent {
  readonly #world: AgentWorld;
  readonly #settings: AgentSettings;

  /** `settings.keep` is at least 2: the live release and the one before it. */
  constructor(world: AgentWorld, settings: AgentSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  /**
   * Finishes what is under way, and then brings what is deployed to what was authored, or rolls back. Resolves to what came
   * of it. Rejects with `PublicationError`, `KeyServiceError`, `BundleError` or the error of `record`: the journal then says
   * how far it got, and running again goes on from there.
   */
  async run(request: AgentRequest = { kind: 'look' }): Promise<AgentOutcome> {
    const run: Run = { request, outcome: undefined, held: undefined };
    for (let step = 0; step < MAX_STEPS; step++) {
      // oxlint-disable-next-line no-await-in-loop -- each step reads the journal that the one before wrote
      if (await this.#step(run)) return run.outcome!;
    }
    throw new PublicationError('PUBLICATION_UNAVAILABLE', 'Other agents are at work: this one gave up');
  }

  /** What a rollback would do; it does nothing. Rejects with `PublicationError` `PUBLICATION_REFUSED` when there is none. */
  async planRollback(to?: number): Promise<RollbackPlan> {
    const { journal } = await readJournal(this.#world.documents);
    const target = rollbackTarget(journal, to);
    if (target === undefined || journal.live === undefined) throw noRollback(journal, to);
    const functions = await Promise.all(
      Object.keys(this.#settings.functions).map(async (name) => {
        const { version } = await this.#world.aliases.get(name);
        const candidate = target.functions[name];
        return { name, from: version, ...(candidate !== undefined && { to: candidate }) };
      }),
    );
    return { from: journal.live, to: target.version, functions };
  }

  /** Whether the run is over. */
  async #step(run: Run): Promise<boolean> {
    const held = run.held ?? (await readJournal(this.#world.documents));
    try {
      return await this.#take(run, held);
    } catch (error) {
      if (error instanceof Overtaken) {
        run.held = undefined;
        return false;
      }
      const { pending } = held.journal;
      const undoable = pending?.stage === 'prepare' || pending?.stage === 'promote';
      if (!(undoable && error instanceof PublicationError && isFinal(error))) throw error;
      await this.#write(run, held, undoing(held.journal, pending, error.message));
      return false;
    }
  }

  async #take(run: Run, held: HeldJournal): Promise<boolean> {
    const world = this.#world;
    const { journal } = held;
    if (journal.signingKeyId !== this.#settings.signingKeyId && journal.pending === undefined) {
      await this.#write(run, held, this.#withSigningKey(journal));
      return false;
    }
    const step = nextStep(journal);
    if (run.request.kind === 'rollback' && step.kind !== 'record' && (await this.#preempt(run, held))) return false;
    switch (step.kind) {
      case 'record':
        await world.record(journal.outbox);
        await this.#write(run, held, recorded(journal));
        return false;
      case 'look':
        return this.#begin(run, held);
      case 'layer':
        await this.#write(run, held, withLayer(journal, step.pending, await publishLayer(world, step.pending)));
        return false;
      case 'candidate': {
        const { pending, layer, name } = step;
        const candidate = await publishCandidate(world, held, name, layer, `Policy version ${pending.version}`);
        await this.#write(run, held, withCandidate(journal, pending, name, candidate));
        return false;
      }
      case 'canary':
        await this.#write(run, held, await this.#judge(journal, step.pending));
        return false;
      case 'move':
        for (const name of Object.keys(step.pending.frontEnds)) {
          // oxlint-disable-next-line no-await-in-loop -- in order, so that a failure leaves a beginning to take back
          await promote(world, held, step.pending, name);
        }
        await this.#write(run, held, committed(journal, step.pending, step.pending.layer!, this.#settings.keep));
        return false;
      case 'settle':
        if (await this.#write(run, held, finished(journal, step.pending, await this.#settle(held, step.pending)))) {
          run.outcome = { kind: DONE[step.pending.kind], live: journal.live };
        }
        return false;
      case 'undo':
        if (await this.#write(run, held, finished(journal, step.pending, await this.#undo(held, step.pending)))) {
          const { version, failure } = step.pending;
          run.outcome = { kind: 'undone', live: journal.live, version, reason: failure ?? '' };
        }
        return false;
      default:
        return unreachable(step);
    }
  }

  /** Whether the journal is as `next` says now. If not, another agent wrote it, and it is read again. */
  async #write(run: Run, held: HeldJournal, next: Journal): Promise<boolean> {
    run.held = await writeJournal(this.#world.documents, held, next);
    return run.held !== undefined;
  }

  #withSigningKey(journal: Journal): Journal {
    const { signingKeyId } = this.#settings;
    const live = liveRelease(journal);
    const event: PolicyEvent = {
      code: 78,
      policy: live?.policy ?? 'UNKNOWN',
      dataStore: live?.dataStore ?? 'UNKNOWN',
      detail: `audit signing key ${signingKeyId}`,
    };
    return { ...journal, signingKeyId, outbox: [...journal.outbox, event] };
  }

  /** A rollback is in a hurry: what is not live yet is taken back first, instead of being finished. */
  async #preempt(run: Run, held: HeldJournal): Promise<boolean> {
    const { pending } = held.journal;
    if (pending === undefined || pending.kind === 'rollback') return false;
    if (pending.stage !== 'prepare' && pending.stage !== 'promote') return false;
    await this.#write(run, held, undoing(held.journal, pending, 'a rollback was asked for'));
    return true;
  }

  /** Nothing is under way: begins what is asked for. Whether there is nothing to begin. */
  #begin(run: Run, held: HeldJournal): Promise<boolean> {
    const { request } = run;
    return request.kind === 'rollback' ? this.#beginRollback(run, request, held) : this.#look(run, held);
  }

  async #beginRollback(
    run: Run,
    { from, to }: Extract<AgentRequest, { kind: 'rollback' }>,
    held: HeldJournal,
  ): Promise<boolean> {
    const { journal } = held;
    if (to === undefined ? run.outcome?.kind === 'rolled-back' : journal.live === to) {
      run.outcome = { kind: 'rolled-back', live: journal.live };
      return true;
    }
    const target = rollbackTarget(journal, to);
    if (target === undefined) throw noRollback(journal, to);
    if (from !== undefined && journal.live !== from) {
      throw refused(`version ${journal.live} is live, and the rollback was meant for version ${from}`);
    }
    if (run.outcome?.kind === 'undone' && run.outcome.version === target.version) return true;
    await this.#write(run, held, begun(journal, beginningOf('rollback', target, this.#settings.functions)));
    return false;
  }

  async #look(run: Run, held: HeldJournal): Promise<boolean> {
    const world = this.#world;
    const { journal } = held;
    const policyFile = await this.#authored(POLICY_FILES);
    const mappingFile = await this.#authored(MAPPING_FILES);
    if (policyFile === undefined) return this.#mend(run, held, undefined);
    const upload = [policyFile, mappingFile].map((file) => (file ? `${file.name} ${file.upload}` : '-')).join(', ');
    const { handled } = journal;
    const handledBefore = handled?.upload === upload;
    // What failed may have failed for the code: it is tried once more when there is other code.
    if (handledBefore && !(handled?.outcome === 'failed' && (await this.#newBuilds(journal)).length > 0)) {
      return this.#mend(run, held, handled);
    }
    try {
      const authored = parseAuthored(policyFile, mappingFile);
      await this.#write(run, held, await draftPublication(world, this.#settings, journal, authored, upload));
      return false;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const { problems } = error;
      if (await this.#write(run, held, refusedUpload(journal, upload, problems.length))) {
        run.outcome = { kind: 'refused', live: journal.live, problems };
      }
      return false;
    }
  }

  async #authored(names: readonly string[]): Promise<(AuthoredFile & StoredDocument) | undefined> {
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- the first that is there counts
      const stored = await this.#world.authored.read(name);
      if (stored !== undefined) return { ...stored, name };
    }
    return undefined;
  }

  /**
   * There is no upload to deal with. Functions whose configuration has another version of the layer than the live one get that;
   * those that have no policy at all, or other code or settings than were last tried, because somebody deployed them, are
   * published to again.
   */
  async #mend(run: Run, held: HeldJournal, handled: Handled | undefined): Promise<boolean> {
    const { journal } = held;
    const { functions } = this.#settings;
    const live = liveRelease(journal);
    run.outcome ??= { kind: 'unchanged', live: live?.version };
    if (live === undefined) {
      for (const name of Object.keys(functions)) {
        // oxlint-disable-next-line no-await-in-loop -- one after another; functions may come after the agent, and there is a next run
        await tolerate([], () => layGround(this.#world, held, name));
      }
      return true;
    }
    // What could not be put back at the end of a publication, and was recorded then, is tried again.
    for (const name of Object.keys(live.functions)) {
      // oxlint-disable-next-line no-await-in-loop -- three functions, on a schedule
      await tolerate([], () => restoreLayers(this.#world, held, name, live.layer, live.layer));
    }
    if ((await this.#newBuilds(journal)).length === 0) {
      if (handled?.outcome === 'failed') return true;
      const without = await functionsWithoutPolicy(this.#world, Object.keys(functions), live);
      if (without.length === 0) return true;
    }
    await this.#write(run, held, begun(journal, beginningOf('redeploy', live, functions)));
    return false;
  }

  /** Functions whose code or settings were deployed since a version of them was last published. */
  async #newBuilds({ tried }: Journal): Promise<string[]> {
    const names = Object.keys(this.#settings.functions);
    const others = await Promise.all(names.map((name) => hasNewBuild(this.#world, name, tried[name])));
    return names.filter((_, i) => others[i]);
  }

  /** All candidates are there: they go on to the aliases if every one knows the canary. */
  async #judge(journal: Journal, pending: Pending): Promise<Journal> {
    const world = this.#world;
    const aliases: Record<string, string> = {};
    for (const [name, frontEnd] of Object.entries(pending.frontEnds)) {
      // oxlint-disable no-await-in-loop -- the first wrong answer ends it
      const version = pending.candidates[name]!;
      await untilReady(world, name, version);
      const candidate = { name, version, frontEnd, policyVersion: pending.version, answers: pending.answers };
      const wrong = await askCanary(world.invoker, candidate, world.wait);
      if (wrong !== undefined) return undoing(journal, pending, wrong);
      aliases[name] = (await world.aliases.get(name)).version;
      // oxlint-enable no-await-in-loop
    }
    return promoting(journal, pending, aliases);
  }

  /** Puts away what a release leaves behind. Resolves to what could not be. */
  async #settle(held: HeldJournal, pending: Pending): Promise<string[]> {
    const notes: string[] = [];
    for (const name of Object.keys(pending.frontEnds)) {
      // oxlint-disable-next-line no-await-in-loop -- calls that are throttled account-wide
      await tolerate(notes, () => restoreLayers(this.#world, held, name, pending.layer, pending.layer!));
    }
    await tolerate(notes, () => pruneLayers(this.#world, held));
    return notes;
  }

  /** Takes back what was done: aliases first, because callers see them. Resolves to what else could not be taken back. */
  async #undo(held: HeldJournal, pending: Pending): Promise<string[]> {
    const world = this.#world;
    const notes: string[] = [];
    // oxlint-disable no-await-in-loop -- one after another, as they were done
    for (const name of Object.keys(pending.aliases)) await takeBack(world, held, pending, name);
    const { layer, frontEnds } = pending;
    if (layer === undefined) return notes;
    const live = liveRelease(held.journal)?.layer;
    for (const name of Object.keys(frontEnds)) {
      await tolerate(notes, () => restoreLayers(world, held, name, live, layer));
    }
    // oxlint-enable no-await-in-loop
    if (pending.kind === 'publish') await tolerate(notes, () => removeLayer(world, layer));
    return notes;
  }
}

interface Run {
  readonly request: AgentRequest;
  outcome: AgentOutcome | undefined;
  /** The journal as this run wrote it; undefined when it has to be read, at first and after another agent wrote it. */
  held: HeldJournal | undefined;
}

function refusedUpload(journal: Journal, upload: string, problems: number): Journal {
  const live = liveRelease(journal);
  const facts = { policy: live?.policy ?? 'UNKNOWN', dataStore: live?.dataStore ?? 'UNKNOWN' };
  const event: PolicyEvent = { ...facts, code: 80, detail: `POLICY_INVALID, problems: ${problems}` };
  return { ...journal, handled: { upload, outcome: 'refused' }, outbox: [...journal.outbox, event] };
}

/** Does what is good to have done, and is not worth failing for. */
async function tolerate(notes: string[], task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof PublicationError && isFinal(error))) throw error;
    notes.push(error.message);
  }
}

function isFinal({ code }: PublicationError): boolean {
  return code === 'PUBLICATION_REFUSED' || code === 'PUBLICATION_STATE_INVALID';
}

function noRollback(journal: Journal, to: number | undefined): PublicationError {
  if (to === undefined) return refused('no earlier version is kept to roll back to');
  const kept = journal.releases.map(({ version }) => version).join(', ');
  return refused(`version ${to} is not kept; versions that are: ${kept === '' ? 'none' : kept}`);
}

function refused(why: string): PublicationError {
  return new PublicationError('PUBLICATION_REFUSED', `The policy cannot be rolled back: ${why}`);
}
