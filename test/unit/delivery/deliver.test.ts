import { describe, expect, test } from '@jest/globals';
import { deliver, type DeliverOptions } from '../../../lib/delivery/deliver.ts';
import type { DeliverySink, Parcel, Verdict } from '../../../lib/delivery/ports.ts';

const parcel = (id: string): Parcel => ({ id, timeMs: 0, body: `{"id":"${id}"}` });
const large = (id: string, size: number): Parcel => ({ id, timeMs: 0, body: 'x'.repeat(size) });
const parcels = (ids: string): readonly Parcel[] => ids.split('').map(parcel);
const idsOf = (sent: readonly Parcel[]): string => sent.map(({ id }) => id).join('');

/** A sink that gives each parcel its next verdict of `verdicts`, or `delivered` without one. */
function scripted(verdicts: Readonly<Record<string, readonly Verdict['kind'][]>>, maxParcels = 10) {
  const left = new Map(Object.entries(verdicts).map(([id, kinds]) => [id, [...kinds]]));
  const calls: string[] = [];
  const sink: DeliverySink = {
    name: 'scripted',
    maxParcels,
    maxBytes: 1_000,
    deliver: (sent) => {
      calls.push(idsOf(sent));
      return Promise.resolve(sent.map(({ id }) => ({ kind: left.get(id)?.shift() ?? 'delivered', reason: 'said so' })));
    },
  };
  return { sink, calls };
}

const options = (change: Partial<DeliverOptions> = {}) => {
  const slept: number[] = [];
  const all: DeliverOptions = {
    nowMs: () => 0,
    sleep: (ms) => Promise.resolve(void slept.push(ms)),
    random: () => 0,
    deadlineMs: 1_000_000,
    ...change,
  };
  return { all, slept };
};

/** A sink that is busy once, and asks to wait `afterMs`. */
const asking = (afterMs: number): DeliverySink => {
  let calls = 0;
  const verdict = (): Verdict => (calls++ === 0 ? { kind: 'retry', reason: 'busy', afterMs } : { kind: 'delivered' });
  return { name: 'asking', maxParcels: 1, maxBytes: 1_000, deliver: () => Promise.resolve([verdict()]) };
};

