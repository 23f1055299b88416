import { ProtectorError } from '../base/errors.ts';

/** `AUDIT_SINK_UNAVAILABLE`: the trail is not durable, so nothing may be answered; worth a retry. */
export class AuditError extends ProtectorError<'AUDIT_SINK_UNAVAILABLE'> {
  /** How many of the offered lines, counted from the first, are durable all the same and need no retry. */
  readonly durable: number;

  constructor(code: 'AUDIT_SINK_UNAVAILABLE', message: string, { durable = 0 } = {}) {
    super(code, message);
    this.durable = durable;
  }
}

/** Returns how many lines of an append that failed with `error` need no retry. */
export function durableOf(error: unknown): number {
  return error instanceof AuditError ? error.durable : 0;
}
