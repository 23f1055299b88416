import type { Cell, Column } from '../base/cell.ts';
import { ALL_LEFT_CLEAR, auditLevel, DISCLOSING_CODES, ONLY_CHECKED } from '../audit/codes.ts';
import type { AuditEntry } from '../audit/record.ts';
import { type Attempt, attempt, settled, valueOf } from '../base/attempt.ts';
import { unreachable } from '../base/errors.ts';
import type { Operation } from '../base/operation.ts';
import type { AuditSwitches, Lapse, Outcome as Decided } from '../policy/decide.ts';
import { isOldVersion } from '../policy/key-versions.ts';
import { applyMask, maskSetting } from '../policy/mask.ts';
import { instantText } from '../policy/term.ts';
import { countBadValues, findBadValues } from './bad-values.ts';
import type { Batch, RequestOrigin, Target } from './batch.ts';
import type { Budgets, Claim } from './budgets.ts';
import { callersOf, type Identify, NO_CALLER } from './caller.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Method, ValueCounts } from './methods/method.ts';
import { leastReply } from './least-reply.ts';
import { checkReprotect } from './reprotect.ts';
import { type AnyColumn, cellsOf, countFilled, countValues, PackedColumn } from './columns/packed-column.ts';
import { notingRefusals, RefusedError, type Step, toRefusal } from './refusal.ts';
import { reasonOf } from './refusal-text.ts';
import { UnknownCallers } from './unknown-callers.ts';

/**
 * One incoming batch: the caller, and how to read target and values. `target` and `column` may throw `RefusedError`.
 */
export interface BatchRequest {
  readonly origin: RequestOrigin;
  /** The operation, if it is known without a policy. The record names it when there is no policy. */
  readonly operation?: Operation;
  readonly target: (policy: CompiledPolicy) => Target;
  /** Throws `RefusedError` for a request that names no caller, once its target is known for the record. */
  readonly checkCaller?: () => void;
  readonly column: () => AnyColumn;
  /** Counts the values without reading them, for the record of a batch that is refused before. @default - reads `column` */
  readonly count?: () => number;
  /** The room for values in the reply of the request. @default - no limit */
  readonly room?: ReplyRoom;
  /** Reads the column once more, to count its bad values: a method may have overwritten a packed one. @default `column` */
  readonly columnAgain?: () => AnyColumn;
}

/** The bytes of values that a reply can hold. The batches of a request share it. */
export interface ReplyRoom {
  /** Takes the fewest bytes that a batch is answered with. Throws `RefusedError` `REPLY_TOO_LARGE` when they do not fit. */
  take(bytes: number): void;
}

/** A request of a single batch, and how to write its answer. `encode` may throw `RefusedError` too. */
export interface ProtectRequest<Reply> extends BatchRequest {
  readonly encode: (column: AnyColumn, answer: Answered) => Reply;
}

/** The outcome of a batch. */
export type BatchResult = Answered | Refused;

export interface Answered {
  readonly ok: true;
  /** Valid until the front end reads the next body. */
  readonly column: AnyColumn;
  readonly target: Target;
  /** True if null, the protected value or a mask stands in for values that the user may not see. */
  readonly substituted: boolean;
}

export interface Refused {
  readonly ok: false;
  readonly refusal: RefusedError;
}

/** The facts of a batch for its record. The earlier the batch failed, the fewer there are. */
interface Progress {
  readonly origin: RequestOrigin;
  policy?: CompiledPolicy;
  target?: Target;
  /** Counts the values, as far as they are known. */
  count: () => number;
  audit?: AuditSwitches;
  /** What the decision says of itself to a reader of the record. */
  remarks?: Pick<AuditEntry, 'breakGlass' | 'lapse'>;
}

/** The part of an audit trail that a protector needs. */
interface EntryRecorder {
  record(entry: AuditEntry): void;
}

/** A batch that was carried out and is not recorded yet. */
interface Attempted {
  readonly progress: Progress;
  readonly result: Refused | (Answered & { readonly facts: OutcomeFacts });
}