describe('delivery', () => {
  test('sends in calls of the size of the sink, in order', async () => {
    const { sink, calls } = scripted({}, 2);
    const report = await deliver(parcels('abcde'), sink, options().all);
    expect(calls).toEqual(['ab', 'cd', 'e']);
    expect(idsOf(report.delivered)).toBe('abcde');
  });

  test('counts bytes too, and sends a parcel larger than any call alone', async () => {
    const { sink, calls } = scripted({});
    await deliver([large('a', 600), large('b', 600), large('c', 2_000), large('d', 1)], sink, options().all);
    expect(calls).toEqual(['a', 'b', 'c', 'd']);
  });

  test('counts the bytes of all parcels of a call, with their ids', async () => {
    const { sink, calls } = scripted({});
    await deliver(
      'abcde'.split('').map((id) => large(id, 332)),
      sink,
      options().all,
    );
    await deliver(
      'fghi'.split('').map((id) => large(id, 333)),
      sink,
      options().all,
    );
    expect(calls).toEqual(['abc', 'de', 'fg', 'hi']);
  });

  test.each([
    [0, [125, 250, 500]],
    [0.5, [187.5, 375, 750]],
    [1, [250, 500, 1000]],
  ])('spreads its waits over half of each: %p gives %p ms', async (random, waits) => {
    const { sink } = scripted({ a: ['retry', 'retry', 'retry'] });
    const { all, slept } = options({ random: () => random, attempts: 4 });
    await deliver(parcels('a'), sink, all);
    expect(slept).toEqual(waits);
  });

  test('waits half a minute between attempts at most', async () => {
    const { sink } = scripted({ a: Array.from({ length: 10 }, () => 'retry' as const) });
    const { all, slept } = options({ random: () => 1, attempts: 11 });
    await deliver(parcels('a'), sink, all);
    expect(slept).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('sends again only what the sink left, before anything later, waiting longer each time', async () => {
    const { sink, calls } = scripted({ b: ['retry', 'retry'] }, 3);
    const { all, slept } = options();
    const report = await deliver(parcels('abcd'), sink, all);
    expect(calls).toEqual(['abc', 'b', 'b', 'd']);
    expect(slept).toEqual([125, 250]);
    expect(report.undelivered).toEqual([]);
  });

  test('gives a parcel up after the last attempt, and reports how many it made', async () => {
    const { sink, calls } = scripted({ a: Array.from({ length: 9 }, () => 'retry' as const) });
    const report = await deliver(parcels('a'), sink, options({ attempts: 3 }).all);
    expect(calls).toHaveLength(3);
    expect(report.undelivered).toEqual([{ parcel: parcel('a'), kind: 'retry', reason: 'said so', attempts: 3 }]);
  });

  test('gives up when the next attempt would begin after the deadline', async () => {
    const { sink, calls } = scripted({ a: Array.from({ length: 9 }, () => 'retry' as const) });
    const report = await deliver(parcels('a'), sink, options({ deadlineMs: 200 }).all);
    expect(calls).toHaveLength(2);
    expect(report.undelivered).toHaveLength(1);
  });

  test('begins only the first call after the deadline, so that a sink that hangs costs one time-out', async () => {
    let nowMs = 0;
    const calls: string[] = [];
    const sink: DeliverySink = {
      name: 'slow',
      maxParcels: 2,
      maxBytes: 1_000,
      deliver: (sent) => {
        calls.push(idsOf(sent));
        nowMs += 10_000;
        return Promise.resolve(sent.map(() => ({ kind: 'retry', reason: 'time-out' })));
      },
    };
    const report = await deliver(parcels('abcdef'), sink, options({ deadlineMs: 5_000, nowMs: () => nowMs }).all);
    expect(calls).toEqual(['ab']);
    expect(report.undelivered.map(({ parcel: { id }, reason }) => `${id} ${reason}`)).toEqual([
      'a time-out',
      'b time-out',
      'c no time left',
      'd no time left',
      'e no time left',
      'f no time left',
    ]);
  });

  test('halves a call that is refused as a whole until the bad parcel is alone', async () => {
    const calls: string[] = [];
    const sink: DeliverySink = {
      name: 'picky',
      maxParcels: 8,
      maxBytes: 1_000,
      deliver: (sent) => {
        calls.push(idsOf(sent));
        const kind = sent.some(({ id }) => id === 'f') ? 'split' : 'delivered';
        return Promise.resolve(sent.map(() => ({ kind, reason: 'status 400' })));
      },
    };
    const report = await deliver(parcels('abcdefgh'), sink, options().all);
    expect(calls).toEqual(['abcdefgh', 'abcd', 'efgh', 'ef', 'e', 'f', 'gh']);
    expect(idsOf(report.delivered)).toBe('abcdegh');
    expect(report.undelivered).toMatchObject([{ parcel: { id: 'f' }, kind: 'data' }]);
  });

  test('ends at the first config verdict', async () => {
    const { sink, calls } = scripted({ b: ['config'] }, 2);
    const report = await deliver(parcels('abcde'), sink, options().all);
    expect(calls).toEqual(['ab']);
    expect(report.undelivered.map(({ parcel: { id }, kind }) => [id, kind])).toEqual([
      ['b', 'config'],
      ['c', 'config'],
      ['d', 'config'],
      ['e', 'config'],
    ]);
  });

  test('sends parcels without a verdict again', async () => {
    let calls = 0;
    const sink: DeliverySink = {
      name: 'terse',
      maxParcels: 9,
      maxBytes: 1_000,
      deliver: (sent) =>
        Promise.resolve(calls++ === 0 ? [{ kind: 'delivered' }] : sent.map(() => ({ kind: 'delivered' }))),
    };
    const report = await deliver(parcels('abc'), sink, options().all);
    expect(idsOf(report.delivered)).toBe('abc');
    expect(calls).toBe(2);
  });

  test('reports an incomplete reply as the reason of a parcel without a verdict', async () => {
    const sink: DeliverySink = {
      name: 'terse',
      maxParcels: 9,
      maxBytes: 1_000,
      deliver: () => Promise.resolve([{ kind: 'delivered' }]),
    };
    const report = await deliver(parcels('ab'), sink, options({ attempts: 1 }).all);
    expect(idsOf(report.delivered)).toBe('a');
    expect(report.undelivered).toEqual([
      { parcel: parcel('b'), kind: 'retry', reason: 'the reply was incomplete', attempts: 1 },
    ]);
  });

  test('in order, ends at the first parcel that has to wait, so that none overtakes it', async () => {
    const { sink, calls } = scripted({ b: ['retry', 'retry'], c: ['data'] }, 1);
    const report = await deliver(parcels('acbde'), sink, options({ attempts: 2, inOrder: true }).all);
    expect(calls).toEqual(['a', 'c', 'b', 'b']);
    expect(idsOf(report.delivered)).toBe('a');
    expect(report.undelivered.map(({ parcel: { id }, kind, attempts }) => `${id} ${kind} ${attempts}`)).toEqual([
      'c data 1',
      'b retry 2',
      'd retry 0',
      'e retry 0',
    ]);
  });

  test('waits as long as the sink asks, and gives up when that passes the deadline', async () => {
    const { all, slept } = options();
    expect((await deliver(parcels('a'), asking(7_000), all)).undelivered).toEqual([]);
    expect(slept).toEqual([7_000]);
    const report = await deliver(parcels('a'), asking(7_000), options({ deadlineMs: 6_000 }).all);
    expect(report.undelivered).toMatchObject([{ kind: 'retry', reason: 'busy', afterMs: 7_000, attempts: 1 }]);
  });

  test.each<[string, DeliverySink['deliver'], string]>([
    ['does not answer in time', () => new Promise(() => {}), 'no reply in time'],
    ['breaks its promise never to reject', () => Promise.reject(new Error('secret')), 'the sink failed'],
  ])('counts a sink that %s as one without a reply', async (_, call, reason) => {
    const sink = { name: 'broken', maxParcels: 9, maxBytes: 1_000, deliver: call };
    const change = { attempts: 1, cutOffMs: 5, ...(reason === 'the sink failed' && { cutOffMs: undefined }) };
    const report = await deliver(parcels('ab'), sink, options(change as Partial<DeliverOptions>).all);
    expect(report.undelivered.map((one) => [one.kind, one.reason])).toEqual([
      ['retry', reason],
      ['retry', reason],
    ]);
  });
});

/** A sink that refuses with `kind` every call with a parcel for which `isBad` is true, and takes other calls. */
function refusing(isBad: (id: string) => boolean, kind: 'split' | 'data' = 'split', maxParcels = 8) {
  const calls: string[] = [];
  const sink: DeliverySink = {
    name: 'refusing',
    maxParcels,
    maxBytes: 1_000_000,
    deliver: (sent) => {
      calls.push(idsOf(sent));
      const isRefused = sent.some(({ id }) => isBad(id));
      const verdictOf = ({ id }: Parcel): Verdict =>
        (kind === 'split' ? isRefused : isBad(id)) ? { kind, reason: 'status 400' } : { kind: 'delivered' };
      return Promise.resolve(sent.map(verdictOf));
    },
  };
  return { sink, calls };
}

const kindsOf = ({ undelivered }: Awaited<ReturnType<typeof deliver>>) =>
  undelivered.map(({ parcel: { id }, kind }) => `${id} ${kind}`);

describe('refusals', () => {
  test.each(['split', 'data'] as const)('of everything alike are a setting, told by %s', async (kind) => {
    const { sink } = refusing(() => true, kind);
    const report = await deliver(parcels('abc'), sink, options().all);
    expect(kindsOf(report)).toEqual(['a config', 'b config', 'c config']);
    expect(report.undelivered[0]).toMatchObject({ reason: 'status 400', attempts: 1 });
  });

  test.each(['split', 'data'] as const)(
    'beside parcels that are taken are about the parcels, told by %s',
    async (kind) => {
      const { sink } = refusing((id) => id !== 'c', kind);
      const report = await deliver(parcels('abc'), sink, options().all);
      expect(kindsOf(report)).toEqual(['a data', 'b data']);
      expect(idsOf(report.delivered)).toBe('c');
    },
  );

  test('for different reasons are about the parcels', async () => {
    const reasons = new Map([
      ['a', 'item status 400 x'],
      ['b', 'item status 400 y'],
    ]);
    const sink: DeliverySink = {
      ...refusing(() => true).sink,
      deliver: (sent) => Promise.resolve(sent.map(({ id }) => ({ kind: 'data', reason: reasons.get(id)! }))),
    };
    expect(kindsOf(await deliver(parcels('ab'), sink, options().all))).toEqual(['a data', 'b data']);
  });

  test('of a single parcel wait a minute for a second one', async () => {
    const { sink, calls } = refusing(() => true);
    const report = await deliver(parcels('a'), sink, options({ inOrder: true }).all);
    expect(report.undelivered).toEqual([
      { parcel: parcel('a'), kind: 'retry', reason: 'status 400', attempts: 1, afterMs: 60_000 },
    ]);
    expect(calls).toEqual(['a']);
    const { sink: better } = refusing((id) => id === 'a');
    expect(kindsOf(await deliver(parcels('ab'), better, options({ inOrder: true }).all))).toEqual(['a data']);
  });

  test('of a single parcel are about it when the sink has taken others before', async () => {
    const { sink } = refusing((id) => id === 'c', 'split', 2);
    expect(kindsOf(await deliver(parcels('abc'), sink, options().all))).toEqual(['c data']);
  });

  test('alike in calls of one parcel each are a setting, or about the parcels once one is taken', async () => {
    expect(kindsOf(await deliver(parcels('abc'), refusing(() => true, 'split', 1).sink, options().all))).toEqual([
      'a config',
      'b config',
      'c config',
    ]);
    const { sink } = refusing((id) => id !== 'c', 'split', 1);
    expect(kindsOf(await deliver(parcels('abc'), sink, options().all))).toEqual(['a data', 'b data']);
  });

  test('of a later call alike are a setting that broke meanwhile, and end the delivery', async () => {
    const { sink, calls } = refusing((id) => id > 'b', 'data', 2);
    const report = await deliver(parcels('abcdef'), sink, options().all);
    expect(idsOf(report.delivered)).toBe('ab');
    expect(kindsOf(report)).toEqual(['c config', 'd config', 'e config', 'f config']);
    expect(calls).toEqual(['ab', 'cd']);
  });

  test.each([
    ['halved', 200],
    ['of one parcel', 1],
  ])('alike are not asked for more than some dozens of times, in calls %s', async (_, maxParcels) => {
    const { sink, calls } = refusing(() => true, 'split', maxParcels);
    const many = Array.from({ length: 200 }, (__, i) => parcel(String(i)));
    const report = await deliver(many, sink, options().all);
    expect(report.undelivered).toHaveLength(200);
    expect(new Set(report.undelivered.map(({ kind }) => kind))).toEqual(new Set(['config']));
    expect(new Set(report.undelivered.map(({ parcel: { id } }) => id)).size).toBe(200);
    expect(calls.length).toBeLessThan(80);
  });

  test('stand as they are where the caller says so, as for dead letters', async () => {
    const { sink } = refusing(() => true);
    const report = await deliver(parcels('ab'), sink, options({ refusalsStand: true }).all);
    expect(kindsOf(report)).toEqual(['a data', 'b data']);
  });

  test('keep parcels in order where one of them has to wait', async () => {
    const { sink } = scripted({ a: ['data'], b: ['retry'] }, 2);
    const report = await deliver(parcels('abc'), sink, options({ attempts: 1, inOrder: true }).all);
    expect(kindsOf(report).toSorted()).toEqual(['a retry', 'b retry', 'c retry']);
  });
});

describe('a call that is rejected in part', () => {
  test('is sent once more, each parcel alone, so that the rest is delivered and one stays with its reason', async () => {
    const calls: string[] = [];
    const sink: DeliverySink = {
      name: 'counting',
      maxParcels: 20,
      maxBytes: 1_000,
      deliver: (sent) => {
        calls.push(idsOf(sent));
        const bad = sent.filter(({ id }) => id === 'f').length;
        const verdict: Verdict =
          bad === 0
            ? { kind: 'delivered' }
            : { kind: sent.length === 1 ? 'data' : 'split', reason: 'record rejected', isSingle: true };
        return Promise.resolve(sent.map(() => verdict));
      },
    };
    const report = await deliver(parcels('abcdefghijk'), sink, options().all);
    expect(calls).toEqual(['abcdefghijk', ...'abcdefghijk'.split('')]);
    expect(idsOf(report.delivered)).toBe('abcdeghijk');
    expect(report.undelivered).toMatchObject([{ parcel: { id: 'f' }, kind: 'data', reason: 'record rejected' }]);
  });

  test('leaves a parcel that was alone on one side of a split for a call of its own', async () => {
    const calls: string[] = [];
    const first: readonly Verdict[] = [
      { kind: 'data', reason: 'code 6' },
      { kind: 'split', reason: 'beside an invalid event' },
    ];
    const sink: DeliverySink = {
      name: 'peeling',
      maxParcels: 9,
      maxBytes: 1_000,
      deliver: (sent) => {
        calls.push(idsOf(sent));
        return Promise.resolve(calls.length === 1 ? first : [{ kind: 'delivered' }]);
      },
    };
    const report = await deliver(parcels('ab'), sink, options({ attempts: 1 }).all);
    expect(calls).toEqual(['ab', 'b']);
    expect(kindsOf(report)).toEqual(['a data']);
  });
});

describe('receipts', () => {
  const queueing: DeliverySink = {
    name: 'queueing',
    maxParcels: 9,
    maxBytes: 1_000,
    deliver: () => new Promise(() => {}),
    receiptOf: (id) => (id === 'a' ? 'queued' : undefined),
  };

  test('of parcels that a sink has queued stay with them, and spent ones go', async () => {
    const change = { attempts: 1, cutOffMs: 5 };
    const old = parcels('ab').map((one) => ({ ...one, receipt: 'spent' }));
    const report = await deliver(old, queueing, options(change).all);
    expect(report.undelivered.map((one) => one.parcel)).toEqual([{ ...parcel('a'), receipt: 'queued' }, parcel('b')]);
  });

  test('are asked for by a call that knows when its caller gives up', async () => {
    let given: number | undefined;
    const sink: DeliverySink = {
      ...queueing,
      deliver: (_, untilMs) => {
        given = untilMs;
        return new Promise(() => {});
      },
    };
    await deliver(parcels('a'), sink, options({ attempts: 1, cutOffMs: 5 }).all);
    expect(given).toBe(5);
    await deliver(parcels('a'), sink, options({ attempts: 1, cutOffMs: 5, hearsUntilMs: 3 }).all);
    expect(given).toBe(3);
  });
});

test('counts delivered parcels that were cut, by their sink or by their format', async () => {
  const cut = { tenantId: 't', event: 'E', severity: 'notice', sequence: 1, content: 'json', isCut: true } as const;
  const sink: DeliverySink = {
    ...refusing(() => false).sink,
    deliver: (sent) => Promise.resolve(sent.map(({ id }) => ({ kind: 'delivered', isCut: id === 'b' }))),
  };
  const report = await deliver([parcel('a'), parcel('b'), { ...parcel('c'), about: cut }], sink, options().all);
  expect(report.cut).toBe(2);
});
