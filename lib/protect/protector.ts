import { auditLevel, DISCLOSING_CODES } from '../audit/codes.ts';
import type { AuditEntry } from '../audit/record.ts';
import { unreachable } from '../base/errors.ts';
import type { AuditSwitches, Outcome as Decided } from '../policy/decide.ts';
import { isOldVersion } from '../policy/key-versions.ts';
import { applyMask, maskSetting } from '../policy/mask.ts';
import type { Cell, Column } from '../base/cell.ts';
import type { Batch, RequestOrigin, Target } from './batch.ts';
import type { CompiledPolicy } from './compile.ts';
import type { ColumnResult } from './methods/method.ts';
import { checkReprotect } from './reprotect.ts';
import { RefusedError, toRefusal } from './refusal.ts';

/** One request on its way through: how it is read, and how the answer is written. Each part may throw `RefusedError`. */
export interface ProtectRequest<Reply> {
  readonly origin: RequestOrigin;
  readonly target: (policy: CompiledPolicy) => Target;
  readonly column: () => Column;
  readonly encode: (column: Cell[]) => Reply;
}

/** What is known of a request when it is recorded; less of it the earlier it failed. */
interface Progress {
  policy?: CompiledPolicy;
  target?: Target;
  column?: Column;
  audit?: AuditSwitches;
}

/** The part of an audit trail that this needs. */
interface EntryRecorder {
  record(entry: AuditEntry): void;
}

const SUCCESS_CODES = { Protect: 6, Unprotect: 8, Reprotect: 50 } as const;
/** Permission was checked and there was no value to work on. */
const NOTHING_TO_DO = 10;
const NO_ACCESS = 3;
/** Values were read with a key that the element protects with no more. */
const OLD_KEY = 11;

/**
 * The use case of the product: one batch, one decision, one column pass, one audit entry.
 *
 * `run` records what happened but does not wait for the sink: whoever calls it must await `trail.flush()` before the reply
 * leaves, which the handler pipeline does for every entry point.
 */
export class Protector {
  readonly #policy: () => Promise<CompiledPolicy>;
  readonly #trail: EntryRecorder;
  readonly #policyUser: (user: string) => string;

  /**
   * `policy` rejects with `RefusedError`, `KeyServiceError` or `BundleError` when there is none to be had. `policyUser` makes
   * the user of the policy, and of the record, from the name that a front end was given.
   */
  constructor(
    policy: () => Promise<CompiledPolicy>,
    trail: EntryRecorder,
    policyUser: (user: string) => string = (user) => user,
  ) {
    this.#policy = policy;
    this.#trail = trail;
    this.#policyUser = policyUser;
  }

  /** Resolves to the encoded reply. Rejects with `RefusedError`: then nothing of the batch may be answered. */
  async run<Reply>(request: ProtectRequest<Reply>): Promise<Reply> {
    const progress: Progress = {};
    const origin = { ...request.origin, user: this.#policyUser(request.origin.user) };
    try {
      progress.policy = await this.#policy();
      const { policy } = progress;
      // Both are read before either may refuse: the record of a bad function name still counts the values.
      const target = attempt(() => request.target(policy));
      const column = attempt(request.column);
      if (column.ok) progress.column = column.value;
      if (!target.ok) throw target.error;
      progress.target = target.value;
      if (!column.ok) throw column.error;
      progress.column = column.value;
      const decision = progress.policy.decider.decide({ user: origin.user, ...progress.target });
      progress.audit = decision.audit;
      const outcome = carryOut(decision, progress.policy, { ...progress.target, column: progress.column });
      const reply = request.encode(outcome.column);
      this.#record(origin, progress, outcome.facts);
      return reply;
    } catch (error) {
      const refusal = toRefusal(error);
      refusal.operation = progress.target?.operation;
      if (refusal.code !== 'AUDIT_UNAVAILABLE') this.#recordRefusal(origin, progress, refusal);
      throw refusal;
    }
  }

  #recordRefusal(origin: RequestOrigin, progress: Progress, refusal: RefusedError): void {
    const row = refusal.row;
    const count = row === undefined ? countValues(progress.column ?? []) : 1;
    this.#record(origin, progress, { code: refusal.auditCode, count, ...(row === undefined ? {} : { row }) });
  }

