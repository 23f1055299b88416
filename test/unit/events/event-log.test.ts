import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EventLog } from '../../../lib/events/event-log.ts';
import { securityEventLogger } from '../../../lib/events/log-security-event.ts';
import { customEvent, UserEvent } from '../../../lib/events/names.ts';
import { draft, eventLog, eventsOf, memoryEventSink, type MemoryEventSink, NOW_MS } from '../../support/event-log.ts';

const NOT_DURABLE = { code: 'EVENT_NOT_DURABLE' };

let sink: MemoryEventSink;
let log: EventLog;
beforeEach(() => {
  sink = memoryEventSink();
  log = eventLog(sink);
});
const objects = (): unknown[] => eventsOf(sink.lines).map(({ iclFields }) => iclFields['objectId']);

/** Holds appends back until it is opened. */
function gate(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  sink.gate = promise;
  return () => {
    sink.gate = undefined;
    resolve();
  };
}

describe('an accepted event', () => {
  test('equals the line of the sink, with its id, place, times and the ray id of its request', async () => {
    const accepted = await log.accept([draft('acme', 'a', { timeMs: 7 }), draft('acme', 'b')]);
    expect(accepted).toEqual(eventsOf(sink.lines));
    const [a, b] = accepted;
    expect([a!.sequence, a!.timeMs, b!.sequence, b!.timeMs]).toEqual([1, 7, 2, NOW_MS]);
    expect(a!.receivedMs).toBe(NOW_MS);
    expect(a!.eventId < b!.eventId).toBe(true);
    expect(a!.chainId).toBe(b!.chainId);
    expect(a!.iclFields['tspRayId']).toMatch(/^[\w-]{16}$/);
    expect(b!.iclFields['tspRayId']).toBe(a!.iclFields['tspRayId']);
    const [c] = await log.accept([draft('acme')]);
    expect(c!.iclFields['tspRayId']).not.toBe(a!.iclFields['tspRayId']);
  });

  test('is numbered within its tenant, and within its execution environment', async () => {
    await log.accept([draft('acme'), draft('globex'), draft('acme')]);
    await eventLog(sink).accept([draft('acme')]);
    expect(eventsOf(sink.lines).map(({ tenantId, sequence }) => [tenantId, sequence])).toEqual([
      ['acme', 1],
      ['globex', 1],
      ['acme', 2],
      ['acme', 1],
    ]);
    expect(new Set(eventsOf(sink.lines).map(({ chainId }) => chainId)).size).toBe(3);
  });

  test('is absent for an empty list, which makes no write', async () => {
    expect(await log.accept([])).toEqual([]);
    expect(sink.appends).toEqual([]);
  });
});

