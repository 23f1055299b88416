import { ProtectorError } from '../base/errors.ts';

/** `AUDIT_SINK_UNAVAILABLE`: the trail could not be made durable, nothing may be answered; worth a retry. */
export class AuditError extends ProtectorError<'AUDIT_SINK_UNAVAILABLE'> {}
