import { randomBytes, randomUUID } from 'node:crypto';
import type { Verdict } from '../../../lib/delivery/ports.ts';
import type { SecurityEvent } from '../../../lib/events/event.ts';
import { ulids } from '../../../lib/events/ulid.ts';
import { formatEvent } from '../../../lib/siem/format.ts';
import { CliError } from '../failure.ts';
import { print, table } from '../output.ts';
import { tenantsInForce, type TenantsOptions } from '../tenants-in-force.ts';

export interface EventsTestOptions extends TenantsOptions {
  readonly sink?: string;
  readonly json?: boolean;
}

/**
 * `protector events test`: sends one `CUSTOM_TEST_EVENT` to each enabled sink of a tenant at once, past lanes and filters, and says
 * what each made of it; a sink that is named is tried although it is disabled. Rejects with `CLI_BAD` unless all took it.
 */
export async function eventsTest(tenantId: string, options: EventsTestOptions): Promise<void> {
  const { tenants, open } = await tenantsInForce(options);
  const tenant = tenants.tenants.get(tenantId);
  if (tenant === undefined) throw new CliError('CLI_USAGE', `There is no tenant ${tenantId} among those in force`);
  const sinks = tenant.sinks.filter(({ name, enabled }) =>
    options.sink === undefined ? enabled : name === options.sink,
  );
  if (sinks.length === 0) {
    const what = options.sink === undefined ? 'no sink that is enabled' : `no sink ${options.sink}`;
    throw new CliError('CLI_USAGE', `The tenant ${tenantId} has ${what}`);
  }
  const event = testEvent(tenantId);
  const results = await Promise.all(
    sinks.map(async (sink) => {
      const [verdict] = await open(tenantId, sink).deliver([formatEvent(event, sink.format)]);
      return { sink: sink.name, kind: sink.settings.kind, ...shown(verdict) };
    }),
  );
  if (options.json === true) print(JSON.stringify({ eventId: event.eventId, results }));
  else {
    const rows = results.map(({ sink, kind, verdict, reason }) => [sink, kind, verdict, reason]);
    print(table(['Sink', 'Kind', 'Verdict', 'Reason'], rows));
  }
  if (results.some(({ verdict }) => verdict !== 'delivered')) {
    throw new CliError('CLI_BAD', 'Not every sink took the event');
  }
}

function shown(verdict: Verdict = { kind: 'retry', reason: 'the reply was incomplete' }) {
  return { verdict: verdict.kind, reason: verdict.kind === 'delivered' ? '' : verdict.reason };
}

function testEvent(tenantId: string): SecurityEvent {
  const nowMs = Date.now();
  return {
    tenantId,
    timeMs: nowMs,
    receivedMs: nowMs,
    eventId: ulids({ nowMs: Date.now, random: randomBytes })(),
    chainId: randomUUID(),
    sequence: 1,
    iclFields: { event: 'CUSTOM_TEST_EVENT', requestingId: 'protector' },
    customFields: {},
  };
}