  #record(origin: RequestOrigin, { policy, target, audit }: Progress, facts: OutcomeFacts): void {
    try {
      this.#trail.record({
        ...(isSummarized(facts, audit) ? summarized(origin, facts) : { ...origin, ...facts }),
        operation: target?.operation,
        element: target?.element,
        oldElement: target?.oldElement,
        dataStore: policy?.dataStore ?? 'UNKNOWN',
        policyVersion: policy?.version,
      });
    } catch (error) {
      throw toRefusal(error);
    }
  }
}

/** Whether the policy wants no record of this request. A fault of the engine or platform gets one whatever it wants. */
function isSummarized({ code, substituted }: OutcomeFacts, audit: AuditSwitches | undefined): boolean {
  const level = auditLevel(code, substituted);
  if (audit === undefined || level === 'EXCEPTION') return false;
  return level === 'SUCCESS' || DISCLOSING_CODES.has(code) ? !audit.successful : !audit.failed;
}

/** One request of many, without what would tell it from the others. */
function summarized({ user, vendor, cluster }: RequestOrigin, { row: _row, ...facts }: OutcomeFacts) {
  return { user, vendor, cluster, ...facts, requests: 1 };
}

type OutcomeFacts = Pick<AuditEntry, 'code' | 'count' | 'row' | 'weakCount' | 'substituted' | 'mask'>;

interface Outcome {
  readonly column: Cell[];
  readonly facts: OutcomeFacts;
}

function carryOut(decision: Decided, policy: CompiledPolicy, batch: Batch): Outcome {
  const count = countValues(batch.column);
  switch (decision.kind) {
    case 'refuse':
      throw new RefusedError(DENIALS[decision.code]);
    case 'substitute': {
      const column = decision.noAccess === 'null' ? batch.column.map(() => null) : [...batch.column];
      return { column, facts: { code: NO_ACCESS, count, substituted: true } };
    }
    case 'mask': {
      const facts = { code: NO_ACCESS, count, substituted: true, mask: maskSetting(decision.mask) };
      return { column: applyMask(decision.mask, batch.column), facts };
    }
    case 'allow': {
      const { column, weakCount } = transform(policy, batch);
      const code = count === 0 ? NOTHING_TO_DO : successCode(batch);
      if (decision.mask === undefined) return { column, facts: { code, count, weakCount } };
      const facts = { code, count, weakCount, mask: maskSetting(decision.mask) };
      return { column: applyMask(decision.mask, column), facts };
    }
    default:
      return unreachable(decision);
  }
}

const DENIALS = { 1: 'USER_UNKNOWN', 2: 'ELEMENT_UNKNOWN', 3: 'NOT_AUTHORIZED' } as const;

function successCode({ operation, element }: Batch): number {
  return operation === 'Unprotect' && isOldVersion(element) ? OLD_KEY : SUCCESS_CODES[operation];
}

function transform(policy: CompiledPolicy, batch: Batch): ColumnResult {
  if (batch.operation !== 'Unprotect' && isOldVersion(batch.element)) {
    throw new RefusedError('ELEMENT_UNFIT', { detail: 'an old key version is only read' });
  }
  switch (batch.operation) {
    case 'Protect':
      return policy.method(batch.element).protect(batch.column, batch.externalIv);
    case 'Unprotect':
      return policy.method(batch.element).unprotect(batch.column, batch.externalIv);
    case 'Reprotect': {
      if (batch.oldElement === undefined) throw new RefusedError('EVENT_MALFORMED', { detail: 'no old element' });
      checkReprotect(policy.definition(batch.oldElement), policy.definition(batch.element));
      const clear = policy.method(batch.oldElement).unprotect(batch.column, batch.oldExternalIv);
      return policy.method(batch.element).protect(clear.column, batch.externalIv);
    }
    default:
      return unreachable(batch.operation);
  }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}

function countValues(column: Column): number {
  let count = 0;
  for (let row = 0; row < column.length; row++) if (column[row] !== null) count++;
  return count;
}
