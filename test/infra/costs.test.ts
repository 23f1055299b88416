// The sums of docs/costs.md against what the stacks make and the functions measure, so that the page stays true.
import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';
import { verifierHandler } from '../../functions/runtime/verify/log-verifier.ts';
import { sealerHandler } from '../../functions/runtime/seal/log-sealer.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import type { StampReport } from '../../lib/transparency/timestamping.ts';
import { all, flat, list, type Stacks, synthesise } from '../support/infra.ts';
import { fixedLog, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { cosigners, fixedWitness } from '../support/witness.ts';

const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');
const idle = page.slice(page.indexOf('## Idle'));
/** The rows of the table: what, and its sum. */
const rows = [...idle.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, what, sum]) => [what!, sum!] as const);
const usual = synthesise();
const withTenants = synthesise({ tenants: {} });
const withWitness = synthesise({
  witness: { name: 'witness.example.com/w1', logs: ['logs.example.com/a+01234567+AQ=='] },
});

/** Number of alarms, and of the metrics that they are billed for: a query is one. */
function alarmsOf(stacks: Stacks): { readonly alarms: number; readonly metrics: number } {
  const alarms = all(stacks, 'AWS::CloudWatch::Alarm').map(({ resource }) => resource.Properties);
  const metrics = alarms.map((alarm) => {
    const parts = list(alarm['Metrics']) as readonly { readonly MetricStat?: object; readonly Expression?: unknown }[];
    if (parts.length === 0) return 1;
    return parts.filter(
      ({ MetricStat, Expression }) => MetricStat !== undefined || flat(Expression).startsWith('SELECT'),
    ).length;
  });
  return { alarms: alarms.length, metrics: metrics.reduce((sum, count) => sum + count, 0) };
}

/** Names of metrics in lines of the embedded metric format. */
function namesIn(lines: readonly string[]): ReadonlySet<string> {
  type Line = {
    readonly _aws: {
      readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[];
    };
  };
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  return new Set(
    parsed.flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name))),
  );
}

const stamp = (): Promise<StampReport> => Promise.resolve({ stamped: true, asked: [] });

/** What the sealer measures in a run of its schedule. */
async function sealerMetrics(isWatched: boolean): Promise<number> {
  const lines: string[] = [];
  const store = new MemoryTileStore();
  const log = fixedLog(store, isWatched ? { witnesses: cosigners([fixedWitness().witness]) } : {});
  const environment = { sealer: new Sealer(log, store), everyS: 300, nowMs: () => START_MS };
  await sealerHandler(
    () => Promise.resolve({ ...environment, ...(isWatched && { stamp }) }),
    () => {},
    (line) => lines.push(line),
  )({ 'detail-type': 'Scheduled Event' });
  return namesIn(lines).size;
}

// oxlint-disable-next-line eslint/require-yield -- nothing was written
async function* written(): AsyncGenerator<never> {}

/** What the verifier measures in a run. */
async function verifierMetrics(): Promise<number> {
  const lines: string[] = [];
  const stores = { log: new MemoryTileStore(), memory: new MemoryTileStore() };
  await verifierHandler(
    () =>
      Promise.resolve({
        written,
        ...stores,
        settledAfterMs: 1,
        nowMs: () => START_MS,
        unusableKeys: () => Promise.resolve([]),
      }),
    () => {},
    (line) => lines.push(line),
  )({}, { getRemainingTimeInMillis: () => 600_000 } as Context);
  return namesIn(lines).size;
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

describe('the page about costs', () => {
  test.each(rows.filter(([, sum]) => sum.includes('=')))('has the right sum for %s', (_, sum) => {
    const [formula = '', result = ''] = sum.split(' = ');
    expect(dollars(evaluate(formula))).toBe(result);
  });

  test('adds up to its total', () => {
    const [total, ...others] = rows.toReversed().filter(([what]) => what !== '---' && what.trim() !== '');
    const sum = others.reduce((before, [, text]) => before + Number(/\$([\d.]+)$/.exec(text)?.[1] ?? 0), 0);
    expect(total?.[1]).toBe(`**$${Math.round(sum)}**`);
  });

  test('counts the alarms and their metrics as the templates do', () => {
    const { alarms, metrics } = alarmsOf(usual);
    expect(idle).toContain(
      `| ${alarms} alarms on ${metrics} metrics | ${metrics} · $0.10 = ${dollars(metrics / 10)} |`,
    );
  });

  test('counts what tenants and a witness add as the templates do', () => {
    for (const [stacks, what] of [
      [withTenants, 'Tenants add'],
      [withWitness, 'A witness has'],
    ] as const) {
      const [more, before] = [alarmsOf(stacks), alarmsOf(usual)];
      const sentence = idle.split('\n').join(' ').split(what)[1]?.split(/[:.] /)[0];
      expect(sentence).toContain(`${more.alarms - before.alarms} alarms on ${more.metrics - before.metrics} metrics`);
    }
  });

  test('counts the metrics of sealer and verifier as they write them', async () => {
    const [alone, watched, verified] = [await sealerMetrics(false), await sealerMetrics(true), await verifierMetrics()];
    const words = `the sealer's ${WORDS[alone]} metrics (${WORDS[watched]} with witnesses and timestamps), the verifier's ${WORDS[verified]}`;
    const sum = alone + verified;
    expect(idle).toContain(`| ${words} | ${sum} · $0.30 = ${dollars(0.3 * sum)} |`);
  });
});

/** Evaluates `a · (b + c) + d`. */
function evaluate(formula: string): number {
  const flattened = formula.replaceAll(/\(([^()]+)\)/g, (_, inner: string) => String(evaluate(inner)));
  return flattened.split(' + ').reduce((sum, part) => sum + productOf(part), 0);
}

function productOf(text: string): number {
  return text.split(' · ').reduce((product, factor) => product * Number(factor.replaceAll(/[$,]/g, '')), 1);
}
