// Usage report: who used which data, and which requests were refused, summed over audit records.
import { type Operation, OPERATIONS } from '../base/operation.ts';
import { ALL_LEFT_CLEAR, AUDIT_CODES, LOGS_NOT_SENT, ONLY_CHECKED } from './codes.ts';
import { type AuditRow, type PlainRecord, toRow } from './columns.ts';

/** Unprotected values of one user and element. */
export interface Disclosure {
  readonly user: string;
  readonly element: string;
  readonly values: number;
  /** Number of records; each is one batch unless records were merged. */
  readonly records: number;
  readonly firstTime: string;
  readonly lastTime: string;
}

export interface Refusal {
  readonly user: string;
  readonly operation: string;
  readonly element: string;
  readonly code: number;
  readonly reason: string;
  /** Null, the protected value or a mask was returned instead of an error. */
  readonly substituted: boolean;
  readonly attempts: number;
  readonly values: number;
}

/** Requests of one user, operation and element that a break-glass role alone allowed. */
export interface Emergency {
  readonly user: string;
  readonly operation: string;
  readonly element: string;
  /** Number of records; each is one use. */
  readonly uses: number;
  readonly values: number;
  readonly firstTime: string;
  readonly lastTime: string;
}

/** What stayed clear of the values of one element when they were protected. Withheld answers are included. */
export interface LeftClear {
  readonly element: string;
  /** Values that stayed clear in whole. */
  readonly values: number;
  /** Values of the element that were to be protected, those included. */
  readonly ofValues: number;
  /** The element leaves parts of its values clear, such as the domain of an e-mail address. */
  readonly parts: boolean;
}

export interface UsageReport {
  readonly records: number;
  readonly firstTime: string | undefined;
  readonly lastTime: string | undefined;
  /** Answered values per operation, without those of withheld answers. A check answers reasons. */
  readonly values: Readonly<Record<Operation, number>>;
  /** Most values first. */
  readonly unprotected: readonly Disclosure[];
  /** In order of their first use. */
  readonly breakGlass: readonly Emergency[];
  /** Elements that left values clear, or parts of them; most values first. */
  readonly leftClear: readonly LeftClear[];
  /** Most attempts first. */
  readonly refused: readonly Refusal[];
  /** Values of answers withheld because their record was not durable in time (code 51). */
  readonly withheld: number;
}

/** The columns of a record that say who used what. */
export type UsageRow = Pick<
  AuditRow,
  | 'logtype'
  | 'policy_user'
  | 'operation'
  | 'dataelement'
  | 'cnt'
  | 'audit_code'
  | 'level'
  | 'description'
  | 'clear_cnt'
  | 'clear_parts'
  | 'break_glass'
  | 'first_time'
  | 'last_time'
>;

const ANSWERED: ReadonlyMap<unknown, Operation> = new Map([
  [6, 'Protect'],
  [8, 'Unprotect'],
  [11, 'Unprotect'],
  [50, 'Reprotect'],
] as const);

/** Sums records. Memory grows with users, elements and reasons, not with records. */
export class UsageSummary {
  readonly #values = { Protect: 0, Unprotect: 0, Reprotect: 0, Check: 0 };
  readonly #unprotected = new Map<string, Disclosure>();
  readonly #refused = new Map<string, Refusal>();
  readonly #breakGlass = new Map<string, Emergency>();
  readonly #clear = new Map<string, Omit<LeftClear, 'element'>>();
  #records = 0;
  #withheld = 0;
  #firstTime: string | undefined;
  #lastTime: string | undefined;

  /** Adds a record. Skips records about policies, which are no use of data. */
  add(record: PlainRecord): void {
    this.addRow(toRow(record));
  }

