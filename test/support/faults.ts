// Faults that a stand-in for a service has on demand, and the account of those that have happened.

/**
 * What goes wrong. Instead of the operation: `throttle`, `status500`, `status503`, `deny`, `hang` (no reply), `reset` (of the
 * connection). After the operation, so that it has happened although the caller cannot know: `drop` (of the connection),
 * `malformed` (a reply that makes no sense). `partial`: the service leaves out every other item of the call.
 */
export type FaultKind =
  | 'throttle'
  | 'status500'
  | 'status503'
  | 'hang'
  | 'reset'
  | 'drop'
  | 'malformed'
  | 'deny'
  | 'partial';

export interface PlannedFault {
  readonly kind: string;
  /** Infinite: until `heal`. */
  readonly times: number;
  /** Calls of the operation that succeed before. @default 0 */
  readonly after?: number;
  /** Only calls of this operation, such as `PutLogEvents`. */
  readonly operation?: string;
}

/** What every stand-in with faults offers to its tests. */
export interface Faulty<Fault extends PlannedFault> {
  /** Plans a fault. Faults of one operation happen in the order of their planning. */
  readonly fail: (fault: Fault) => void;
  /** Forgets the plan. */
  readonly heal: () => void;
  /** Planned faults that have not happened, such as `hang of GET`, once for each time. A test that plans faults expects none. */
  readonly unusedFaults: () => readonly string[];
  /** The operation of each call so far, failed calls included. */
  readonly operations: readonly string[];
  /** Calls `listener` whenever a call begins to hang. */
  readonly onHang: (listener: () => void) => void;
}

interface OpenFault<Fault> {
  readonly fault: Fault;
  after: number;
  left: number;
}

/** The plan of one server. */
export class FaultPlan<Fault extends PlannedFault> implements Faulty<Fault> {
  readonly operations: string[] = [];
  #faults: OpenFault<Fault>[] = [];
  #listeners: (() => void)[] = [];

  readonly fail = (fault: Fault): void => {
    this.#faults.push({ fault, after: fault.after ?? 0, left: fault.times });
  };

  readonly heal = (): void => {
    this.#faults = [];
  };

  readonly unusedFaults = (): readonly string[] =>
    this.#faults.flatMap(({ fault: { kind, times, operation = 'any call' }, left }) => {
      const unused = times === Number.POSITIVE_INFINITY ? 0 : left;
      return Array.from({ length: unused }, () => `${kind} of ${operation}`);
    });

  readonly onHang = (listener: () => void): void => {
    this.#listeners.push(listener);
  };

  /** Returns the fault of the call that has just come in. */
  next(operation: string): Fault | undefined {
    this.operations.push(operation);
    const found = this.#faults.find(({ fault, left }) => left > 0 && (fault.operation ?? operation) === operation);
    if (found === undefined) return undefined;
    if (found.after > 0) {
      found.after -= 1;
      return undefined;
    }
    found.left -= 1;
    if (found.fault.kind === 'hang') setImmediate(() => this.hung());
    return found.fault;
  }

  /** Tells the listeners that a call hangs. */
  hung(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The controls of the plan, for the server to offer. */
  get controls(): Faulty<Fault> {
    const { fail, heal, unusedFaults, operations, onHang } = this;
    return { fail, heal, unusedFaults, operations, onHang };
  }
}

/** Positions of the calls of an operation: 0 up to the last one. */
export function positionsOf(operation: string, { operations }: Pick<Faulty<PlannedFault>, 'operations'>): number[] {
  return operations.filter((one) => one === operation).map((_, position) => position);
}
