import { randomBytes, randomUUID } from 'node:crypto';
import type { Verdict } from '../../../lib/delivery/ports.ts';
import type { SecurityEvent } from '../../../lib/events/event.ts';
import { ulids } from '../../../lib/events/ulid.ts';
import { formatEvent } from '../../../lib/siem/format.ts';
import type { OpenSink } from '../../../lib/siem/lanes.ts';
import type { Sink } from '../../../lib/tenants/model.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { suggestion } from '../documents/policy-names.ts';
import { openTenantSinks } from '../delivery/tenant-sinks.ts';
import { table } from '../output/table.ts';
import { print, sayFailure } from '../output/text.ts';

/** Where the sealed tenants are. */
interface Source {
  readonly dir: string;
  readonly tenants: string | undefined;
}

/** A tenant, and one of its sinks or all that are enabled. */
interface Target {
  readonly tenant: string;
  readonly sink: string | undefined;
}

/**
 * Sends one `CUSTOM_TEST_EVENT` to each enabled sink of a tenant at once, past lanes and filters, and says what each made of it.
 * A sink that is named is tried although it is disabled. The exit code is 1 unless all took it.
 */
export async function sendTestEvent(
  { dir, tenants }: Source,
  target: Target,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const { sinks, open } = await openSinks(dir, tenants, target);
  const event = testEvent(target.tenant, io.nowMs());
  const results = await Promise.all(
    sinks.map(async (sink) => {
      const [verdict] = await open(target.tenant, sink).deliver([formatEvent(event, sink.format)]);
      return { sink: sink.name, kind: sink.settings.kind, ...shown(verdict) };
    }),
  );
  if (json) print(io, JSON.stringify({ eventId: event.eventId, results }));
  else {
    const rows = results.map(({ sink, kind, verdict, reason }) => [sink, kind, verdict, reason]);
    print(io, table(io.stdout, ['Sink', 'Kind', 'Verdict', 'Reason'], rows));
  }
  if (results.every(({ verdict }) => verdict === 'delivered')) return EXIT.ok;
  sayFailure(io, 'Not every sink took the event');
  return EXIT.bad;
}

/** Rejects with `CliError` for a tenant that there is not, or without such a sink. */
async function openSinks(
  dir: string,
  place: string | undefined,
  { tenant: id, sink: wanted }: Target,
): Promise<{ readonly sinks: readonly Sink[]; readonly open: OpenSink }> {
  const { tenants, open } = await openTenantSinks(dir, place);
  const tenant = tenants.tenants.get(id);
  if (tenant === undefined) {
    const hint = suggestion(id, [...tenants.tenants.keys()]);
    throw new CliError('CLI_USAGE', `There is no tenant ${id} among those in force${hint}`);
  }
  const sinks = tenant.sinks.filter(({ name, enabled }) => (wanted === undefined ? enabled : name === wanted));
  if (sinks.length > 0) return { sinks, open };
  const names = tenant.sinks.map(({ name }) => name);
  const what = wanted === undefined ? 'no sink that is enabled' : `no sink ${wanted}${suggestion(wanted, names)}`;
  throw new CliError('CLI_USAGE', `The tenant ${id} has ${what}`);
}

function shown(verdict: Verdict = { kind: 'retry', reason: 'the reply was incomplete' }) {
  return { verdict: verdict.kind, reason: verdict.kind === 'delivered' ? '' : verdict.reason };
}

function testEvent(tenantId: string, nowMs: number): SecurityEvent {
  return {
    tenantId,
    timeMs: nowMs,
    receivedMs: nowMs,
    eventId: ulids({ nowMs: () => nowMs, random: randomBytes })(),
    chainId: randomUUID(),
    sequence: 1,
    iclFields: { event: 'CUSTOM_TEST_EVENT', requestingId: 'protector' },
    customFields: {},
  };
}
