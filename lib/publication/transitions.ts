// The transitions of a publication: every change of the journal, as pure functions of it. See `journal.ts` for the
// stages.

import {
  type Handled,
  type Journal,
  type Lived,
  liveRelease,
  type Pending,
  type PolicyEvent,
  type Release,
} from './journal.ts';

/** The next step of a publication, which the journal determines. */
export type Step =
  | { readonly kind: 'record' }
  | { readonly kind: 'look' }
  | { readonly kind: 'layer'; readonly pending: Pending }
  | { readonly kind: 'candidate'; readonly pending: Pending; readonly layer: string; readonly name: string }
  | { readonly kind: 'canary'; readonly pending: Pending; readonly layer: string }
  | { readonly kind: 'move'; readonly pending: Pending }
  | { readonly kind: 'settle'; readonly pending: Pending }
  | { readonly kind: 'undo'; readonly pending: Pending };

/** Returns the next step. Recording comes first: no further step is taken before the last one is in the audit trail. */
export function nextStep(journal: Journal): Step {
  if (journal.outbox.length > 0) return { kind: 'record' };
  const { pending } = journal;
  if (pending === undefined) return { kind: 'look' };
  if (pending.stage !== 'prepare') return { kind: pending.stage === 'promote' ? 'move' : pending.stage, pending };
  const { layer } = pending;
  if (layer === undefined) return { kind: 'layer', pending };
  const name = Object.keys(pending.frontEnds).find((one) => pending.candidates[one] === undefined);
  return name === undefined ? { kind: 'canary', pending, layer } : { kind: 'candidate', pending, layer, name };
}

/** The start of a publication: content, functions, and candidates that exist already. */
export type Beginning = Omit<Pending, 'stage' | 'aliases' | 'failure'>;

/** Begins a publication. `upload` identifies the authored files of a new version. */
export function begun(journal: Journal, beginning: Beginning, upload?: string): Journal {
  const pending: Pending = { ...beginning, stage: 'prepare', aliases: {} };
  const { refusals, ...rest } = journal;
  const isRepeat = upload === undefined || upload === journal.handled?.upload;
  return {
    ...rest,
    ...(isRepeat && refusals !== undefined && { refusals }),
    lastVersion: Math.max(journal.lastVersion, pending.version),
    pending,
    ...(upload !== undefined && { handled: { upload, outcome: 'published' as const, ...agreedOf(journal, pending) } }),
  };
}

function agreedOf({ live = 0 }: Journal, { author, approver }: Pending): Pick<Handled, 'agreed'> {
  if (author === undefined) return {};
  return { agreed: { author, approver, after: live } };
}

/** A release as a deployment has it: `layer` is absent where it lacks one, `functions` has the versions that carry it. */
export type Present = Omit<Release, 'layer'> & { readonly layer?: string | undefined };

/** Starts to deploy the live release, or one before it, to these functions (name → front end) again. */
export function beginningOf(
  kind: 'redeploy' | 'rollback',
  release: Present,
  frontEnds: Readonly<Record<string, string>>,
): Beginning {
  const { functions, before: _, ...content } = release;
  const candidates = Object.entries(functions).filter(([name]) => kind === 'rollback' && name in frontEnds);
  return { ...content, kind, frontEnds: { ...frontEnds }, candidates: Object.fromEntries(candidates), events: [] };
}

/** Notes the builds that an attempt begins with, so that it is not repeated for them. */
export function attempting(journal: Journal, builds: Readonly<Record<string, string>>): Journal {
  return journal.pending === undefined ? journal : { ...journal, tried: { ...journal.tried, ...builds } };
}

export function withLayer(journal: Journal, pending: Pending, layer: string): Journal {
  return { ...journal, pending: { ...pending, layer } };
}

export function withCandidate(
  journal: Journal,
  pending: Pending,
  name: string,
  { version, build }: { readonly version: string; readonly build: string },
): Journal {
  return {
    ...journal,
    tried: { ...journal.tried, [name]: build },
    pending: { ...pending, candidates: { ...pending.candidates, [name]: version } },
  };
}

/** Begins the promotion: all candidates gave the right answer, and callers may get them from here on. */
export function promoting(journal: Journal, pending: Pending, aliases: Readonly<Record<string, string>>): Journal {
  return {
    ...journal,
    pending: { ...pending, stage: 'promote', aliases: { ...aliases }, events: [] },
    outbox: [...journal.outbox, ...pending.events],
  };
}

/** Most entries of the history: three a day for a year. */
const MAX_HISTORY = 1000;

