// The policy agent: deploys the authored policy, one step of the journal after another.

import { unreachable } from '../base/errors.ts';
import { DocumentError, type Problem } from '../document/problem.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { withoutCanary } from './canary.ts';
import { askCanary } from './canary-run.ts';
import {
  buildOf,
  type Deployment,
  functionsWithoutPolicy,
  keepLiveRunning,
  layGround,
  Overtaken,
  present,
  promote,
  pruneLayers,
  publishCandidate,
  publishLayer,
  removeLayer,
  restoreLayers,
  returnAlias,
  startVersion,
  takeBack,
  untilReady,
} from './deployment.ts';
import { describeCompromised, keyUse, type RootKeyUse } from '../policy/key-use.ts';
import { type DraftSettings, draftPublication, withKeyring } from './draft.ts';
import { changeKeyring, currentKeyring, type KeyChange, type KeyPlace } from './durable-keys.ts';
import { PublicationError } from './errors.ts';
import { askGate, type GateAnswer, type GateSettings } from './gate.ts';
import { type LivedSpan, spanAt, spansOf } from './history.ts';
import {
  type Handled,
  type HeldJournal,
  type Journal,
  type Lived,
  liveRelease,
  type Pending,
  type PolicyEvent,
  readJournal,
  type Release,
  writeJournal,
} from './journal.ts';
import type { DocumentStore, Invoker } from './ports.ts';
import { runReleaseTests } from './release-tests.ts';
import { parseAuthored } from './review.ts';
import type { KeptTests } from './kept-tests.ts';
import { compromisedOf, policyOf, testsOf, useOfKeys } from './sealed-release.ts';
import {
  attempting,
  begun,
  beginningOf,
  committed,
  eventOf,
  finished,
  nextStep,
  promoting,
  recorded,
  rollbackTarget,
  undoing,
  withCandidate,
  withLayer,
} from './transitions.ts';
import { readUpload, type Upload } from './upload.ts';

export interface AgentWorld extends Deployment, KeyPlace {
  /** Where authors put policy and mapping. */
  readonly authored: Pick<DocumentStore, 'read'>;
  readonly invoker: Invoker;
  /** Resolves once the events are durable in the audit trail. */
  readonly record: (events: readonly PolicyEvent[]) => Promise<void>;
}

export interface AgentSettings extends DraftSettings {
  /** How many releases keep their layers, the live one among them. */
  readonly keep: number;
  readonly signingKeyId: string;
  readonly gate: GateSettings;
}

/**
 * `rollback`: `from` is the version that must be live, or it is refused; `to` the target, by default the version live
 * before; `force` goes back to a version that protects with compromised keys. `keys`: changes the root keys. `approve`:
 * publishes what waits for an approval, with an armored SSH signature of `approvalStatement`.
 */
export type AgentRequest =
  | { readonly kind: 'look' }
  | { readonly kind: 'approve'; readonly approval: string }
  | {
      readonly kind: 'rollback';
      readonly from?: number | undefined;
      readonly to?: number | undefined;
      readonly force?: boolean;
    }
  | { readonly kind: 'keys'; readonly change?: KeyChange };

/** The outcome of a run. `live`: the version that callers get now. */
export type AgentOutcome =
  | Done<'unchanged' | 'published' | 'redeployed' | 'rolled-back' | 'keys-changed'>
  /** `why`: who has to sign or approve the uploaded release before it is published. */
  | { readonly kind: 'waiting'; readonly live: number | undefined; readonly why: string }
  | { readonly kind: 'refused'; readonly live: number | undefined; readonly problems: readonly Problem[] }
  | { readonly kind: 'undone'; readonly live: number | undefined; readonly version: number; readonly reason: string };

type Done<Kind> = Kind extends unknown ? { readonly kind: Kind; readonly live: number | undefined } : never;

/** The changes of a rollback: for each function the version of its alias now, and after the rollback. */
export interface RollbackPlan {
  readonly from: number;
  readonly to: number;
  /** `to` is absent where the function would get a new version. */
  readonly functions: readonly { readonly name: string; readonly from: string; readonly to?: string }[];
}

