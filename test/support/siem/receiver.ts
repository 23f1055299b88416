// Common parts of the stand-ins for SIEMs on 127.0.0.1, over real sockets, with the replies of their services.
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import type { Certificate } from '../certificates.ts';
import type { Faulty, PlannedFault } from '../faults.ts';

/**
 * A fault, in the words of each service.
 *
 * Instead of the work: `throttle` (with `retryAfter`, if given), `status500`, `status503`, `deny` (the credentials),
 * `redirect`, `hang` (no reply), `slow` (an endless reply, a byte at a time), `reset` (of the connection). After the
 * work, so that it has happened although the caller cannot know: `drop` (of the connection), `cut` (of the reply),
 * `malformed` (a reply that is not the service's). `partial`: the service leaves out every other parcel, where it can
 * say so. `unacknowledged`: it never acknowledges the events.
 */
export interface ReceiverFault extends PlannedFault {
  readonly kind: ReceiverFaultKind;
  /** Value of the header Retry-After, of `throttle` and `status503`. */
  readonly retryAfter?: string;
}

export const HTTP_FAULTS = [
  'throttle',
  'status500',
  'status503',
  'deny',
  'redirect',
  'hang',
  'slow',
  'reset',
  'drop',
  'cut',
  'malformed',
] as const;
export type ReceiverFaultKind = (typeof HTTP_FAULTS)[number] | 'partial' | 'unacknowledged';

/** One event as the SIEM holds it; `id` is the parcel's, wherever the service keeps it. */
export interface AcceptedEvent {
  readonly id: string;
  /** The parcel's body. */
  readonly body: string;
  /** The time under which the service files the event, in epoch milliseconds. */
  readonly timeMs: number;
}

export interface Receiver extends Faulty<ReceiverFault> {
  /** The settings with which a tenant reaches the receiver. */
  readonly settings: SinkSettings;
  /** Environment variables that lead AWS clients to the receiver. */
  readonly environment: Readonly<Record<string, string>>;
  /** The faults that this service can have. */
  readonly faults: readonly ReceiverFaultKind[];
  /** The service drops repeats. */
  readonly deduplicates: boolean;
  /** Returns the events in the order of arrival; repeats too, unless the service drops them. */
  accepted(): readonly AcceptedEvent[];
  /** The number of calls, failed calls included. */
  readonly calls: number;
  /** Makes the service refuse events for which `isBad` is true, as it refuses malformed ones. */
  refuse(isBad: (body: string) => boolean): void;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** The certificate for TLS. @default plain text, where the protocol permits it */
  readonly certificate?: Certificate;
  /** The authority of the certificate, for the settings. */
  readonly ca?: string;
  /** OTLP: refuses records by their number (`partialSuccess`), not the call. */
  readonly rejectsInPart?: boolean;
  /** Splunk: the token has indexer acknowledgement enabled. */
  readonly acknowledge?: boolean;
}

/** Finds the parcel's id in a body of any format, for services that keep only the body. */
export function idInBody(body: string): string {
  const [, inCef] = / externalId=(\S+)/.exec(body.startsWith('CEF:') ? body : '') ?? [];
  if (inCef !== undefined) return inCef;
  const { iclFields, metadata, event } = JSON.parse(body) as Record<string, Record<string, string> | undefined>;
  return iclFields?.['eventId'] ?? metadata?.['uid'] ?? event?.['id'] ?? '';
}
