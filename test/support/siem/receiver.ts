// A stand-in for a SIEM on 127.0.0.1, over real sockets, as its service answers: what all of them have in common.
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import type { Certificate } from '../certificates.ts';
import type { Faulty, PlannedFault } from '../faults.ts';

/**
 * What goes wrong, in the words of each service.
 *
 * Instead of the work: `throttle` (with `retryAfter`, if given), `status500`, `status503`, `deny` (the credentials), `redirect`,
 * `hang` (no reply), `slow` (a reply that never ends, a byte at a time), `reset` (of the connection).
 * After the work, so that it has happened although the caller cannot know: `drop` (of the connection), `cut` (of the reply),
 * `malformed` (a reply of somebody else's).
 * `partial`: every other parcel is left, where the service can say so. `unacknowledged`: what was taken is never acknowledged.
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

/** One event as the SIEM has it; `id` is that of the parcel, wherever the service keeps it. */
export interface AcceptedEvent {
  readonly id: string;
  /** The parcel's body. */
  readonly body: string;
  /** Epoch milliseconds, where the service files it under. */
  readonly timeMs: number;
}

export interface Receiver extends Faulty<ReceiverFault> {
  /** What a tenant writes down to get here. */
  readonly settings: SinkSettings;
  /** Variables of the environment that lead an AWS client here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The faults that this service can have. */
  readonly faults: readonly ReceiverFaultKind[];
  /** It drops what it has already. */
  readonly deduplicates: boolean;
  /** In the order in which they came; repeats too, unless the service drops them. */
  accepted(): readonly AcceptedEvent[];
  /** Calls that came in, failed ones too. */
  readonly calls: number;
  /** From here on the service refuses events of which this is true, as it refuses what it cannot read. */
  refuse(isBad: (body: string) => boolean): void;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** By TLS with this certificate. @default in the clear, where the protocol has it */
  readonly certificate?: Certificate;
  /** Authority of the certificate, for the settings. */
  readonly ca?: string;
  /** Splunk: the token has indexer acknowledgement switched on. */
  readonly acknowledge?: boolean;
}

/** The id of the parcel that a body is of, in every format: where a service keeps nothing but the body. */
export function idInBody(body: string): string {
  const [, inCef] = / externalId=(\S+)/.exec(body.startsWith('CEF:') ? body : '') ?? [];
  if (inCef !== undefined) return inCef;
  const { iclFields, metadata, event } = JSON.parse(body) as Record<string, Record<string, string> | undefined>;
  return iclFields?.['eventId'] ?? metadata?.['uid'] ?? event?.['id'] ?? '';
}
