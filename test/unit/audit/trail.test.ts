import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AuditError } from '../../../lib/audit/errors.ts';
import type { AuditLine, AuditSink } from '../../../lib/audit/ports.ts';
import type { AuditRecord } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { entry, HOST } from '../../support/audit.ts';

const KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
const secret = () => new Secret(new Uint8Array(32).fill(7));

/** A sink whose appends end when and how the test says. */
class HeldSink implements AuditSink {
  readonly offered: (readonly AuditLine[])[] = [];
  readonly durable: string[] = [];
  readonly #open: { succeed: () => void; fail: (error: Error) => void }[] = [];

  append(lines: readonly AuditLine[]): Promise<void> {
    this.offered.push([...lines]);
    return new Promise((resolve, reject) => {
      const succeed = () => {
        this.durable.push(...lines.map(({ line }) => line));
        resolve();
      };
      this.#open.push({ succeed, fail: reject });
    });
  }

  async succeed(): Promise<void> {
    this.#open.shift()?.succeed();
    await settled();
  }

  async fail(error: Error = new AuditError('AUDIT_SINK_UNAVAILABLE', 'down')): Promise<void> {
    this.#open.shift()?.fail(error);
    await settled();
  }
}

/** Runs everything that does not wait for the sink. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Watches the outcome of a promise. */
function outcomeOf(promise: Promise<void>): { state: string } {
  const outcome = { state: 'waiting' };
  const watch = async () => {
    try {
      await promise;
      outcome.state = 'resolved';
    } catch (error) {
      outcome.state = error instanceof AuditError ? 'refused' : 'broken';
    }
  };
  void watch();
  return outcome;
}

const requestAndCode = ({ additional_info, protection }: AuditRecord) =>
  `${additional_info.request_id} ${protection.audit_code}`;
const parsed = (lines: readonly string[]): readonly AuditRecord[] => lines.map((line) => JSON.parse(line));
const numbers = (lines: readonly AuditLine[] | undefined) =>
  parsed((lines ?? []).map(({ line }) => line)).map(({ signature }) => signature.sequence);