/** A batch without values, and one of a request that another batch refused, get `ONLY_CHECKED` too. */
const SUCCESS_CODES = { Protect: 6, Unprotect: 8, Reprotect: 50, Check: ONLY_CHECKED } as const;
const NO_ACCESS = 3;
/** No user is known: no token, or one that does not verify. */
const UNKNOWN_CALLER = 1;
const IN_A_SUMMARY: AuditSwitches = { successful: true, failed: false };
/** Values were read with an old key of the element. */
const OLD_KEY = 11;

/**
 * The use case of the product: one batch, one decision, one column pass, one audit entry.
 *
 * `run` and `runAll` record the outcome but do not wait for the sink. The caller must await `trail.flush()` before the
 * reply leaves; the handler pipeline does so for every entry point.
 */
export class Protector {
  readonly #policy: () => Promise<CompiledPolicy>;
  readonly #trail: EntryRecorder;
  readonly #nowMs: () => number;
  readonly #budgets: Budgets | undefined;
  readonly #unknown: UnknownCallers;
  /** Decides who asks. A front end calls it once a request, and before it parses a body wherever that is possible. */
  readonly identify: Identify;

  /**
   * `policy` rejects with `RefusedError`, `KeyServiceError` or `BundleError` when no policy is available. `nowMs` is the
   * clock, in epoch milliseconds, by which grants begin and end. `identify` maps the name that a front end received to
   * the user of the policy and of the record. @default the name is the user. Without `budgets`, every request under a
   * policy that has budgets is refused.
   */
  constructor(
    policy: () => Promise<CompiledPolicy>,
    trail: EntryRecorder,
    nowMs: () => number,
    identify: Identify = callersOf((name) => name),
    budgets?: Budgets,
    unknown = new UnknownCallers(),
  ) {
    this.#policy = policy;
    this.#trail = trail;
    this.#nowMs = nowMs;
    this.#budgets = budgets;
    this.#unknown = unknown;
    this.identify = identify;
  }