  /** Adds the row of a record, as `add` does. */
  addRow(row: UsageRow): void {
    if (row.logtype !== 'Protection') return;
    this.#records += 1;
    const first = String(row.first_time);
    const last = String(row.last_time);
    if (this.#firstTime === undefined || first < this.#firstTime) this.#firstTime = first;
    if (this.#lastTime === undefined || last > this.#lastTime) this.#lastTime = last;
    const values = Number(row.cnt);
    const operation = answeredOperation(row);
    if (operation !== undefined) {
      this.#values[operation] += values;
      if (row.break_glass === true) this.#breakTheGlass(row, values, 1);
      if (operation === 'Unprotect') this.#disclose(row, values, 1);
      else if (operation !== 'Check') this.#leaveClear(row, values);
    } else if (row.audit_code === LOGS_NOT_SENT) this.#withhold(row, values);
    else if (row.level !== 'SUCCESS') this.#refuse(row, values);
  }

  report(): UsageReport {
    const leftClear = [...this.#clear].map(([element, counts]) => ({ element, ...counts }));
    const disclosed = [...this.#unprotected.values()].filter(({ values, records }) => values > 0 || records > 0);
    return {
      records: this.#records,
      firstTime: this.#firstTime,
      lastTime: this.#lastTime,
      values: { ...this.#values },
      unprotected: disclosed.toSorted((a, b) => b.values - a.values || order(a, b)),
      breakGlass: [...this.#breakGlass.values()].filter(({ uses }) => uses > 0),
      leftClear: leftClear
        .filter(({ values, parts }) => values > 0 || parts)
        .toSorted((a, b) => b.values - a.values || (a.element < b.element ? -1 : 1)),
      refused: [...this.#refused.values()].toSorted((a, b) => b.attempts - a.attempts || order(a, b)),
      withheld: this.#withheld,
    };
  }

  /** Takes back the success that a record of code 51 corrects. */
  #withhold(row: UsageRow, values: number): void {
    this.#withheld += values;
    const operation = OPERATIONS.find((known) => known === row.operation);
    if (operation !== undefined) {
      this.#values[operation] -= values;
      if (row.break_glass === true) this.#breakTheGlass(row, -values, -1);
      if (operation === 'Unprotect') this.#disclose(row, -values, -1);
    }
  }

  #disclose(row: UsageRow, values: number, records: number): void {
    const user = String(row.policy_user);
    const element = String(row.dataelement);
    const key = JSON.stringify([user, element]);
    const before = this.#unprotected.get(key);
    this.#unprotected.set(key, {
      user,
      element,
      values: (before?.values ?? 0) + values,
      records: (before?.records ?? 0) + records,
      ...timesOf(row, before),
    });
  }

  #breakTheGlass(row: UsageRow, values: number, uses: number): void {
    const [user, operation, element] = [row.policy_user, row.operation, row.dataelement].map(String) as [
      string,
      string,
      string,
    ];
    const key = JSON.stringify([user, operation, element]);
    const before = this.#breakGlass.get(key);
    this.#breakGlass.set(key, {
      user,
      operation,
      element,
      uses: (before?.uses ?? 0) + uses,
      values: (before?.values ?? 0) + values,
      ...timesOf(row, before),
    });
  }

  #leaveClear(row: UsageRow, ofValues: number): void {
    const element = String(row.dataelement);
    const before = this.#clear.get(element);
    this.#clear.set(element, {
      values: (before?.values ?? 0) + Number(row.clear_cnt ?? 0),
      ofValues: (before?.ofValues ?? 0) + ofValues,
      parts: before?.parts === true || row.clear_parts === true,
    });
  }

  #refuse(row: UsageRow, values: number): void {
    const code = Number(row.audit_code);
    const refusal = {
      user: String(row.policy_user),
      operation: String(row.operation ?? 'unknown'),
      element: String(row.dataelement ?? 'unknown'),
      code,
      reason: AUDIT_CODES.get(code)?.text ?? String(row.description ?? ''),
      substituted: row.level === 'WARNING',
    };
    const key = JSON.stringify(Object.values(refusal));
    const before = this.#refused.get(key);
    this.#refused.set(key, {
      ...refusal,
      attempts: (before?.attempts ?? 0) + 1,
      values: (before?.values ?? 0) + values,
    });
  }
}

interface Times {
  readonly firstTime: string;
  readonly lastTime: string;
}

/** Returns the times of a row, and of those before it. */
function timesOf(row: UsageRow, before: Times | undefined): Times {
  const [first, last] = [String(row.first_time), String(row.last_time)];
  return {
    firstTime: before === undefined || first < before.firstTime ? first : before.firstTime,
    lastTime: before === undefined || last > before.lastTime ? last : before.lastTime,
  };
}

/** Returns the operation that a record answers; undefined if it refuses. */
export function answeredOperation(row: Pick<AuditRow, 'audit_code' | 'operation'>): Operation | undefined {
  const { audit_code: code } = row;
  const named = OPERATIONS.find((known) => known === row.operation);
  if (code === ALL_LEFT_CLEAR) return named;
  return code === ONLY_CHECKED && named === 'Check' ? 'Check' : ANSWERED.get(code);
}

function order(a: { user: string; element: string }, b: { user: string; element: string }): number {
  return a.user < b.user || (a.user === b.user && a.element < b.element) ? -1 : 1;
}
