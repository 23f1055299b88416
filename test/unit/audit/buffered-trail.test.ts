import { beforeEach, describe, expect, test } from '@jest/globals';
import { BufferedTrail, type BufferedTrailOptions } from '../../../lib/audit/buffered-trail.ts';
import { AuditError } from '../../../lib/audit/errors.ts';
import type { AuditLine } from '../../../lib/audit/ports.ts';
import type { AuditRecord } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { entry, HOST } from '../../support/audit.ts';
import { KEY_ID, recordKey } from '../../support/signed-lines.ts';

let nowMs: number;
let durable: string[];
let spilled: string[];
let append: (lines: readonly AuditLine[]) => Promise<void>;
let trail: BufferedTrail;

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as AuditRecord);
const down = () => Promise.reject(new AuditError('AUDIT_SINK_UNAVAILABLE', 'down'));

function create(change: Partial<BufferedTrailOptions> = {}): BufferedTrail {
  return new BufferedTrail({
    signer: createSigner(KEY_ID, recordKey()),
    chainId: 'chain',
    host: HOST,
    nowMs: () => nowMs,
    sink: { append: (lines) => append(lines) },
    flushIntervalMs: 30_000,
    spill: (lines) => void spilled.push(...lines.map(({ line }) => line)),
    ...change,
  });
}

const up = (lines: readonly AuditLine[]) => {
  durable.push(...lines.map(({ line }) => line));
  return Promise.resolve();
};

async function request(change: Parameters<typeof entry>[0] = {}): Promise<void> {
  const own = trail.open();
  own.record(entry(change));
  await own.flush();
}

beforeEach(() => {
  nowMs = 1_800_000_000_000;
  durable = [];
  spilled = [];
  append = up;
  trail = create();
});

describe('a buffered trail', () => {
  test('answers without a write until the interval is over; the next request then writes what was before it', async () => {
    await request({ requestId: 'r1', count: 2 });
    nowMs += 29_999;
    await request({ requestId: 'r2', count: 3 });
    expect(durable).toEqual([]);
    nowMs += 1;
    await request({ requestId: 'r3', count: 5 });
    expect(parsed(durable)).toMatchObject([
      { cnt: 5, additional_info: { first_time_ms: 1_800_000_000_000, last_time_ms: 1_800_000_029_999 } },
    ]);
    nowMs += 30_000;
    await request();
    expect(parsed(durable).map(({ cnt }) => cnt)).toEqual([5, 5]);
  });

  test('a record that speaks for several requests names none, one of a single request names it', async () => {
    await request({ requestId: 'r1' });
    await request({ requestId: 'r2' });
    await request({ requestId: 'r3', user: 'other' });
    await trail.close();
    expect(parsed(durable).map(({ additional_info }) => additional_info.request_id)).toEqual([undefined, 'r3']);
  });

  test('writes the use of a break-glass role before its answer, also while another write is under way', async () => {
    await request({ requestId: 'r1', count: 2 });
    await request({ requestId: 'r2', breakGlass: true });
    expect(parsed(durable)).toMatchObject([{ cnt: 2 }, { additional_info: { request_id: 'r2', break_glass: true } }]);
    const waiting: (() => void)[] = [];
    append = (lines) => new Promise<void>((resolve) => waiting.push(resolve)).then(() => up(lines));
    const first = request({ requestId: 'r3', breakGlass: true });
    const second = request({ requestId: 'r4', breakGlass: true });
    waiting.shift()!();
    await first;
    waiting.shift()!();
    await second;
    expect(
      parsed(durable)
        .slice(2)
        .map(({ additional_info: info }) => info.request_id),
    ).toEqual(['r3', 'r4']);
  });

  test('writes 500 different entries at any age', async () => {
    for (let i = 0; i < 499; i++) await request({ user: `u${i}` });
    expect(durable).toEqual([]);
    await request({ user: 'u499' });
    expect(durable).toHaveLength(500);
  });

  test('writes everything at the end', async () => {
    await request();
    await trail.close();
    expect(parsed(durable)).toMatchObject([{ cnt: 4000, signature: { sequence: 1 } }]);
    expect(spilled).toEqual([]);
  });

  test('a failed write spills its lines once and is tried again after an interval, not with every request', async () => {
    let calls = 0;
    append = () => {
      calls += 1;
      return down();
    };
    await request({ user: 'a' });
    nowMs += 30_000;
    await request({ user: 'b' });
    await request({ user: 'c' });
    expect([calls, spilled.length]).toEqual([1, 1]);
    nowMs += 30_000;
    await request({ user: 'd' });
    expect(calls).toBe(2);
    expect(parsed(spilled).map(({ signature }) => signature.sequence)).toEqual([1, 2, 3]);
    append = up;
    await trail.close();
    expect(parsed(durable).map(({ signature }) => signature.sequence)).toEqual([1, 2, 3, 4]);
    expect(spilled).toHaveLength(3);
    expect(await verifyTrail(durable, new Map([[KEY_ID, recordKey()]]))).toMatchObject({ valid: true });
  });

  test('offers what failed again after an interval although nothing new was recorded', async () => {
    append = down;
    await request();
    nowMs += 30_000;
    await trail.open().flush();
    append = up;
    nowMs += 30_000;
    await trail.open().flush();
    expect(durable).toHaveLength(1);
  });

  test('keeps at most so many lines for a sink that stays down; each was spilled', async () => {
    trail = create({ maxPendingLines: 2, flushIntervalMs: 0 });
    append = down;
    for (const user of ['a', 'b', 'c', 'd']) await request({ user });
    await trail.close();
    append = up;
    await trail.close();
    expect(parsed(spilled).map(({ signature }) => signature.sequence)).toEqual([1, 2, 3, 4]);
    expect(parsed(durable).map(({ signature }) => signature.sequence)).toEqual([3, 4]);
  });

  test('a write that hangs holds no answer beyond its time, and nothing at the end is lost with it', async () => {
    append = () => new Promise(() => {});
    await request({ user: 'a' });
    nowMs += 30_000;
    const own = trail.open();
    own.record(entry({ user: 'b' }));
    await own.flush(AbortSignal.abort());
    await trail.close(AbortSignal.abort());
    expect(parsed(spilled).map(({ protection }) => protection.policy_user)).toEqual(['a', 'b']);
  });

  test('refuses an entry that cannot become a record', () => {
    expect(() => trail.open().record(entry({ code: 99 }))).toThrow(
      expect.objectContaining({ code: 'AUDIT_CODE_UNKNOWN' }),
    );
  });
});