  /** Returns the same protector for one request, recording to that request's own trail. */
  recordingTo(trail: EntryRecorder): Protector {
    return new Protector(this.#policy, trail, this.#nowMs, this.identify, this.#budgets, this.#unknown);
  }

  /**
   * Carries out one batch and resolves to the encoded reply. Rejects with `RefusedError`; no value may then be
   * answered.
   */
  run<Reply>(request: ProtectRequest<Reply>): Promise<Reply> {
    return this.runAll([request], ([result]) => {
      const only = result!;
      if (!only.ok) throw only.refusal;
      return request.encode(only.column, only);
    });
  }

  /**
   * Carries out several batches of one request under one policy and at one time, each decided and recorded on its own.
   * `encode` makes the reply from the results, in order. If it throws, the whole request is refused and no batch is
   * recorded as answered: a batch that succeeded gets the code of the refusal, or 10 (only checked) if the refusal is
   * another batch's.
   */
  async runAll<Reply>(
    requests: readonly BatchRequest[],
    encode: (results: readonly BatchResult[]) => Reply,
  ): Promise<Reply> {
    const policy = await settled(this.#policy());
    const nowMs = this.#nowMs();
    const budgets =
      policy.ok && policy.value.decider.hasBudgets ? new RequestBudgets(this.#budgets, policy.value, nowMs) : undefined;
    // One after the other: each counts before the next one asks. Nothing waits where the policy has no budgets.
    // oxlint-disable-next-line no-await-in-loop -- see above
    if (budgets !== undefined) for (const request of requests) await budgets.take(request);
    const carryOutAll = (): Attempted[] => requests.map((request) => carryOutBatch(request, policy, nowMs, budgets));
    const attempts = policy.ok ? policy.value.withinRequest(carryOutAll) : carryOutAll();
    let reply: Reply;
    try {
      reply = encode(attempts.map(({ result }) => result));
    } catch (error) {
      for (const request of requests) budgets?.giveBack(request);
      throw this.#refuseAll(attempts, toRefusal(error));
    }
    for (const [i, { result }] of attempts.entries()) if (!result.ok) budgets?.giveBack(requests[i]!);
    for (const { progress, result } of attempts) {
      if (result.ok) this.#record(progress, result.facts);
      else this.#recordRefusal(progress, result.refusal);
    }
    return reply;
  }

  /**
   * Records a request that was refused before there was a batch to decide, such as one without a known caller. Resolves
   * to the refusal, for the caller to throw. Many refusals of unknown callers share a summary (`UnknownCallers`).
   */
  async refuse(origin: RequestOrigin, refusal: RefusedError): Promise<RefusedError> {
    const policy = await settled(this.#policy());
    const isUnknown = origin.caller === NO_CALLER && refusal.auditCode === UNKNOWN_CALLER;
    const shares = isUnknown && !this.#unknown.isFirst(origin.clientIp, this.#nowMs());
    const progress: Progress = {
      origin,
      count: noValues,
      ...(policy.ok && { policy: policy.value }),
      ...(shares && { audit: IN_A_SUMMARY }),
    };
    this.#recordRefusal(progress, refusal);
    return refusal;
  }

  #refuseAll(attempts: readonly Attempted[], refusal: RefusedError): RefusedError {
    const own = attempts.some(({ result }) => !result.ok && result.refusal === refusal);
    for (const { progress, result } of attempts) {
      if (!result.ok) this.#recordRefusal(progress, result.refusal);
      else if (own) this.#record(progress, { code: ONLY_CHECKED, count: progress.count() });
      else this.#recordRefusal(progress, refusal);
    }
    refusal.operation ??= attempts[0]?.progress.target?.operation;
    if (attempts.length === 1) refusal.element ??= attempts[0]!.progress.target?.element;
    return refusal;
  }

  #recordRefusal(progress: Progress, refusal: RefusedError): void {
    const row = refusal.row;
    const count = row === undefined ? progress.count() : 1;
    const facts = { code: refusal.auditCode, count, ...(row === undefined ? {} : { row }) };
    this.#record(progress, facts, refusal.operation);
  }

  #record(
    { origin: { isRepeat, caller, ...place }, policy, target, audit, remarks }: Progress,
    facts: OutcomeFacts,
    operation?: Operation,
  ): void {
    const origin = { ...place, user: policy?.decider.spelledUser(caller.user) ?? caller.user };
    const isCounted = facts.row === undefined && isRepeat?.(outcomeOf(facts, policy, target)) === true;
    const counted = isCounted ? countedBefore(facts) : facts;
    try {
      this.#trail.record({
        ...(isSummarized(counted, audit) ? summarized(origin, counted) : { ...origin, ...counted }),
        operation: target?.operation ?? operation,
        element: target?.element,
        oldElement: target?.oldElement,
        dataStore: policy?.dataStore ?? 'UNKNOWN',
        policyVersion: policy?.version,
        ...remarks,
      });
    } catch (error) {
      throw toRefusal(error);
    }
  }
}

/** Tells whether the policy wants no record of this request. A fault of engine or platform is always recorded. */
function isSummarized({ code, substituted }: OutcomeFacts, audit: AuditSwitches | undefined): boolean {
  const level = auditLevel(code, substituted);
  if (audit === undefined || level === 'EXCEPTION') return false;
  return level === 'SUCCESS' || DISCLOSING_CODES.has(code) ? !audit.successful : !audit.failed;
}

/** Reduces a request to the facts that a summary of many shares. */
function summarized(
  { user, vendor, cluster }: Pick<AuditEntry, 'user' | 'vendor' | 'cluster'>,
  { row: _row, ...facts }: OutcomeFacts,
) {
  return { user, vendor, cluster, ...facts, requests: 1 };
}

/** Names what decided an answer: the policy, what it was asked, and what it said. */
function outcomeOf(facts: OutcomeFacts, policy: CompiledPolicy | undefined, target: Target | undefined): string {
  return JSON.stringify([policy?.version, target, facts]);
}

/** Moves the count to `repeatedCount`, because an earlier record has counted the values. */
function countedBefore({ weakCount: _weakCount, clearCount: _clearCount, ...facts }: OutcomeFacts): OutcomeFacts {
  return { ...facts, count: 0, repeatedCount: facts.count };
}

