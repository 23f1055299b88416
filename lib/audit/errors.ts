import { ProtectorError } from '../base/errors.ts';

/** `AUDIT_SINK_UNAVAILABLE`: the trail could not be made durable, nothing may be answered; worth a retry. */
export class AuditError extends ProtectorError<'AUDIT_SINK_UNAVAILABLE'> {
  /** How many of the lines offered, from the first on, are durable all the same and need not be offered again. */
  readonly durable: number;

  constructor(code: 'AUDIT_SINK_UNAVAILABLE', message: string, { durable = 0 } = {}) {
    super(code, message);
    this.durable = durable;
  }
}

/** How many lines of an append that failed with `error` need not be offered again. */
export function durableOf(error: unknown): number {
  return error instanceof AuditError ? error.durable : 0;
}
