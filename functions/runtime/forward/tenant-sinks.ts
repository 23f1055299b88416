// The open sinks of all tenants: one adapter per sink, kept as long as its settings stay the same.

import { createHash } from 'node:crypto';
import { outboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { attempt } from '../../../lib/base/attempt.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { DeliverySink, Pace } from '../../../lib/delivery/ports.ts';
import type { Sink, SinkSettings } from '../../../lib/tenants/model.ts';
import { isOwn } from '../../../lib/tenants/own-names.ts';
import { openSink, refusingSink } from './sink-adapters.ts';

export interface TenantSinkOptions {
  /** Private networks, in CIDR notation, that tenants' sinks may be in. @default none */
  readonly allowedNetworks?: readonly string[];
  /** Allows sinks of this machine: its own addresses, its files, its standard output. @default false */
  readonly laptop?: boolean;
  /** Buckets and log groups of this deployment, which no sink may name. @default none */
  readonly own?: ReadonlySet<string>;
  /** Limit of one call. @default 10,000 */
  readonly timeoutMs?: number;
  /** For sinks that ask a service several times. @default the system's clock and timer */
  readonly clock?: Pick<Pace, 'nowMs' | 'sleep'>;
}

/**
 * Returns the sink of a tenant: the open one if its settings are unchanged, otherwise a new one. Settings that no
 * adapter can use give a sink that takes nothing (`config`), so that they do not stop other sinks.
 */
export type TenantSinks = (tenantId: string, sink: Sink) => DeliverySink;

/** Throws `RangeError` for a network that is not in CIDR notation. */
export function tenantSinks(options: TenantSinkOptions = {}): TenantSinks {
  const { allowedNetworks = [], laptop = false, own = new Set(), timeoutMs, clock } = options;
  const guard = outboundGuard({ allowedNetworks, loopback: laptop });
  const open = new Map<string, { readonly settings: string; readonly sink: DeliverySink }>();
  return (tenantId, { name, settings }) => {
    const key = JSON.stringify([tenantId, name]);
    const digest = digestOf(settings);
    const found = open.get(key);
    if (found?.settings === digest) return found.sink;
    const refused = refusalOf(settings, own, laptop);
    const opened = attempt(() => openSink(settings, { tenantId, guard, laptop, timeoutMs, clock }));
    const sink =
      opened.ok && refused === undefined ? opened.value : refusingSink(settings.kind, refused ?? 'unusable settings');
    open.set(key, { settings: digest, sink });
    return sink;
  };
}

/**
 * Says why a sink is refused that earlier releases sealed: `tenants check` refuses it today. On a laptop the credentials
 * are those of the person at it, and no role is needed.
 */
function refusalOf(settings: SinkSettings, own: ReadonlySet<string>, laptop: boolean): string | undefined {
  if (isOwn(settings, own)) return 'a bucket or log group of this deployment';
  const needsRole = settings.kind === 's3' || settings.kind === 'cloudwatch-logs';
  return needsRole && settings.roleArn === undefined && !laptop ? 'no role to assume: "roleArn" is missing' : undefined;
}

/** Digests settings, secrets included: settings that were read again have the same digest. */
function digestOf(settings: SinkSettings): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    if (value instanceof Secret) hash.update(value.expose()).update('\0');
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        add(name);
        add(member);
      }
    } else hash.update(`${JSON.stringify(value)}\0`);
  };
  add(settings);
  return hash.digest('hex');
}