/** Decides and transforms one batch. Never throws: a failure becomes the batch's refusal. */
function carryOutBatch(
  request: BatchRequest,
  loaded: Attempt<CompiledPolicy>,
  nowMs: number,
  budgets: RequestBudgets | undefined,
): Attempted {
  const { origin } = request;
  const progress: Progress = { origin, count: noValues };
  let size: number | undefined;
  try {
    const policy = valueOf(loaded);
    progress.policy = policy;
    progress.count = () => countUnread(request);
    progress.target = request.target(policy);
    request.checkCaller?.();
    const decision = policy.decider.decide({ user: origin.caller.user, ...progress.target }, nowMs);
    progress.audit = decision.audit;
    if (decision.breakGlass === true) progress.remarks = { breakGlass: true };
    if (decision.lapse !== undefined) progress.remarks = { lapse: lapseText(decision.lapse) };
    // A caller without the right has no claim to the work of reading values.
    if (decision.kind === 'refuse') {
      const { target } = progress;
      throw 'disclosure' in decision
        ? disclosing(decision.disclosure, target)
        : denial(decision.code, policy, target, progress.remarks?.lapse);
    }
    budgets?.check(request);
    progress.count = noValues;
    const column = request.column();
    size = column.length;
    progress.count = () => countValues(column);
    const batch = { ...progress.target, column };
    if (decision.kind === 'allow' && decision.mask === undefined) request.room?.take(leastReply(policy, batch));
    const outcome = carryOut(decision, policy, batch, request.columnAgain ?? (() => batch.column));
    if (decision.budget !== undefined) budgets?.checkCount(request, outcome.facts.count);
    const substituted = outcome.facts.substituted === true;
    return { progress, result: { ok: true, ...outcome, target: progress.target, substituted } };
  } catch (error) {
    const refusal = toRefusal(error);
    refusal.operation ??= progress.target?.operation ?? request.operation;
    refusal.element ??= progress.target?.element;
    refusal.batchSize ??= size;
    return { progress, result: { ok: false, refusal } };
  }
}

/** Counts what the batches of a request are to show, before any is carried out. */
class RequestBudgets {
  readonly #budgets: Budgets | undefined;
  readonly #policy: CompiledPolicy;
  readonly #nowMs: number;
  readonly #claims = new Map<BatchRequest, Attempt<Claim>>();

  constructor(budgets: Budgets | undefined, policy: CompiledPolicy, nowMs: number) {
    this.#budgets = budgets;
    this.#policy = policy;
    this.#nowMs = nowMs;
  }

