// Summaries count the requests of a policy that wants no record of each.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { AuditError } from '../../../lib/audit/errors.ts';
import type { AuditEntry, AuditRecord } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { entry, HOST } from '../../support/audit.ts';
import { MemorySink } from '../../support/policy.ts';

const KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
const secret = () => new Secret(new Uint8Array(32).fill(7));

let sink: MemorySink;
let trail: AuditTrail;
let nowMs: number;
beforeEach(() => {
  sink = new MemorySink();
  nowMs = 1_800_000_000_000;
  trail = new AuditTrail({
    signer: createSigner(KEY_ID, secret()),
    sink,
    chainId: 'c',
    host: HOST,
    nowMs: () => nowMs,
  });
});

const counted = (change: Partial<AuditEntry> = {}) => trail.record(entry({ requests: 1, count: 10, ...change }));

const records = () => sink.lines.map((line) => JSON.parse(line) as AuditRecord);

/** How the lines that were written begin: code, count, requests. */
const written = () =>
  records().map(({ protection, cnt, additional_info: info }) => [protection.audit_code, cnt, info.request_cnt]);

describe('a summary', () => {
  test('delays no answer, and is written when its oldest entry is 30 seconds old', async () => {
    counted();
    await trail.flush();
    nowMs += 29_999;
    counted({ weakCount: 3 });
    await trail.flush();
    expect(written()).toEqual([]);
    nowMs += 1;
    await trail.flush();
    expect(records()).toMatchObject([
      {
        cnt: 20,
        additional_info: {
          request_cnt: 2,
          weak_cnt: 3,
          first_time_ms: 1_800_000_000_000,
          last_time_ms: 1_800_000_029_999,
        },
      },
    ]);
    await trail.flush();
    expect(sink.lines).toHaveLength(1);
  });

  test('is written with the next record, and then starts again', async () => {
    counted();
    await trail.flush();
    trail.record(entry({ code: 3 }));
    await trail.flush();
    counted();
    await trail.flush();
    expect(written()).toEqual([
      [3, 4000, undefined],
      [6, 10, 1],
    ]);
    nowMs += 30_000;
    await trail.flush();
    expect(written()).toHaveLength(3);
  });

  test('keeps users, operations, elements, outcomes and policy versions apart', async () => {
    const kinds: Partial<AuditEntry>[] = [
      {},
      { user: 'ann' },
      { operation: 'Unprotect' },
      { element: 'deCity' },
      { code: 3 },
      { code: 3, substituted: true },
      { policyVersion: '2' },
    ];
    for (const kind of [...kinds, ...kinds]) counted(kind);
    await trail.close();
    expect(written().map(([, cnt, requests]) => [cnt, requests])).toEqual(kinds.map(() => [20, 2]));
  });

  test('is written when the environment ends, and the chain is intact', async () => {
    counted();
    await trail.close();
    await trail.close();
    expect(written()).toEqual([[6, 10, 1]]);
    expect(await verifyTrail(sink.lines, new Map([[KEY_ID, secret()]]))).toMatchObject({ valid: true, records: 1 });
  });

  test('that cannot be written is kept, and takes back no answer: those have left', async () => {
    counted();
    sink.down = true;
    await expect(trail.close()).rejects.toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
    sink.down = false;
    trail.record(entry({ code: 8 }));
    await trail.flush();
    expect(written()).toEqual([
      [6, 10, 1],
      [8, 4000, undefined],
    ]);
  });

  test('counts towards what may wait for the sink', () => {
    const small = new AuditTrail({
      signer: createSigner(KEY_ID, secret()),
      sink,
      chainId: 'c',
      host: HOST,
      nowMs: () => nowMs,
      maxPendingLines: 2,
    });
    for (const user of ['a', 'b']) small.record(entry({ requests: 1, user }));
    expect(() => small.record(entry({ user: 'c' }))).toThrow(AuditError);
  });
});
