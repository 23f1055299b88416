// The sums of docs/costs.md against what the stacks make and the functions measure, so that the page stays true.
import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';
import { verifierHandler } from '../../functions/runtime/verify/log-verifier.ts';
import { sealerHandler } from '../../functions/runtime/seal/log-sealer.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import type { StampReport } from '../../lib/transparency/timestamping.ts';
import { dollars, evaluate } from '../documents/arithmetic.ts';
import {
  alarmsOf,
  COSTS_PAGE,
  costsPage,
  endpointsOf,
  OPEN_RATE,
  PRICES,
  recoveryRowsOf,
  secretsOf,
} from '../documents/costs-page.ts';
import { all, synthesise } from '../support/infra.ts';
import { fixedLog, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { cosigners, fixedWitness } from '../support/witness.ts';
import { PAID, PAID_BY_OPTION } from './paid.ts';

const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');
const idle = page.slice(page.indexOf('## Idle'));
/** The rows of the table: what, and its sum. */
const rows = [...idle.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, what, sum]) => [what!, sum!] as const);
const usual = synthesise();
const withTenants = synthesise({ tenants: {} });
const withFiles = synthesise({ files: { source: 's3://incoming/', target: 's3://outgoing/' } });
const withWitness = synthesise({
  witness: { name: 'witness.example.com/w1', logs: ['logs.example.com/a+01234567+AQ=='] },
});

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

  test('counts what tenants, files and a witness add as the templates do', () => {
    for (const [stacks, what] of [
      [withTenants, 'Tenants add'],
      [withFiles, 'Files of buckets add'],
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

describe('the page about three sizes', () => {
  const sizes = readFileSync(new URL(`../../${COSTS_PAGE}`, import.meta.url), 'utf8');
  const tables = sizes
    .split(/^\|---.*$/m)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('\n\n')));

  test('is what "npm run docs" makes of the templates', async () => {
    expect(sizes).toBe(await costsPage());
  });

  test('has sums that its arithmetic gives, and totals that they add up to', () => {
    expect(tables).toHaveLength(6);
    for (const table of tables) {
      const found = [...table.matchAll(/^\| (.+?) \| (.*?) ?\| (.+?) \|$/gm)].map(
        ([, , formula, sum]) => [formula!, sum!] as const,
      );
      const exact = found.slice(0, -1).map(([formula, sum]) => {
        expect([formula, dollars(evaluate(formula))]).toEqual([formula, sum]);
        return evaluate(formula);
      });
      expect(exact.length).toBeGreaterThan(2);
      expect(found.at(-1)![1]).toBe(`**${dollars(exact.reduce((before, amount) => before + amount, 0))}**`);
    }
  });

  test('uses the prices of the other page', () => {
    const said = /\$([\d.]+) a GB-second, \$([\d.]+) a million requests/.exec(page)!;
    expect([PRICES.lambdaGbSecond, dollars(evaluate(PRICES.lambdaRequest) * 1e6)]).toEqual([
      `$${said[1]}`,
      `$${said[2]}`,
    ]);
    expect(page).toContain(`$${(evaluate(PRICES.apiRequest) * 1e6).toFixed(2)} a million requests`);
    expect(page).toContain(`$${(evaluate(PRICES.s3Put) * 1e6).toFixed(0)} a million writes`);
    expect(page).toContain(`$${(evaluate(PRICES.kmsSignature) * 1e4).toFixed(2)} for 10,000 signatures`);
    expect(page).toContain(`${PRICES.shardHour} a shard and hour, ${PRICES.retainedShardHour} more`);
  });

  test('says what a second Region adds to an idle deployment', async () => {
    const rowsThere = await recoveryRowsOf({ title: '', says: '', config: {}, calls: {} });
    const sum = rowsThere.reduce((before, { formula }) => before + evaluate(formula), 0);
    expect(page.replaceAll('\n', ' ')).toContain(`adds $${Math.round(sum)} ([arithmetic]`);
  });
});

describe('what no template has, but a deployment pays for', () => {
  const vpc = { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] };
  const esa = { url: 'https://esa.example.com:9200' };

  test('are endpoints of the services that functions in a VPC call, and of no other', () => {
    expect(endpointsOf(usual)).toEqual([]);
    expect(endpointsOf(synthesise({ vpc, tracing: true }))).toEqual(['kms', 'logs']);
    expect(endpointsOf(synthesise({ vpc, tenants: {}, budgets: true }))).toEqual(['kinesis', 'kms', 'logs']);
    const rest = { authorization: 'JWT', jwt: { secret: 'jwt' } };
    expect(endpointsOf(synthesise({ vpc, rest, audit: { mode: 'kinesis' } }))).toEqual([
      'kinesis',
      'kms',
      'logs',
      'secretsmanager',
    ]);
    const sinkRoles = ['arn:aws:iam::222222222222:role/sink'];
    expect(endpointsOf(synthesise({ vpc, tenants: { sinkRoles } }))).toContain('sts');
  });

  test('are the secrets that functions read', () => {
    expect(secretsOf(usual)).toBe(0);
    const rest = { authorization: 'JWT', jwt: { secret: 'jwt' } };
    expect(secretsOf(synthesise({ rest, audit: { esa: { ...esa, authorizationSecret: 'esa' } } }))).toBe(2);
  });

  test('have a price on the page about costs', () => {
    const { endpointHour, endpointGb, secret, secretRead, sentGb } = PRICES;
    const reads = `$${(evaluate(secretRead) * 1e6).toFixed(0)} a million reads`;
    expect(page).toContain(
      `${sentGb} a GB to the internet; ${endpointHour} an endpoint, zone and hour, ${endpointGb} a GB`,
    );
    expect(page).toContain(`${secret} a secret and month, ${reads}`);
  });
});

test('what AWS charges for is in a row, or in a sentence about options', () => {
  const sizes = readFileSync(new URL(`../../${COSTS_PAGE}`, import.meta.url), 'utf8');
  for (const words of Object.values(PAID)) expect(sizes).toContain(words);
  for (const words of Object.values(PAID_BY_OPTION)) expect(page).toContain(words);
});

/** Requests a second that each API lets in. */
const rates = (config: object): unknown[] =>
  all(synthesise(config), 'AWS::ApiGateway::Stage').map(({ resource: { Properties } }) => {
    const [settings] = (Properties['MethodSettings'] ?? []) as readonly { readonly ThrottlingRateLimit?: number }[];
    return settings?.ThrottlingRateLimit;
  });

describe('unknown callers', () => {
  test('are throttled wherever a function has to refuse them', () => {
    const token = { snowflake: false, rest: { authorization: 'JWT', jwt: { secret: 'jwt' } } };
    const witness = {
      snowflake: false,
      rest: false,
      witness: { name: 'w', logs: ['logs.example.com/a+01234567+AQ=='] },
    };
    for (const config of [token, { snowflake: false, rest: false, tenants: {} }, witness])
      expect(rates(config)).toEqual([OPEN_RATE]);
  });

  test('cost nothing where requests are signed: API Gateway refuses them, and AWS charges no refused request', () => {
    const methods = all(usual, 'AWS::ApiGateway::Method').map(({ resource }) => resource.Properties);
    expect(methods.length).toBeGreaterThan(4);
    expect(new Set(methods.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });
});