  /** Takes what a batch needs of the user's budget. A refusal is kept for `check`. */
  async take(request: BatchRequest): Promise<void> {
    const claim = attempt(() => this.#claimOf(request));
    // A batch that cannot be decided is refused, with its reason, when it is carried out.
    if (!claim.ok || claim.value === undefined || this.#budgets === undefined) return;
    const taken = await settled(this.#budgets.take(claim.value));
    this.#claims.set(request, taken.ok ? { ok: true, value: claim.value } : taken);
  }

  /** Throws the refusal of a batch whose values could not be counted. */
  check(request: BatchRequest): void {
    if (this.#budgets === undefined) {
      throw new RefusedError('NOT_CONFIGURED', { detail: NO_STORE });
    }
    const claim = this.#claims.get(request);
    if (claim !== undefined) valueOf(claim);
  }

  /** Throws where more values would be shown than were counted. */
  checkCount(request: BatchRequest, count: number): void {
    const claim = this.#claims.get(request);
    if (claim === undefined || valueOf(claim).count < count) {
      throw new RefusedError('BUDGET_UNAVAILABLE', { detail: 'The batch has more values than were counted' });
    }
  }

  /** Takes back what a batch that is not answered was counted for. */
  giveBack(request: BatchRequest): void {
    const claim = this.#claims.get(request);
    this.#claims.delete(request);
    if (claim?.ok === true) this.#budgets?.giveBack(claim.value);
  }

  #claimOf(request: BatchRequest): Claim | undefined {
    const { decider, dataStore } = this.#policy;
    const { user } = request.origin.caller;
    const { budget } = decider.decide({ user, ...request.target(this.#policy) }, this.#nowMs);
    if (budget === undefined) return undefined;
    const count = countUnread(request);
    return { dataStore, user: decider.spelledUser(user), limit: budget, count, nowMs: this.#nowMs };
  }
}

const NO_STORE = 'the policy has budgets (maxUnprotectPerDay), and nothing is set to count them in (BUDGET_STORE)';

const noValues = (): number => 0;

/** Counts the values of a batch that is refused before it is read. A column that cannot be read has none. */
function countUnread({ count, column }: BatchRequest): number {
  const counted = attempt(count ?? (() => countValues(column())));
  return counted.ok ? counted.value : 0;
}

type OutcomeFacts = Pick<
  AuditEntry,
  'code' | 'count' | 'row' | 'weakCount' | 'clearCount' | 'clearParts' | 'repeatedCount' | 'substituted' | 'mask'
>;

interface Outcome {
  readonly column: AnyColumn;
  readonly facts: OutcomeFacts;
}

function carryOut(decision: Allowed, policy: CompiledPolicy, batch: Batch, columnAgain: () => AnyColumn): Outcome {
  const count = countValues(batch.column);
  switch (decision.kind) {
    case 'substitute': {
      const column = decision.noAccess === 'null' ? new Array<null>(batch.column.length).fill(null) : batch.column;
      return { column, facts: { code: NO_ACCESS, count, substituted: true } };
    }
    case 'mask': {
      const facts = { code: NO_ACCESS, count, substituted: true, mask: maskSetting(decision.mask) };
      return { column: applyMask(decision.mask, cellsOf(batch.column)), facts };
    }
    case 'allow': {
      const { column, weakCount, clearCount } = transformAll(policy, batch, columnAgain);
      const code = count === 0 ? ONLY_CHECKED : successCode(batch);
      const facts = { code, count, weakCount, ...clearFacts(policy, batch, column, clearCount) };
      if (decision.mask === undefined) return { column, facts };
      const mask = maskSetting(decision.mask);
      return { column: applyMask(decision.mask, cellsOf(column)), facts: { ...facts, mask } };
    }
    default:
      return unreachable(decision);
  }
}

/** A decision that answers the batch. */
type Allowed = Exclude<Decided, { readonly kind: 'refuse' }>;

const DENIALS = { 1: 'USER_UNKNOWN', 2: 'ELEMENT_UNKNOWN', 3: 'NOT_AUTHORIZED' } as const;

function successCode({ operation, element }: Batch): number {
  return operation === 'Unprotect' && isOldVersion(element) ? OLD_KEY : SUCCESS_CODES[operation];
}

/**
 * Returns what stayed clear of values that were to be protected. Elements without a key leave every value clear, which
 * is counted and no warning.
 */
function clearFacts(policy: CompiledPolicy, { operation, element }: Batch, tokens: AnyColumn, clearCount: number) {
  if (operation !== 'Protect' && operation !== 'Reprotect') return {};
  const { hasKey, hasClearParts } = policy.nature(element);
  return {
    ...(clearCount > 0 && { clearCount }),
    ...(hasClearParts && { clearParts: true }),
    ...(hasKey && clearCount > 0 && clearCount === countFilled(tokens) && { code: ALL_LEFT_CLEAR }),
  };
}

/**
 * For a reprotect with an unknown element, the text names the half that fails, because clients know no other operation.
 */
function denial(
  code: keyof typeof DENIALS,
  policy: CompiledPolicy,
  { operation, oldElement }: Target,
  lapse: string | undefined,
): RefusedError {
  const refusal = new RefusedError(DENIALS[code], lapse === undefined ? {} : { detail: `The grant ${lapse}` });
  if (operation === 'Reprotect' && refusal.code === 'ELEMENT_UNKNOWN') {
    const known = oldElement !== undefined && policy.elements.resolve(oldElement).kind === 'found';
    refusal.operation = known ? 'Protect' : 'Unprotect';
    if (!known) refusal.element = oldElement;
  }
  return refusal;
}

/** Says why a request is not allowed at this time: `ended 2026-12-31T00:00:00Z`. */
function lapseText({ is, atMs }: Lapse): string {
  return is === 'ended' ? `ended ${instantText(atMs)}` : `begins ${instantText(atMs)}`;
}

/** Refuses a move that both elements grant: its text says what the new tokens would show. */
function disclosing(disclosure: string, { element, oldElement }: Target): RefusedError {
  const detail = `A reprotect from ${oldElement} to ${element} would show more than the user may see: ${disclosure}. Choose an element that shows no more, or have a user move the values who may unprotect ${oldElement}.`;
  return new RefusedError('REPROTECT_DISCLOSES', { detail });
}

interface Transformed extends ValueCounts {
  readonly column: AnyColumn;
}

/** Transforms the column. A refusal of a value counts the bad values of the column. */
function transformAll(policy: CompiledPolicy, batch: Batch, columnAgain: () => AnyColumn): Transformed {
  try {
    return transform(policy, batch);
  } catch (error) {
    if (error instanceof RefusedError && error.row !== undefined) {
      // Only a packed column is overwritten; reading another one again would take the general parser.
      const column = batch.column instanceof PackedColumn ? columnAgain() : batch.column;
      error.bad = countBadValues(cellsOf(column), (part) => void transform(policy, { ...batch, column: part }));
    }
    throw error;
  }
}

function transform(policy: CompiledPolicy, batch: Batch): Transformed {
  const { operation, element, oldElement, column } = batch;
  if (operation !== 'Unprotect' && isOldVersion(element)) {
    throw new RefusedError('ELEMENT_UNFIT', { detail: 'an old key version is only read' });
  }
  switch (operation) {
    case 'Protect':
      return runMethod(policy.method(element), 'protect', column, batch.externalIv);
    case 'Unprotect':
      return runMethod(policy.method(element), 'unprotect', column, batch.externalIv);
    case 'Reprotect': {
      if (oldElement === undefined) throw new RefusedError('EVENT_MALFORMED', { detail: 'no old element' });
      checkReprotect(policy.definition(oldElement), policy.definition(element));
      const clear = step('Unprotect', oldElement, () =>
        runMethod(policy.method(oldElement), 'unprotect', column, batch.oldExternalIv),
      );
      return step('Protect', element, () =>
        runMethod(policy.method(element), 'protect', clear.column, batch.externalIv),
      );
    }
    case 'Check':
      return {
        column: checkValues(policy.method(element), cellsOf(column), batch.externalIv),
        weakCount: 0,
        clearCount: 0,
      };
    default:
      return unreachable(operation);
  }
}

/**
 * Calls `found` for every value of a column that the operation refuses, in no order. Carries the operation out on the others and
 * drops the results; decides nothing and records nothing, so it is for a batch that was allowed and then refused for a value.
 */
export function findRefusedValues(
  policy: CompiledPolicy,
  batch: Batch,
  found: (row: number, refusal: RefusedError) => void,
): void {
  const column = cellsOf(batch.column);
  const work = (part: Column): void => void transform(policy, { ...batch, column: part });
  policy.withinRequest(() =>
    findBadValues(column, work, column.length, (row, refusal) => {
      found(row, refusal);
      return true;
    }),
  );
}

/** Takes half of a reprotect. Its refusal names the half. */
function step<T>(name: Step, element: string, take: () => T): T {
  try {
    // What is noted would not name the half.
    return notingRefusals(undefined, take);
  } catch (error) {
    if (error instanceof RefusedError) {
      error.step = name;
      error.element = element;
    }
    throw error;
  }
}

/**
 * Returns the reason why each value cannot be protected, and null for one that can. It protects the values and drops the
 * tokens, so that a check and a load never differ.
 */
function checkValues(method: Method, column: Column, externalIv: string | undefined): Cell[] {
  const reasons = new Array<Cell>(column.length).fill(null);
  const protect = (part: Column): void => void method.protect(part, externalIv);
  findBadValues(column, protect, column.length, (row, refusal) => {
    reasons[row] = reasonOf(refusal);
    return true;
  });
  return reasons;
}

function runMethod(
  method: Method,
  direction: 'protect' | 'unprotect',
  column: AnyColumn,
  externalIv: string | undefined,
): Transformed {
  if (column instanceof PackedColumn && method.packed !== undefined)
    return method.packed[direction](column, externalIv);
  return method[direction](cellsOf(column), externalIv);
}