describe('an audit trail', () => {
  let sink: HeldSink;
  let trail: AuditTrail;
  const create = (maxPendingLines?: number) =>
    new AuditTrail({
      signer: createSigner(KEY_ID, secret()),
      sink,
      chainId: 'chain',
      host: HOST,
      nowMs: () => 1_800_000_000_123.5,
      ...(maxPendingLines !== undefined && { maxPendingLines }),
    });
  const verified = () => verifyTrail(sink.durable, new Map([[KEY_ID, secret()]]));

  beforeEach(() => {
    sink = new HeldSink();
    trail = create();
  });

  test('resolves a flush only once the sink has what was recorded before', async () => {
    trail.record(entry());
    const flush = outcomeOf(trail.flush());
    await settled();
    expect(flush.state).toBe('waiting');
    await sink.succeed();
    expect(flush.state).toBe('resolved');
    expect(sink.offered[0]?.[0]?.timeMs).toBe(1_800_000_000_123);
  });

  test('merges equal entries into one record and chains the records', async () => {
    for (const user of ['a', 'b', 'a']) trail.record(entry({ user, count: 5 }));
    const flush = trail.flush();
    await sink.succeed();
    await flush;
    const [first, second] = parsed(sink.durable);
    expect(first).toMatchObject({
      cnt: 10,
      signature: { chain_id: 'chain', sequence: 1, key_id: '95f5a194-b0a4-4351-a' },
    });
    expect(first?.signature).not.toHaveProperty('previous');
    expect(second).toMatchObject({ cnt: 5, signature: { sequence: 2, previous: first?.signature.checksum } });
    expect(await verified()).toMatchObject({ valid: true, records: 2, successCount: 15 });
  });

  test('resolves a flush of nothing without calling the sink', async () => {
    await trail.flush();
    expect(sink.offered).toEqual([]);
  });

  test('runs one write at a time, and later requests share the next one', async () => {
    trail.record(entry({ requestId: '1' }));
    const first = outcomeOf(trail.flush());
    trail.record(entry({ requestId: '2' }));
    const second = outcomeOf(trail.flush());
    trail.record(entry({ requestId: '3' }));
    const third = outcomeOf(trail.flush());
    await settled();
    expect(sink.offered).toHaveLength(1);
    await sink.succeed();
    expect([first.state, second.state, third.state]).toEqual(['resolved', 'waiting', 'waiting']);
    expect(sink.offered.map(numbers)).toEqual([[1], [2, 3]]);
    await sink.succeed();
    expect([second.state, third.state]).toEqual(['resolved', 'resolved']);
  });

  test('a flush with nothing of its own waits for the write under way, and shares its failure', async () => {
    trail.record(entry());
    const first = outcomeOf(trail.flush());
    const second = outcomeOf(trail.flush());
    await settled();
    expect(second.state).toBe('waiting');
    await sink.fail();
    expect([first.state, second.state]).toEqual(['refused', 'refused']);
    expect(sink.offered).toHaveLength(1);
  });

  test('offers lines that may not be durable again, first and byte for byte', async () => {
    trail.record(entry({ requestId: '1' }));
    const failing = outcomeOf(trail.flush());
    await sink.fail();
    expect(failing.state).toBe('refused');
    trail.record(entry({ requestId: '2' }));
    const flush = outcomeOf(trail.flush());
    expect(sink.offered[1]?.[0]).toEqual(sink.offered[0]?.[0]);
    expect(numbers(sink.offered[1])).toEqual([1, 2, 3]);
    await sink.succeed();
    expect(flush.state).toBe('resolved');
    expect(await verified()).toMatchObject({ valid: true, records: 3 });
  });

  test.each([
    [6, 'Protect'],
    [8, 'Unprotect'],
    [50, 'Reprotect'],
  ] as const)(
    'says with code 51 that the answers of a failed write of code %d were withheld',
    async (code, operation) => {
      const about = { code, operation, queryId: 'q', requestId: 'r', cluster: 'c', user: 'u', clientIp: '10.0.0.1' };
      trail.record(entry({ ...about, count: 7, weakCount: 2, mask: 'X' }));
      trail.record(entry({ ...about, count: 8, weakCount: 1, mask: 'X' }));
      trail.record(entry({ code: 3 }));
      const failing = outcomeOf(trail.flush());
      await sink.fail();
      expect(failing.state).toBe('refused');
      const flush = trail.flush();
      await sink.succeed();
      await flush;
      const records = parsed(sink.durable);
      expect(records.map(({ protection }) => protection.audit_code)).toEqual([code, 3, 51]);
      expect(records[2]).toMatchObject({
        level: 'EXCEPTION',
        cnt: 15,
        correlationid: 'q',
        additional_info: {
          description: 'Failed to send logs, connection refused !',
          query_id: 'q',
          request_id: 'r',
          cluster: 'c',
        },
        client: { ip: '10.0.0.1' },
        protection: { policy_user: 'u', operation, dataelement: 'deAddress' },
      });
      expect(records[2]?.additional_info).not.toHaveProperty('weak_cnt');
      expect(records[2]?.protection).not.toHaveProperty('mask_setting');
    },
  );

  test('reports a withheld success once, however often its line fails', async () => {
    trail.record(entry());
    for (let i = 0; i < 3; i++) {
      const failing = outcomeOf(trail.flush());
      // oxlint-disable-next-line no-await-in-loop -- one outage after the other
      await sink.fail();
      expect(failing.state).toBe('refused');
    }
    const flush = trail.flush();
    await sink.succeed();
    await flush;
    expect(parsed(sink.durable).map(({ protection }) => protection.audit_code)).toEqual([6, 51]);
  });

  test('turns any other error of the sink into an AuditError that does not quote it', async () => {
    trail.record(entry());
    const flush = trail.flush();
    const caught = flush.catch((error: unknown) => error);
    await sink.fail(new Error('PROBE'));
    expect(await caught).toMatchObject({ code: 'AUDIT_SINK_UNAVAILABLE' });
    expect(inspect(await caught)).not.toContain('PROBE');
  });

  test('refuses an entry that cannot become a record at once, and goes on with the others', async () => {
    expect(() => trail.record(entry({ code: 99 }))).toThrow(expect.objectContaining({ code: 'AUDIT_CODE_UNKNOWN' }));
    expect(() => trail.record(entry({ count: -1 }))).toThrow(expect.objectContaining({ code: 'AUDIT_ENTRY_INVALID' }));
    trail.record(entry());
    const flush = trail.flush();
    await sink.succeed();
    await flush;
    expect(sink.durable).toHaveLength(1);
  });

  describe('of requests at the same time', () => {
    test('a write carries only what was asked to be durable: a request is told of its own write alone', async () => {
      const one = trail.open();
      const other = trail.open();
      one.record(entry({ requestId: 'one' }));
      other.record(entry({ requestId: 'other' }));
      const first = outcomeOf(one.flush());
      await sink.fail();
      expect(first.state).toBe('refused');
      const second = outcomeOf(other.flush());
      await sink.succeed();
      expect(second.state).toBe('resolved');
      expect(parsed(sink.durable).map(requestAndCode)).toEqual(['one 6', 'one 51', 'other 6']);
    });

    test('a request that gives up is reported as withheld although its write succeeds after all', async () => {
      const request = trail.open();
      const patience = new AbortController();
      request.record(entry({ requestId: 'hasty' }));
      request.record(entry({ requestId: 'hasty', code: 3 }));
      const outcome = outcomeOf(request.flush(patience.signal));
      await settled();
      patience.abort();
      await settled();
      expect(outcome.state).toBe('refused');
      await sink.succeed();
      const later = trail.flush();
      await sink.succeed();
      await later;
      expect(parsed(sink.durable).map(requestAndCode)).toEqual(['hasty 6', 'hasty 3', 'hasty 51']);
      expect(await verified()).toMatchObject({ valid: true });
    });

    test('a request that gives up and whose write fails is reported once', async () => {
      const patience = new AbortController();
      const request = trail.open();
      request.record(entry({ requestId: 'hasty' }));
      const outcome = outcomeOf(request.flush(patience.signal));
      patience.abort();
      await settled();
      await sink.fail();
      expect(outcome.state).toBe('refused');
      const later = trail.flush();
      await sink.succeed();
      await later;
      expect(parsed(sink.durable).map(requestAndCode)).toEqual(['hasty 6', 'hasty 51']);
    });

    test('giving up after the write has ended changes nothing', async () => {
      const patience = new AbortController();
      const request = trail.open();
      request.record(entry({ requestId: 'calm' }));
      const outcome = outcomeOf(request.flush(patience.signal));
      await sink.succeed();
      patience.abort();
      await settled();
      expect(outcome.state).toBe('resolved');
      await trail.flush();
      expect(parsed(sink.durable).map(requestAndCode)).toEqual(['calm 6']);
    });

    test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
      'giving up %d turns after the sink has answered: what the request is told and what is recorded agree',
      async (turns) => {
        const patience = new AbortController();
        const request = trail.open();
        request.record(entry({ requestId: 'close' }));
        const outcome = outcomeOf(request.flush(patience.signal));
        const answered = sink.succeed();
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        patience.abort();
        await answered;
        const later = trail.flush();
        await sink.succeed();
        await later;
        expect(parsed(sink.durable).map(requestAndCode)).toEqual(
          outcome.state === 'resolved' ? ['close 6'] : ['close 6', 'close 51'],
        );
      },
    );

    test('a request whose time is up before it asks is refused at once, and still recorded', async () => {
      const request = trail.open();
      request.record(entry({ requestId: 'late' }));
      const outcome = outcomeOf(request.flush(AbortSignal.abort()));
      await sink.succeed();
      expect(outcome.state).toBe('refused');
      const later = trail.flush();
      await sink.succeed();
      await later;
      expect(parsed(sink.durable).map(requestAndCode)).toEqual(['late 6', 'late 51']);
    });
  });

  test('does not offer again what a failed append says is durable', async () => {
    for (const user of ['a', 'b', 'c']) trail.record(entry({ user, code: 3 }));
    const failing = outcomeOf(trail.flush());
    await sink.fail(new AuditError('AUDIT_SINK_UNAVAILABLE', 'half', { durable: 2 }));
    expect(failing.state).toBe('refused');
    const flush = trail.flush();
    await sink.succeed();
    await flush;
    expect(sink.offered.map(numbers)).toEqual([[1, 2, 3], [3]]);
  });

  describe('with too much waiting', () => {
    beforeEach(async () => {
      trail = create(3);
      for (const user of ['a', 'b', 'c']) trail.record(entry({ user, code: 3 }));
      outcomeOf(trail.flush());
      await sink.fail();
    });

    test('refuses new entries at once, signs nothing more, and counts what it refused', () => {
      for (let i = 0; i < 5; i++) {
        expect(() => trail.record(entry())).toThrow(expect.objectContaining({ code: 'AUDIT_SINK_UNAVAILABLE' }));
      }
      expect(trail.refusedEntries).toBe(5);
      expect(sink.offered.map(numbers)).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]);
    });

    test('offers the waiting lines by itself, so that it recovers although no request reaches flush', async () => {
      expect(() => trail.record(entry())).toThrow(AuditError);
      await sink.succeed();
      trail.record(entry());
      const flush = trail.flush();
      await sink.succeed();
      await flush;
      expect(await verified()).toMatchObject({ valid: true, records: 4 });
    });

    test('recovers by a flush as well', async () => {
      const flush = trail.flush();
      await sink.succeed();
      await flush;
      expect(() => {
        trail.record(entry());
      }).not.toThrow();
    });
  });

  test('keeps one whole chain through any failures and overlaps, and resolves a flush only when it is durable', async () => {
    const steps = fc.array(
      fc.constantFrom('request', 'two requests', 'open', 'give up', 'bare flush', 'succeed', 'fail'),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        sink = new HeldSink();
        trail = create();
        const flushes: { requestId: string; outcome: { state: string } }[] = [];
        const isDurable = (requestId: string) =>
          sink.durable.some((line) => line.includes(`"request_id":"${requestId}"`));
        const opened: (() => void)[] = [];
        const patience: AbortController[] = [];
        let requests = 0;
        const open = () => {
          const requestId = `r${requests++}`;
          const own = trail.open();
          own.record(entry({ requestId, count: 1 }));
          opened.push(() => {
            const giveUp = new AbortController();
            patience.push(giveUp);
            flushes.push({ requestId, outcome: outcomeOf(own.flush(giveUp.signal)) });
          });
        };
        const request = () => {
          open();
          opened.shift()?.(); // the request that was opened first
        };
        const play: Readonly<Record<string, () => unknown>> = {
          request,
          'two requests': () => [request(), request()],
          open,
          'give up': () => patience.shift()?.abort(),
          rest: () => opened.shift()?.(),
          'bare flush': () => outcomeOf(trail.flush()),
          succeed: () => sink.succeed(),
          fail: () => sink.fail(),
        };
        const finish = [
          ...Array.from({ length: 40 }, () => 'rest'),
          'bare flush',
          ...Array.from({ length: 4 }, () => 'succeed'),
          'bare flush',
          'succeed',
          'succeed',
        ];
        for (const step of [...script, ...finish]) {
          // oxlint-disable-next-line no-await-in-loop -- steps follow one another
          await play[step]?.();
          // oxlint-disable-next-line no-await-in-loop -- steps follow one another
          await settled();
          const answered = flushes.filter(({ outcome }) => outcome.state === 'resolved');
          expect(answered.filter(({ requestId }) => !isDurable(requestId))).toEqual([]);
        }
        expect(await verified()).toMatchObject({ valid: true });
        const records = parsed(sink.durable);
        for (const { requestId, outcome } of flushes) {
          const codes = records
            .filter(({ additional_info }) => additional_info.request_id === requestId)
            .map(({ protection }) => protection.audit_code);
          expect(codes).toEqual(outcome.state === 'resolved' ? [6] : [6, 51]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