describe('calls at the same time', () => {
  test('share the write after the one under way', async () => {
    const open = gate();
    const calls = ['a', 'b', 'c', 'd'].map((id) => log.accept([draft('acme', id)]));
    open();
    await Promise.all(calls);
    expect(sink.appends).toEqual([1, 3]);
    expect(objects()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('learn the fate of their own lines when the sink took some', async () => {
    const open = gate();
    sink.outcomes.push('good', [false, true]);
    const calls = ['a', 'b', 'c'].map((id) => log.accept([draft(`tenant-${id}`, id)]));
    open();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('a sink that fails', () => {
  test('is offered the same lines again, before later ones', async () => {
    sink.outcomes.push('taken but not said', 'lost');
    await expect(log.accept([draft('acme', 'a')])).rejects.toMatchObject(NOT_DURABLE);
    await expect(log.accept([draft('acme', 'b')])).rejects.toMatchObject(NOT_DURABLE);
    await log.accept([draft('acme', 'c')]);
    expect(sink.appends).toEqual([1, 2, 3]);
    expect(sink.lines[0]).toBe(sink.lines[1]);
    expect(objects()).toEqual(['a', 'b', 'c']);
  });

  test('is not offered lines again that it called durable', async () => {
    sink.outcomes.push([true, false, true]);
    await expect(log.accept(['a', 'b', 'c'].map((id) => draft(id, id)))).rejects.toMatchObject(NOT_DURABLE);
    await log.close();
    expect(sink.appends).toEqual([3, 1]);
    expect(objects()).toEqual(['a', 'c', 'b']);
  });

  test('is offered everything once more at close, which rejects as the sink does', async () => {
    sink.outcomes.push('lost', 'lost');
    await expect(log.accept([draft('acme', 'a')])).rejects.toMatchObject(NOT_DURABLE);
    await expect(log.close()).rejects.toMatchObject(NOT_DURABLE);
    await log.close();
    await log.close();
    expect(sink.appends).toEqual([1, 1, 1]);
    expect(objects()).toEqual(['a']);
  });

  test('is awaited at close, and is offered again what it lost meanwhile', async () => {
    const open = gate();
    sink.outcomes.push('lost');
    const call = log.accept([draft('acme', 'a')]);
    const closed = log.close();
    open();
    await expect(call).rejects.toMatchObject(NOT_DURABLE);
    await closed;
    expect(objects()).toEqual(['a']);
  });

  test('makes the log refuse events while too many wait, without spending a number', async () => {
    log = eventLog(sink, { maxPendingLength: 300 });
    sink.outcomes.push('lost');
    await expect(log.accept([draft('acme', 'a')])).rejects.toMatchObject(NOT_DURABLE);
    await expect(log.accept([draft('acme', 'b')])).rejects.toMatchObject({
      message: expect.stringContaining('Too many'),
    });
    // The refusal itself offers the waiting line, without another call.
    await new Promise((resolve) => setImmediate(resolve));
    expect(objects()).toEqual(['a']);
    await log.accept([draft('acme', 'c')]);
    expect(objects()).toEqual(['a', 'c']);
  });

  test('and breaks its promise has its reason withheld, which may quote a line', async () => {
    log = eventLog({ append: () => Promise.reject(new Error('quotes a line')) });
    const failure: unknown = await log.accept([draft('acme')]).catch((error: unknown) => error);
    expect(failure).toMatchObject(NOT_DURABLE);
    expect(failure instanceof Error && [failure.cause, failure.message]).toEqual([undefined, 'The event sink failed']);
  });
});

describe('a call that gives up', () => {
  test('is refused at once; its event has a number and becomes durable all the same', async () => {
    const open = gate();
    const giveUp = new AbortController();
    const call = log.accept([draft('acme', 'a')], giveUp.signal);
    giveUp.abort();
    await expect(call).rejects.toMatchObject(NOT_DURABLE);
    open();
    await log.accept([draft('acme', 'b')]);
    expect(objects()).toEqual(['a', 'b']);
  });

  test('before it begins spends no number', async () => {
    await expect(log.accept([draft('acme', 'a')], AbortSignal.abort())).rejects.toMatchObject(NOT_DURABLE);
    await log.accept([draft('acme', 'b')], new AbortController().signal);
    expect(objects()).toEqual(['b']);
  });
});

test('the log bounds its memory: of too many tenants, the least recent one begins a new chain', async () => {
  log = eventLog(sink, { maxChains: 2 });
  for (const tenant of ['a', 'b', 'a', 'c', 'a', 'b']) await log.accept([draft(tenant)]);
  expect(eventsOf(sink.lines).map(({ tenantId, sequence }) => `${tenantId}${sequence}`)).toEqual([
    'a1',
    'b1',
    'a2',
    'c1',
    'a3',
    'b1',
  ]);
});

describe('logSecurityEvent in process', () => {
  const metadata = { tenantId: 'acme', requestingUserOrServiceId: 'userId1' };

  test('accepts what the public clients accept', async () => {
    const logSecurityEvent = securityEventLogger(log, () => NOW_MS);
    const more = { dataLabel: 'PII', timestampMillis: 5, sourceIp: '', objectId: 'o', requestId: 'Rq8675309' };
    const accepted = await logSecurityEvent(UserEvent.LOGIN, { ...metadata, ...more, otherData: { field1: 'gumby' } });
    expect(eventsOf(sink.lines)).toEqual([accepted]);
    const { tspRayId: _, ...iclFields } = accepted.iclFields;
    expect({ ...accepted, iclFields }).toMatchObject({
      tenantId: 'acme',
      timeMs: 5,
      customFields: { field1: 'gumby' },
    });
    const { timestampMillis: __, ...fields } = more;
    expect(iclFields).toEqual({ ...fields, requestingId: 'userId1', event: 'USER_LOGIN' });
  });

  test('records only what the caller gave', async () => {
    const { iclFields, customFields, timeMs } = await securityEventLogger(log, () => 9.5)(customEvent('X'), metadata);
    expect(Object.keys(iclFields).toSorted()).toEqual(['event', 'requestingId', 'tspRayId']);
    expect([customFields, timeMs]).toEqual([{}, 9]);
  });

  test('refuses what the gateway refuses', async () => {
    const logSecurityEvent = securityEventLogger(log, () => NOW_MS);
    await expect(logSecurityEvent('CUSTOM_x', metadata)).rejects.toMatchObject({ code: 'EVENT_NAME_UNKNOWN' });
    await expect(logSecurityEvent('USER_ADD', { ...metadata, tenantId: '' })).rejects.toMatchObject({
      code: 'EVENT_INVALID',
    });
    await expect(logSecurityEvent('USER_ADD', metadata, AbortSignal.abort())).rejects.toMatchObject(NOT_DURABLE);
  });
});
