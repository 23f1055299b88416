// Faults that a stand-in for a service is told to have, and when.

/**
 * What goes wrong instead of, or after, an operation. After it, so that it has happened although the caller cannot know:
 * `drop` (the connection is reset), `malformed` (a reply that makes no sense). `reset`: the connection is reset before it.
 * `partial`: every other item of the call is left out.
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
  readonly times: number;
  /** Calls of the operation that go well before. @default 0 */
  readonly after?: number;
  /** Only calls of this operation, such as `PutLogEvents`. */
  readonly operation?: string;
}

/** The faults a server will have, in the order they were asked for. */
export class FaultPlan<Fault extends PlannedFault> {
  #faults: { readonly fault: Fault; after: number; left: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, after: fault.after ?? 0, left: fault.times });
  }

  /** Forgets faults that have not happened yet. */
  clear(): void {
    this.#faults = [];
  }

  /** The fault of the call that has just come in. */
  next(operation: string): Fault | undefined {
    const found = this.#faults.find(({ fault, left }) => left > 0 && (fault.operation ?? operation) === operation);
    if (found === undefined) return undefined;
    if (found.after > 0) {
      found.after -= 1;
      return undefined;
    }
    found.left -= 1;
    return found.fault;
  }
}