/** Makes the release live at `nowMs`, once every alias has moved. `keep`: how many releases stay for a rollback. */
export function committed(journal: Journal, pending: Pending, layer: string, keep: number, nowMs: number): Journal {
  const { version, policy, dataStore, bundle, digest, answers, author, approver, tested, tests, candidates } = pending;
  const { refusals: _, ...rest } = journal;
  const known = journal.releases.find((one) => one.version === version);
  // A rollback or redeployment does not change where the release itself can be rolled back to.
  const before = pending.kind === 'publish' ? journal.live : known?.before;
  const release: Release = {
    version,
    policy,
    dataStore,
    bundle,
    digest,
    answers,
    author,
    approver,
    tested,
    tests,
    layer,
    functions: { ...candidates },
    ...(before !== undefined && { before }),
  };
  const releases = [release, ...journal.releases.filter((one) => one.version !== version)].toSorted(
    (a, b) => b.version - a.version,
  );
  return {
    ...rest,
    answers: { ...journal.answers, ...answers },
    releases: releases.filter((one, i) => i < keep || one.version === version || one.version === before),
    live: version,
    history:
      version === journal.live ? journal.history : [...journal.history, lived(release, nowMs)].slice(-MAX_HISTORY),
    pending: { ...pending, stage: 'settle' },
    outbox: [...journal.outbox, eventOf(pending, 71, detailOf(pending, journal.live))],
  };
}

function lived({ version, bundle, digest, author, approver, tested, tests }: Release, fromMs: number): Lived {
  return { version, fromMs, bundle, digest, author, approver, tested, tests };
}

/** Returns how a release came to be live: from which version it was rolled back to, or what it passed. */
function detailOf({ kind, author, approver, tested }: Pending, live: number | undefined): string | undefined {
  if (kind === 'rollback') return live === undefined ? undefined : `rolled back from version ${live}`;
  if (kind === 'redeploy') return undefined;
  const facts = [
    author === undefined ? [] : `signed by ${author}`,
    approver === undefined ? [] : `approved by ${approver}`,
    tested === undefined ? [] : `tests passed: ${tested}`,
  ].flat();
  return facts.length === 0 ? undefined : facts.join(', ');
}

/** Begins to undo a publication. `refused`: AWS refused a step, which a later attempt may be allowed. */
export function undoing(journal: Journal, pending: Pending, failure: string, refused = false): Journal {
  return { ...journal, pending: { ...pending, stage: 'undo', failure, ...(refused && { refused }) } };
}

const HOUR_MS = 3_600_000;
const MOST_HOURS = 24;

/** Ends a publication that was cleaned up or undone at `nowMs`. `notes`: what could not be cleaned up or undone. */
export function finished(journal: Journal, pending: Pending, notes: readonly string[], nowMs: number): Journal {
  const { pending: _, ...rest } = journal;
  const warnings = notes.map((note) => eventOf(pending, 86, note));
  if (pending.stage !== 'undo') return { ...rest, outbox: [...rest.outbox, ...warnings] };
  const { handled } = rest;
  const failed = handled !== undefined && pending.kind !== 'rollback';
  const refusals = pending.refused === true && pending.kind !== 'rollback' ? oneMore(rest.refusals, nowMs) : undefined;
  const next = refusals && `; the next try is not before ${new Date(refusals.nextTryMs).toISOString()}`;
  return {
    ...rest,
    ...(failed && { handled: { ...handled, outcome: 'failed' as const } }),
    ...(refusals && { refusals }),
    outbox: [...rest.outbox, eventOf(pending, 80, `${pending.failure ?? ''}${next ?? ''}`), ...warnings],
  };
}

/** Waits an hour after the first refusal, then twice as long each time, a day at most. */
function oneMore(before: Journal['refusals'], nowMs: number): NonNullable<Journal['refusals']> {
  const count = (before?.count ?? 0) + 1;
  return { count, nextTryMs: nowMs + HOUR_MS * Math.min(MOST_HOURS, 2 ** (count - 1)) };
}

export function recorded(journal: Journal): Journal {
  return { ...journal, outbox: [] };
}

/** Returns the target of a rollback: the requested release, or the one that was live before. */
export function rollbackTarget(journal: Journal, to: number | undefined): Release | undefined {
  const target = to ?? liveRelease(journal)?.before;
  return journal.releases.find((one) => one.version === target && one.version !== journal.live);
}

export function eventOf(
  { policy, dataStore, version }: Pick<Release, 'policy' | 'dataStore' | 'version'>,
  code: PolicyEvent['code'],
  detail?: string,
): PolicyEvent {
  return { code, policy, dataStore, policyVersion: String(version), ...(detail !== undefined && { detail }) };
}