/** The uploaded release: whether it may be published, and what an approval of it says besides its files. */
export interface ReleasePlan {
  readonly place: string;
  readonly live: number | undefined;
  readonly answer: GateAnswer;
}

/** A policy that was live, as it was authored, and when it was last. */
export interface LivedPolicy extends LivedSpan {
  readonly policy: PolicyDocument;
}

/** The tests that a policy that was live had passed. `kept` is absent for one without tests, or of an earlier release. */
export interface LivedTests extends LivedSpan {
  readonly kept?: KeptTests | undefined;
}

/** Which policy: of a version, or the one that was live at a time in epoch milliseconds; by default what is live now. */
export interface WhichLived {
  readonly version?: number | undefined;
  readonly atMs?: number | undefined;
}

/** The root keys of a deployment and what the live policy does with them. */
export interface KeysPlan {
  readonly dataStore: string;
  readonly live: number | undefined;
  readonly rootKeys: readonly RootKeyUse[];
}

/**
 * The most steps of one run. A publication takes about a dozen; more means that other agents keep overtaking this one.
 */
const MAX_STEPS = 500;

const DONE = { publish: 'published', redeploy: 'redeployed', rollback: 'rolled-back' } as const;

/**
 * Publishes policies. Any number of agents may run at once, and a run may be interrupted anywhere: each step is one
 * conditional write of the journal, so the next run, or another agent, continues from there.
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
   * Finishes a publication under way, then publishes the authored policy or rolls back, and resolves to the outcome.
   * Rejects with `PublicationError`, `KeyServiceError`, `BundleError` or the error of `record`; the journal then holds
   * the last step, and the next run continues from there.
   */
  async run(request: AgentRequest = { kind: 'look' }): Promise<AgentOutcome> {
    const approval = request.kind === 'approve' ? request.approval : undefined;
    const run: Run = { request, approval, outcome: undefined, held: undefined };
    for (let step = 0; step < MAX_STEPS; step++) {
      // oxlint-disable-next-line no-await-in-loop -- each step reads the journal that the one before wrote
      if (await this.#step(run)) return run.outcome!;
    }
    throw new PublicationError(
      'PUBLICATION_UNAVAILABLE',
      'Other agents are publishing: this one gave up. Run it again',
    );
  }

  /**
   * Plans a rollback without changing anything. Rejects with `PUBLICATION_REFUSED` when there is no version to roll
   * back to.
   */
  async planRollback(to?: number, force = false): Promise<RollbackPlan> {
    const { journal } = await readJournal(this.#world.documents);
    const target = rollbackTarget(journal, to);
    if (target === undefined || journal.live === undefined) throw noRollback(journal, to);
    const compromised = await this.#compromisedOf(journal, target);
    if (compromised.length > 0 && !force) throw protectsWithCompromised(target, compromised);
    const { functions: carried } = await present(this.#world, target);
    const functions = await Promise.all(
      Object.keys(this.#settings.functions).map(async (name) => {
        const { version } = await this.#world.aliases.get(name);
        const candidate = carried[name];
        return { name, from: version, ...(candidate !== undefined && { to: candidate }) };
      }),
    );
    return { from: journal.live, to: target.version, functions };
  }

  /**
   * Reports whether the uploaded release may be published, without changing anything. Rejects with `PUBLICATION_REFUSED`
   * where there is none.
   */
  async planRelease(): Promise<ReleasePlan> {
    const { journal } = await readJournal(this.#world.documents);
    const upload = await readUpload(this.#world.authored);
    if (upload === undefined)
      throw new PublicationError('PUBLICATION_REFUSED', 'There is no policy in the authoring bucket');
    return { place: this.#settings.gate.place, live: journal.live, answer: this.#askGate(journal, upload) };
  }

  /** Lists what was live when, oldest first, without changing anything. */
  async history(): Promise<readonly LivedSpan[]> {
    return spansOf((await readJournal(this.#world.documents)).journal);
  }

  /** Returns a policy that was live. Rejects with `PUBLICATION_REFUSED` for one that the history does not have. */
  async policyLived(which: WhichLived): Promise<LivedPolicy> {
    const { span, lived } = await this.#lived(which);
    return { ...span, policy: withoutCanary(await policyOf(this.#world, lived)) };
  }

  /** Returns the tests that such a policy had passed. Rejects as `policyLived` does. */
  async testsLived(which: WhichLived): Promise<LivedTests> {
    const { span, lived } = await this.#lived(which);
    return { ...span, kept: await testsOf(this.#world, lived) };
  }

  async #lived(which: WhichLived): Promise<{ readonly span: LivedSpan; readonly lived: Lived }> {
    const { journal } = await readJournal(this.#world.documents);
    const at = spanAt(journal, which);
    if (at === -1)
      throw new PublicationError('PUBLICATION_REFUSED', 'The history of this deployment has no such policy');
    return { span: spansOf(journal)[at]!, lived: journal.history[at]! };
  }

  /**
   * Asks each function for the canary as callers reach it: the version of its alias. Resolves to a reason for each one that
   * did not give the right answers, and to none before the first policy. Resolves to undefined while another agent
   * publishes, because aliases and journal disagree then.
   */
  async askFunctions(): Promise<readonly string[] | undefined> {
    const { journal } = await readJournal(this.#world.documents);
    const live = liveRelease(journal);
    if (journal.pending !== undefined) return undefined;
    if (live === undefined) return [];
    const asked = Object.entries(this.#settings.functions).filter(([name]) => name in live.functions);
    const reasons = await Promise.all(asked.map(([name, frontEnd]) => this.#askFunction(live, name, frontEnd)));
    const failed = reasons.filter((reason) => reason !== undefined);
    if (failed.length === 0) return failed;
    const { journal: now } = await readJournal(this.#world.documents);
    return now.revision === journal.revision ? failed : undefined;
  }

  async #askFunction(live: Release, name: string, frontEnd: string): Promise<string | undefined> {
    const { aliases, invoker, wait } = this.#world;
    try {
      const { version } = await aliases.get(name);
      const { version: policyVersion, answers } = live;
      return await askCanary(invoker, { name, version, frontEnd, policyVersion, answers }, wait);
    } catch (error) {
      if (error instanceof PublicationError) return error.message;
      throw error;
    }
  }

  /**
   * Reports the root keys, and what the live policy does with them, without changing anything. Rejects with
   * `PUBLICATION_REFUSED` before there is a keyring.
   */
  async planKeys(): Promise<KeysPlan> {
    const { journal } = await readJournal(this.#world.documents);
    const keyring = await currentKeyring(this.#world, journal.keyring);
    if (keyring === undefined) {
      throw new PublicationError('PUBLICATION_REFUSED', 'There are no root keys before the first policy');
    }
    const { content, dataStore } = keyring;
    const live = liveRelease(journal);
    const rootKeys =
      live === undefined ? keyUse({ elements: [] }, content) : await useOfKeys(this.#world, live, content);
    return { dataStore, live: live?.version, rootKeys };
  }

  /** Takes one step; resolves to whether the run is over. */
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
      await this.#write(run, held, undoing(held.journal, pending, error.message, true));
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
          // oxlint-disable-next-line no-await-in-loop -- in order, so that a failure can be undone in order
          await promote(world, held, step.pending, name);
        }
        await this.#write(
          run,
          held,
          committed(journal, step.pending, step.pending.layer!, this.#settings.keep, this.#nowMs()),
        );
        return false;
      case 'settle':
        if (
          await this.#write(
            run,
            held,
            finished(journal, step.pending, await this.#settle(held, step.pending), this.#nowMs()),
          )
        ) {
          run.outcome = { kind: DONE[step.pending.kind], live: journal.live };
        }
        return false;
      case 'undo':
        if (
          await this.#write(
            run,
            held,
            finished(journal, step.pending, await this.#undo(held, step.pending), this.#nowMs()),
          )
        ) {
          const { version, failure } = step.pending;
          run.outcome = { kind: 'undone', live: journal.live, version, reason: failure ?? '' };
        }
        return false;
      default:
        return unreachable(step);
    }
  }

  /**
   * Writes the journal; resolves to whether it did. If not, another agent wrote it, and the next step reads it again.
   */
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

  /** Undoes a publication that is not live yet, because a rollback must not wait for it. Resolves to whether it did. */
  async #preempt(run: Run, held: HeldJournal): Promise<boolean> {
    const { pending } = held.journal;
    if (pending === undefined || pending.kind === 'rollback') return false;
    if (pending.stage !== 'prepare' && pending.stage !== 'promote') return false;
    await this.#write(run, held, undoing(held.journal, pending, 'a rollback was asked for'));
    return true;
  }

  /** Begins the request when nothing is under way; resolves to whether there is nothing to begin. */
  #begin(run: Run, held: HeldJournal): Promise<boolean> {
    const { request } = run;
    switch (request.kind) {
      case 'rollback':
        return this.#beginRollback(run, request, held);
      case 'keys':
        return this.#changeKeys(run, request.change, held);
      case 'look':
      case 'approve':
        return this.#look(run, held);
      default:
        return unreachable(request);
    }
  }

  /** Changes the root keys once, and notes what happened, which is recorded before the run ends. */
  async #changeKeys(run: Run, change: KeyChange | undefined, held: HeldJournal): Promise<boolean> {
    const { journal } = held;
    const live = liveRelease(journal);
    if (change !== undefined) {
      const keyring = await changeKeyring(this.#world, journal.keyring, change);
      if (keyring.version !== journal.keyring) {
        await this.#write(run, held, await withKeyring(this.#world, journal, live?.policy ?? 'UNKNOWN', keyring));
        return false;
      }
    }
    run.outcome = { kind: 'keys-changed', live: live?.version };
    return true;
  }

  /** Returns the root keys that are compromised today and that the release protects with. */
  async #compromisedOf(journal: Journal, release: Release): Promise<RootKeyUse[]> {
    const keyring = await currentKeyring(this.#world, journal.keyring);
    return keyring === undefined ? [] : compromisedOf(this.#world, release, keyring.content);
  }

  async #beginRollback(
    run: Run,
    { from, to, force = false }: Extract<AgentRequest, { kind: 'rollback' }>,
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
      throw refused(`version ${journal.live} is live, and the rollback was requested for version ${from}`);
    }
    if (run.outcome?.kind === 'undone' && run.outcome.version === target.version) return true;
    const compromised = await this.#compromisedOf(journal, target);
    if (compromised.length > 0 && !force) throw protectsWithCompromised(target, compromised);
    const next = begun(journal, beginningOf('rollback', await present(this.#world, target), this.#settings.functions));
    const events = compromised.length === 0 ? [] : [eventOf(target, 86, `forced: ${describeCompromised(compromised)}`)];
    // In the outbox: recorded before the first step of the rollback.
    await this.#write(run, held, { ...next, outbox: [...next.outbox, ...events] });
    return false;
  }

  async #look(run: Run, held: HeldJournal): Promise<boolean> {
    const world = this.#world;
    const { journal } = held;
    const upload = await readUpload(this.#world.authored);
    if (upload === undefined) return this.#mend(run, held, undefined);
    const { handled } = journal;
    const handledBefore = handled?.upload === upload.id;
    const isAnswered = handled?.outcome === 'waiting' && run.approval !== undefined;
    const isFailed = handled?.outcome === 'failed' && (await this.#isWorthAnotherTry(journal));
    if (handledBefore && !isAnswered && !isFailed) return this.#mend(run, held, handled);
    try {
      const authored = parseAuthored(upload.policy, upload.mapping);
      const tested =
        upload.tests && (await runReleaseTests(authored.policy, upload.tests, world.random, world.now().getTime()));
      const answer = this.#agreedBefore(journal, upload) ?? this.#askGate(journal, upload, run.approval);
      if (answer.kind !== 'open') return await this.#hold(run, held, upload.id, answer);
      const { kind: _, ...agreed } = answer;
      const builds = await this.#builds();
      const candidate = { authored, upload: upload.id, agreed, tested };
      const draft = await draftPublication(world, this.#settings, journal, candidate);
      await this.#write(run, held, attempting(draft, builds));
      return false;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      const { code, problems, others } = error;
      const noted = notPublished(
        journal,
        { upload: upload.id, outcome: 'refused' },
        `${code}, problems: ${problems.length + others.count}`,
      );
      if (await this.#write(run, held, noted)) run.outcome = { kind: 'refused', live: journal.live, problems };
      return false;
    }
  }

  #askGate({ live }: Journal, { files, signature }: Upload, approval?: string): GateAnswer {
    return askGate(this.#settings.gate, files, { signature, approval }, live);
  }

  /** Who agreed to an upload counts for another try after a failure, as long as it would replace the same version. */
  #agreedBefore({ handled, live = 0 }: Journal, { id }: Upload): GateAnswer | undefined {
    if (handled?.upload !== id || handled.outcome !== 'failed' || handled.agreed?.after !== live) return undefined;
    const { author, approver } = handled.agreed;
    if (approver === undefined && this.#settings.gate.requires.has('approval')) return undefined;
    return { kind: 'open', author, approver };
  }

  /** Notes why an upload is not published; it is looked at again when somebody approves it or uploads another file. */
  async #hold(
    run: Run,
    held: HeldJournal,
    upload: string,
    answer: Exclude<GateAnswer, { kind: 'open' }>,
  ): Promise<false> {
    const { journal } = held;
    const { why } = answer;
    // A wrong approval is no reason to forget that the release waits for a right one.
    const outcome = answer.kind === 'refused' && run.approval === undefined ? 'refused' : 'waiting';
    if (await this.#write(run, held, notPublished(journal, { upload, outcome }, why))) {
      run.approval = undefined;
      run.outcome =
        answer.kind === 'waiting'
          ? { kind: 'waiting', live: journal.live, why }
          : { kind: 'refused', live: journal.live, problems: [{ path: '$', message: why }] };
    }
    return false;
  }

  /**
   * Repairs the functions when there is no new upload. An alias that serves no policy returns to the live version. A
   * function whose configuration has another version of the layer gets the live one. On instances, versions that nobody
   * calls lose their environments. A function without a policy, or with code or settings that were deployed since the last
   * attempt, is published again.
   */
  async #mend(run: Run, held: HeldJournal, handled: Handled | undefined): Promise<boolean> {
    const { journal } = held;
    const { functions } = this.#settings;
    const live = liveRelease(journal);
    const isIdle = run.outcome === undefined;
    run.outcome ??= { kind: 'unchanged', live: live?.version };
    if (live === undefined) {
      for (const name of Object.keys(functions)) {
        // oxlint-disable-next-line no-await-in-loop -- one after another: a missing function is left to the next run
        await tolerate([], () => layGround(this.#world, held, name));
      }
      return true;
    }
    for (const name of Object.keys(live.functions)) {
      // oxlint-disable no-await-in-loop -- three functions, on a schedule
      // First what callers notice: an alias that was set to a version without a policy.
      await tolerate([], () => returnAlias(this.#world, held, live, name));
      // Repeats what failed at the end of a publication and was recorded then.
      await tolerate([], () => restoreLayers(this.#world, held, name, live.layer, live.layer));
      // oxlint-enable no-await-in-loop
    }
    if (isIdle) await tolerate([], () => keepLiveRunning(this.#world, held, live, Object.keys(functions)));
    if ((await this.#newBuilds(journal)).length === 0) {
      if (handled?.outcome === 'failed' || this.#waits(journal)) return true;
      const without = await functionsWithoutPolicy(this.#world, Object.keys(functions), live);
      if (without.length === 0) return true;
    }
    const builds = await this.#builds();
    const beginning = beginningOf('redeploy', await present(this.#world, live), functions);
    await this.#write(run, held, attempting(begun(journal, beginning), builds));
    return false;
  }

  /**
   * Tells whether a publication that failed may go better now: the code may have been the reason, and there is other code;
   * or AWS refused a step, and enough time has passed.
   */
  async #isWorthAnotherTry(journal: Journal): Promise<boolean> {
    if (journal.refusals !== undefined && !this.#waits(journal)) return true;
    return (await this.#newBuilds(journal)).length > 0;
  }

  /** Tells whether AWS refused the last attempt, and the time of the next one has not come. */
  #waits({ refusals }: Journal): boolean {
    return refusals !== undefined && this.#nowMs() < refusals.nextTryMs;
  }

  #nowMs(): number {
    return this.#world.now().getTime();
  }

  /** Returns the build of each function whose configuration can be read. */
  async #builds(): Promise<Record<string, string>> {
    const names = Object.keys(this.#settings.functions);
    const builds = await Promise.all(names.map((name) => buildOf(this.#world, name)));
    return Object.fromEntries(names.flatMap((name, i) => (builds[i] === undefined ? [] : [[name, builds[i]]])));
  }

  /** Returns the functions whose code or settings were deployed since a version of them was last published. */
  async #newBuilds({ tried }: Journal): Promise<string[]> {
    const names = Object.keys(this.#settings.functions);
    const builds = await this.#builds();
    return names.filter((name) => builds[name] !== undefined && builds[name] !== tried[name]);
  }

  /** Asks every candidate for the canary; they may be promoted when all answers are right. */
  async #judge(journal: Journal, pending: Pending): Promise<Journal> {
    const world = this.#world;
    const aliases: Record<string, string> = {};
    for (const name of Object.keys(pending.frontEnds)) {
      // oxlint-disable-next-line no-await-in-loop -- three functions
      await startVersion(world, name, pending.candidates[name]!);
    }
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

  /** Cleans up after a release. Resolves to what it could not clean up. */
  async #settle(held: HeldJournal, pending: Pending): Promise<string[]> {
    const notes: string[] = [];
    for (const name of Object.keys(pending.frontEnds)) {
      // oxlint-disable-next-line no-await-in-loop -- calls that are throttled account-wide
      await tolerate(notes, () => restoreLayers(this.#world, held, name, pending.layer, pending.layer!));
    }
    await tolerate(notes, () => pruneLayers(this.#world, held));
    return notes;
  }

  /** Undoes a publication: aliases first, because callers see them. Resolves to what else it could not undo. */
  async #undo(held: HeldJournal, pending: Pending): Promise<string[]> {
    const world = this.#world;
    const notes: string[] = [];
    // oxlint-disable no-await-in-loop -- one after another, in the order of promotion
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
  /** The approval that somebody gave, until it was looked at. */
  approval: string | undefined;
  outcome: AgentOutcome | undefined;
  /** The journal as this run wrote it; undefined when it must be read: at first, and after another agent wrote it. */
  held: HeldJournal | undefined;
}

function notPublished(journal: Journal, handled: Handled, detail: string): Journal {
  const live = liveRelease(journal);
  const facts = { policy: live?.policy ?? 'UNKNOWN', dataStore: live?.dataStore ?? 'UNKNOWN' };
  const event: PolicyEvent = { ...facts, code: handled.outcome === 'waiting' ? 86 : 80, detail };
  return { ...journal, handled, outbox: [...journal.outbox, event] };
}

/** Runs an optional task: a refusal becomes a note, and the publication goes on. */
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

function protectsWithCompromised({ version }: Release, compromised: readonly RootKeyUse[]): PublicationError {
  const why = describeCompromised(compromised);
  return refused(
    `in version ${version}, ${why}. Publish a policy with rotated elements, or force it, which is recorded`,
  );
}

function refused(why: string): PublicationError {
  return new PublicationError('PUBLICATION_REFUSED', `The policy cannot be rolled back: ${why}`);
}
