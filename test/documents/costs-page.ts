// docs/cost-sizes.md, made from what the stacks of three configurations have, what the log writes, and list prices.
import { LogWriter } from '../../lib/transparency/log-writer.ts';
import { all, flat, list, rolesOf, type Stacks, synthesise } from '../support/infra.ts';
import { fixedSigner, ORIGIN, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { dollars, evaluate, figure } from './arithmetic.ts';

/** Where the page stands in the repository. */
export const COSTS_PAGE = 'docs/cost-sizes.md';

/** List prices of us-east-1 in US dollars on 24 November 2026. */
export const PRICES = {
  lambdaGbSecond: '$0.0000133334',
  lambdaRequest: '$0.0000002',
  apiRequest: '$0.0000035',
  logsKb: '$0.0000005',
  logsGbMonth: '$0.03',
  metric: '$0.30',
  alarmMetric: '$0.10',
  dashboard: '$3.00',
  key: '$1.00',
  kmsRequest: '$0.000003',
  kmsSignature: '$0.000015',
  shardHour: '$0.015',
  retainedShardHour: '$0.02',
  kinesisPut: '$0.000000014',
  s3Put: '$0.000005',
  s3Get: '$0.0000004',
  s3GbMonth: '$0.023',
  copiedGb: '$0.015',
  transferredGb: '$0.02',
  sentGb: '$0.09',
  endpointHour: '$0.01',
  endpointGb: '$0.01',
  secret: '$0.40',
  secretRead: '$0.000005',
} as const;

const HOURS = 730;
const DAYS = 30;
/** Bytes and seconds that docs/costs.md gives for one call. */
const CALL = {
  redshift: { seconds: 0.025, logKb: 2.5 },
  snowflake: { seconds: 0.022, logKb: 3 },
  rest: { seconds: 0.02, logKb: 3 },
  'tenant-gateway': { seconds: 0.02, logKb: 3 },
} as const;
type Caller = keyof typeof CALL;
/** An audit record and a security event, as they are written. */
const RECORD_KB = 1.2;
/** Seconds and GB of a run of each clock, and how many objects it reads in S3. */
const RUNS = {
  'log-sealer': { seconds: 0.3, gb: 1, reads: 4 },
  'log-verifier': { seconds: 0.6, gb: 0.5, reads: 10 },
  'policy-agent': { seconds: 1, gb: 1.7275, reads: 3 },
  'log-forwarder': { seconds: 0.2, gb: 1, reads: 2 },
  'event-forwarder': { seconds: 0.2, gb: 1, reads: 2 },
} as const;
/** Metrics of S3 for a bucket that is copied. */
const METRICS_OF_A_COPY = 4;
/** Seconds of the sealer and of a forwarder for a batch of a thousand records. */
const BATCH_SECONDS = 0.5;
const BATCH = 1000;
/** Environments that a function starts, each of which asks KMS for two data keys. */
const STARTS_A_DAY = 100;
/** KB of an answer: a token and its row in JSON for each value, and what surrounds them. */
const ANSWER_KB = { value: 0.025, around: 0.5 };
/** Environments that run at once on average, each of which reads a secret again every five minutes. */
const ENVIRONMENTS = 10;
const SECRET_READS = (DAYS * 24 * 60) / 5;
/** Zones of the network of a deployment in a VPC. */
const ZONES = 3;
/** Metrics of a front end that is used: seven in all, and five for each of two operations. */
const METRICS_OF_A_FRONT_END = 17;

export interface Size {
  readonly title: string;
  readonly says: string;
  readonly config: object;
  /** Calls a month, and values in each. */
  readonly calls: Partial<Readonly<Record<Caller, { readonly values: number; readonly each: number }>>>;
}

export const SIZES: readonly Size[] = [
  {
    title: 'A trial',
    says: 'The profile `sandbox`: ten million values a month from Redshift in batches of 500, and a million by REST, 100 at a time.',
    config: { profile: 'sandbox' },
    calls: { redshift: { values: 10e6, each: 500 }, rest: { values: 1e6, each: 100 } },
  },
  {
    title: 'A team',
    says: 'The profile `production` with tenants and the canary: two billion values a month from Redshift, one from Snowflake, 20 million by REST, and five million keys of tenants.',
    config: { profile: 'production', alarms: { emails: ['security@example.com'] }, tenants: {}, canary: true },
    calls: {
      redshift: { values: 2e9, each: 10_000 },
      snowflake: { values: 1e9, each: 4096 },
      rest: { values: 20e6, each: 500 },
      'tenant-gateway': { values: 5e6, each: 1 },
    },
  },
  {
    title: '39.7 million values a second',
    says: 'A cluster that sends 39.7 million values a second from Redshift for an hour each day: 4.3 trillion values a month.',
    config: {
      profile: 'production',
      alarms: { emails: ['security@example.com'] },
      snowflake: false,
      rest: false,
      audit: { shards: 2 },
    },
    calls: { redshift: { values: 39.7e6 * 3600 * DAYS, each: 10_000 } },
  },
];

export interface Row {
  readonly what: string;
  /** As the page shows it; `evaluate` gives its sum. */
  readonly formula: string;
}

const plus = (parts: readonly (string | false)[]): string => parts.filter((part) => part !== false).join(' + ');

/** Returns what a size costs in a month: everything that is paid for. */
export async function rowsOf({ config, calls }: Size): Promise<readonly Row[]> {
  const stacks = synthesise(config);
  const { alarmMetrics, metrics, keys, shards, longShards, dashboards } = countsOf(stacks);
  const callers = Object.entries(calls) as [Caller, { values: number; each: number }][];
  const numbers = callers.map(([caller, { values, each }]) => ({
    caller,
    count: Math.ceil(values / each),
    ...CALL[caller],
  }));
  const records = numbers.reduce((sum, { count }) => sum + count, 0);
  const audited = numbers
    .filter(({ caller }) => caller !== 'tenant-gateway')
    .reduce((sum, { count }) => sum + count, 0);
  const gateways = numbers.filter(({ caller }) => caller !== 'redshift').reduce((sum, { count }) => sum + count, 0);
  const memory = 1.7275;
  const used = numbers.length;
  const { commits, perCommit } = await sealing(audited);
  const clocks = clocksOf(stacks);
  const checkpoints = runsOf(clocks, 'log-sealer');
  const perCheckpoint = await objectsOf(0);
  // Two calls of each function in each run, under one root key.
  const functions = callers.filter(([caller]) => caller !== 'tenant-gateway').length;
  const canaries = Object.hasOwn(config, 'canary') ? runsOf(clocks, 'policy-agent') * 2 * functions : 0;
  const { audit } = stacks;
  const kept = Number(
    all({ audit: audit! }, 'AWS::Logs::LogGroup').find(({ id }) => id.startsWith('Records'))!.resource.Properties[
      'RetentionInDays'
    ],
  );
  const locked = Number(flat(variable(stacks, 'LOG_RETENTION_DAYS')));
  const gbDay = (audited * RECORD_KB) / 1e6 / DAYS;
  const forwarded = stacks['tenants'] !== undefined;
  return [
    {
      what: 'Lambda, answers: calls · seconds · GB',
      formula: plus(
        numbers.map(({ count, seconds }) => `${figure(count)} · ${seconds} · ${memory} · ${PRICES.lambdaGbSecond}`),
      ),
    },
    { what: 'Lambda, answers: requests', formula: `${figure(records)} · ${PRICES.lambdaRequest}` },
    { what: 'API Gateway: requests', formula: `${figure(gateways)} · ${PRICES.apiRequest}` },
    {
      // Answers to Redshift stay in the Region, where AWS charges nothing for them.
      what: 'data sent: GB of answers by the gateway, GB of records and events to sinks of tenants',
      formula: plus([
        gateways > 0 && `${figure(answeredGb(calls))} · ${PRICES.sentGb}`,
        forwarded && `${figure(((records + audited) * RECORD_KB) / 1e6)} · ${PRICES.sentGb}`,
      ]),
    },
    {
      what: 'logs taken in: calls · KB',
      formula: plus(numbers.map(({ count, logKb }) => `${figure(count)} · ${logKb} · ${PRICES.logsKb}`)),
    },
    {
      what: 'audit records kept: GB a day · days',
      formula: `${figure(gbDay)} · ${kept} · ${PRICES.logsGbMonth}`,
    },
    {
      what: 'Kinesis: shards · hours, kept longer than a day, records',
      formula: plus([
        `${shards} · ${HOURS} · ${PRICES.shardHour}`,
        longShards > 0 && `${longShards} · ${HOURS} · ${PRICES.retainedShardHour}`,
        `${figure(records)} · ${PRICES.kinesisPut}`,
      ]),
    },
    {
      what: 'sealing: commits · objects, signatures, seconds',
      formula: plus([
        `${figure(commits)} · ${figure(perCommit)} · ${PRICES.s3Put}`,
        `${figure(commits)} · ${PRICES.kmsSignature}`,
        `${figure(commits)} · ${BATCH_SECONDS} · 1 · ${PRICES.lambdaGbSecond}`,
      ]),
    },
    {
      what: 'sealed log, locked: GB a day · days',
      formula: `${figure(gbDay)} · ${locked} · ${PRICES.s3GbMonth}`,
    },
    {
      what: 'checkpoints without records: objects, signatures',
      formula: `${figure(checkpoints)} · ${figure(perCheckpoint)} · ${PRICES.s3Put} + ${figure(checkpoints)} · ${PRICES.kmsSignature}`,
    },
    ...(forwarded
      ? [
          {
            what: 'forwarding to tenants: batches · seconds · GB',
            formula: `${figure(Math.ceil((records + audited) / BATCH))} · ${BATCH_SECONDS} · 1 · ${PRICES.lambdaGbSecond}`,
          },
        ]
      : []),
    {
      what: 'clocks: runs · seconds · GB',
      formula: plus(
        clocks.map(
          ({ name, runs }) => `${figure(runs)} · ${RUNS[name].seconds} · ${RUNS[name].gb} · ${PRICES.lambdaGbSecond}`,
        ),
      ),
    },
    {
      what: 'clocks: reads in S3, and the verifier’s of what was sealed',
      formula: plus([
        ...clocks.map(({ name, runs }) => `${figure(runs)} · ${RUNS[name].reads} · ${PRICES.s3Get}`),
        `${figure(Math.ceil(audited / 256))} · ${PRICES.s3Get}`,
      ]),
    },
    {
      what: 'KMS: keys, requests of new environments and of the verifier',
      formula: `${keys} · ${PRICES.key} + ${figure(used * STARTS_A_DAY * DAYS * 2)} · ${PRICES.kmsRequest} + ${figure(runsOf(clocks, 'log-verifier') * (stacks['tenants'] === undefined ? 3 : 4))} · ${PRICES.kmsRequest}`,
    },
    ...(canaries === 0
      ? []
      : [
          {
            what: 'the canary: calls · seconds · GB, requests, logs',
            formula: `${figure(canaries)} · (0.02 · ${memory} · ${PRICES.lambdaGbSecond} + ${PRICES.lambdaRequest} + 2.5 · ${PRICES.logsKb})`,
          },
        ]),
    { what: 'metrics of functions', formula: `${metrics + used * METRICS_OF_A_FRONT_END} · ${PRICES.metric}` },
    {
      what: 'alarms: metrics; dashboard',
      formula: `${alarmMetrics} · ${PRICES.alarmMetric} + ${dashboards} · ${PRICES.dashboard}`,
    },
  ].filter(({ formula }) => evaluate(formula) > 0);
}

/** GB of the answers that leave by API Gateway. */
function answeredGb(calls: Size['calls']): number {
  const answers = Object.entries(calls).filter(([caller]) => caller !== 'redshift');
  const kb = answers.reduce(
    (sum, [, { values, each }]) => sum + values * ANSWER_KB.value + (values / each) * ANSWER_KB.around,
    0,
  );
  return kb / 1e6;
}

/** Returns what a network, an audit store and secrets add to a size in a month. */
export async function networkRowsOf({ config, calls }: Size): Promise<readonly Row[]> {
  const vpc = {
    subnets: Array.from({ length: ZONES }, (_, i) => `subnet-0123abc${i}`),
    securityGroups: ['sg-0123abcd'],
  };
  const esa = { url: 'https://esa.example.com:9200', authorizationSecret: 'esa' };
  const { audit = {}, ...rest } = config as { readonly audit?: object };
  const stacks = synthesise({
    ...rest,
    vpc,
    audit: { ...audit, esa },
    ...(Object.hasOwn(calls, 'rest') && { rest: { authorization: 'JWT', jwt: { secret: 'jwt' } } }),
  });
  const services = endpointsOf(stacks);
  const secrets = secretsOf(stacks);
  const numbers = Object.values(calls).map(({ values, each }) => Math.ceil(values / each));
  const gb = (numbers.reduce((sum, count) => sum + count, 0) * RECORD_KB) / 1e6;
  return await Promise.resolve([
    {
      what: `endpoints (${services.join(', ')}): services · zones · hours, GB of records`,
      formula: `${services.length} · ${ZONES} · ${HOURS} · ${PRICES.endpointHour} + ${figure(gb)} · ${PRICES.endpointGb}`,
    },
    {
      what: 'secrets, and the times that environments read them',
      formula: `${secrets} · ${PRICES.secret} + ${secrets} · ${ENVIRONMENTS} · ${figure(SECRET_READS)} · ${PRICES.secretRead}`,
    },
    {
      what: 'the forwarder to the audit store: batches · seconds · GB',
      formula: `${figure(Math.ceil(numbers.reduce((sum, count) => sum + count, 0) / BATCH))} · ${BATCH_SECONDS} · 1 · ${PRICES.lambdaGbSecond}`,
    },
  ]);
}

/** Returns the services that functions in a VPC call there. S3 has a gateway endpoint, which costs nothing. */
export function endpointsOf(stacks: Stacks): string[] {
  const placed = all(stacks, 'AWS::Lambda::Function').filter(({ resource }) => 'VpcConfig' in resource.Properties);
  const services = placed.flatMap(({ stack, resource }) => {
    const role = flat(resource.Properties['Role']).slice(1, -'.Arn>'.length);
    const { statements } = rolesOf({ [stack]: stacks[stack]! }).find(({ id }) => id === role)!;
    return statements
      .filter(({ actions }) => !actions.every((action) => BY_LAMBDA.test(action)))
      .flatMap(({ actions }) => actions.map((action) => action.split(':')[0]!));
  });
  return [...new Set(services)].filter((service) => service !== 's3').toSorted();
}

/** What Lambda itself calls with the role of a function, from outside its network. */
const BY_LAMBDA = /^(?:ec2|xray):|^kinesis:(?:Get|Describe|List)|^sqs:/;

/** Returns how many secrets the functions of a deployment read. */
export function secretsOf(stacks: Stacks): number {
  const resources = rolesOf(stacks).flatMap(({ statements }) =>
    statements
      .filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))
      .flatMap((one) => one.resources),
  );
  return new Set(resources).size;
}

/** Returns what a second Region adds to a size in a month. */
export async function recoveryRowsOf({ config, calls }: Size): Promise<readonly Row[]> {
  const arn = 'arn:aws:kms:us-east-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef';
  const hasTenants = Object.hasOwn(config, 'tenants');
  const recovery = {
    region: 'us-west-2',
    buckets: { publication: 'publication', log: 'log', tenants: 'tenants' },
    keys: { sealing: arn, checkpoints: arn, ...(hasTenants && { tenants: arn }) },
  };
  const stacks = synthesise({ ...config, multiRegionKeys: true, recovery });
  const copies = all(stacks, 'AWS::S3::Bucket').filter(
    ({ resource }) => resource.Properties['ReplicationConfiguration'] !== undefined,
  );
  const audited = (Object.entries(calls) as [Caller, { values: number; each: number }][])
    .filter(([caller]) => caller !== 'tenant-gateway')
    .reduce((sum, [, { values, each }]) => sum + Math.ceil(values / each), 0);
  const { commits, perCommit } = await sealing(audited);
  const checkpoints = runsOf(clocksOf(stacks), 'log-sealer');
  const objects = Math.round(commits * perCommit + checkpoints * (await objectsOf(0)));
  const gb = (audited * RECORD_KB) / 1e6;
  const days = Number(flat(variable(stacks, 'LOG_RETENTION_DAYS')));
  const more = alarmsOf(stacks).metrics - alarmsOf(synthesise(config)).metrics;
  return [
    { what: 'replicas of keys', formula: `${all(stacks, 'AWS::KMS::ReplicaKey').length} · ${PRICES.key}` },
    { what: 'objects written there', formula: `${figure(objects)} · ${PRICES.s3Put}` },
    {
      what: 'GB copied in 15 minutes, and sent to the other Region',
      formula: `${figure(gb)} · (${PRICES.copiedGb} + ${PRICES.transferredGb})`,
    },
    { what: 'copied log, locked: GB a day · days', formula: `${figure(gb / DAYS)} · ${days} · ${PRICES.s3GbMonth}` },
    {
      what: 'metrics of the copies, and of their alarms',
      formula: `${copies.length * METRICS_OF_A_COPY} · ${PRICES.metric} + ${more} · ${PRICES.alarmMetric}`,
    },
  ];
}

/** Returns how often the sealer commits in a month, and how many objects a commit writes. */
async function sealing(audited: number): Promise<{ readonly commits: number; readonly perCommit: number }> {
  if (audited === 0) return { commits: 0, perCommit: 0 };
  // Lambda gives the sealer a batch after ten seconds, or a thousand records.
  const commits = Math.min(audited, Math.max(Math.ceil(audited / BATCH), (DAYS * 86_400) / 10));
  return { commits, perCommit: await objectsOf(Math.max(1, Math.round(audited / commits))) };
}

type Clock = { readonly name: keyof typeof RUNS; readonly runs: number };

const runsOf = (clocks: readonly Clock[], name: Clock['name']): number =>
  clocks.filter((clock) => clock.name === name).reduce((sum, { runs }) => sum + runs, 0);

/** Returns how often schedules invoke functions in a month. */
function clocksOf(stacks: Stacks): readonly Clock[] {
  return all(stacks, 'AWS::Events::Rule').flatMap(({ stack, resource: { Properties } }) => {
    const [, every, unit] =
      /^rate\((\d+) (minute|hour|day)s?\)$/.exec(flat(Properties['ScheduleExpression'] ?? '')) ?? [];
    if (every === undefined) return [];
    const minutes = Number(every) * { minute: 1, hour: 60, day: 1440 }[unit as 'minute'];
    const [target] = list(Properties['Targets']) as [{ readonly Arn: unknown }];
    const id = flat(target.Arn).slice(1, -'.Arn>'.length);
    const name = flat(stacks[stack]![id]!.Properties['FunctionName']).replace('protector-', '') as Clock['name'];
    return [{ name, runs: Math.floor((DAYS * 1440) / minutes) }];
  });
}

/** The sealer has four metrics and the verifier three; each forwarder and the gateway, when used, has six. */
const METRICS_OF: Readonly<Record<string, number>> = {
  'log-sealer': 4,
  'log-verifier': 3,
  'log-forwarder': 6,
  'event-forwarder': 6,
};

function countsOf(stacks: Stacks) {
  const streams = all(stacks, 'AWS::Kinesis::Stream').map(({ resource: { Properties } }) => ({
    shards: Number(Properties['ShardCount']),
    hours: Number(Properties['RetentionPeriodHours']),
  }));
  const functions = all(stacks, 'AWS::Lambda::Function').map(({ resource }) =>
    flat(resource.Properties['FunctionName']).replace('protector-', ''),
  );
  return {
    alarmMetrics: alarmsOf(stacks).metrics,
    metrics: functions.reduce((sum, name) => sum + (METRICS_OF[name] ?? 0), 0),
    keys: all(stacks, 'AWS::KMS::Key').length,
    shards: streams.reduce((sum, { shards }) => sum + shards, 0),
    longShards: streams.filter(({ hours }) => hours > 24).reduce((sum, { shards }) => sum + shards, 0),
    dashboards: all(stacks, 'AWS::CloudWatch::Dashboard').length,
  };
}

/** Returns the number of alarms, and of the metrics that they are billed for: a query is one. */
export function alarmsOf(stacks: Stacks): { readonly alarms: number; readonly metrics: number } {
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

function variable(stacks: Stacks, name: string): unknown {
  const found = all(stacks, 'AWS::Lambda::Function').flatMap(({ resource }) => {
    const { Variables = {} } = Object(resource.Properties['Environment']) as { Variables?: Record<string, unknown> };
    return Variables[name] === undefined ? [] : [Variables[name]];
  });
  return found[0];
}

/** Counts what a commit of this many records writes, on average: by writing a dozen. One object more names the chains. */
async function objectsOf(records: number): Promise<number> {
  let written = 0;
  class Counting extends MemoryTileStore {
    override create(path: string, bytes: Uint8Array) {
      written++;
      return super.create(path, bytes);
    }
    override replace(path: string, bytes: Uint8Array) {
      written++;
      return super.replace(path, bytes);
    }
  }
  const store = new Counting();
  const log = new LogWriter({ store, signer: fixedSigner(), origin: ORIGIN, nowMs: () => START_MS });
  let head = await log.open();
  const times = 12;
  const entries = Array.from({ length: records }, (_, i) => Buffer.from(`record ${i}`));
  for (let i = 0; i < times; i++) {
    // oxlint-disable-next-line no-await-in-loop -- each continues the one before
    ({ head } = await log.commit(head, entries));
  }
  return written / times + (records > 0 ? 1 : 0);
}

/** Returns the page. */
export async function costsPage(): Promise<string> {
  const sections = await Promise.all(SIZES.map(sectionOf));
  const second = await Promise.all(SIZES.slice(1).map(async (size) => tableOf(await recoveryRowsOf(size), size.title)));
  const network = tableOf(await networkRowsOf(SIZES[1]!), SIZES[1]!.title);
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n\n${NETWORK}\n${network}\n\n${RECOVERY}\n${second.join('\n\n')}\n\n${CLOSING}`;
}

async function sectionOf(size: Size): Promise<string> {
  return [`## ${size.title}`, '', ...wrapped(size.says), '', tableOf(await rowsOf(size))].join('\n');
}

function tableOf(rows: readonly Row[], title = ''): string {
  const total = rows.reduce((sum, { formula }) => sum + evaluate(formula), 0);
  const lines = rows.map(({ what, formula }) => `| ${what} | ${formula} | ${dollars(evaluate(formula))} |`);
  const head = [`| ${title} | Arithmetic | A month |`.replace('|  |', '| |'), '|---|---|---|'];
  return [...head, ...lines, `| **all** | | **${dollars(total)}** |`].join('\n');
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < 140) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const INTRODUCTION = `# Costs of three sizes

This page has everything that a deployment of three sizes pays for in a month, with its arithmetic. \`npm run docs\` makes it: keys, shards,
alarms, clocks and retention are counted in the templates, and the objects of a commit by writing commits. Prices, and what one call takes,
are those of [costs](costs.md); free tiers and discounts are left out. The seconds of functions that answer no caller, and the bytes of
answers, are estimates, on the high side. A million values from Redshift, as there:

\`\`\`text
100 calls · 0.025 s · 1.7275 GB · ${PRICES.lambdaGbSecond} + 100 · ${PRICES.lambdaRequest} + 100 · 2.5 KB · ${PRICES.logsKb} = $0.0002
\`\`\`
`;

const NETWORK = `## In a VPC, with secrets and an audit store

Endpoints and secrets are yours, and no template has them. Which endpoints the functions need in a [\`vpc\`](deploy/configuration.md), and how
many secrets they read (the token secret of REST, the header of the audit store), is counted in the rights of their roles; S3 has a gateway
endpoint without a price. A NAT gateway, where sinks are on the internet, is $32.85 a month and zone, and $0.045 a GB. Functions on
[instances](costs.md#on-instances) need the same endpoints.
`;

const RECOVERY = `## A second Region

[It](deploy/recovery.md) adds the keys, and the copies of what is sealed. Its functions cost nothing until they are deployed.
`;

/** Requests a second that the gateway lets in where the function refuses, unless it is configured. */
export const OPEN_RATE = 200;

/** What one request of an unknown caller costs, and where it costs nothing. */
const REFUSED = `${PRICES.apiRequest} + ${PRICES.lambdaRequest} + 0.01 · 1.7275 · ${PRICES.lambdaGbSecond} + 1.8 · ${PRICES.logsKb}`;
export const REFUSED_HOUR = `${OPEN_RATE} · 3,600 · (${REFUSED})`;

const CLOSING = `## Unknown callers

Who is not let in cannot run these sums up without a limit. Redshift, Snowflake and REST with \`IAM\` are refused before the function, and AWS
charges no request that fails its authorization or is throttled. With \`JWT\`, at the tenant gateway and at a witness the function refuses.
The gateway lets ${OPEN_RATE} requests a second in (\`throttle\`), and callers without a valid token share records: the first of an address in
half a minute and environment has its own, twenty of them at most, and a summary counts the others. At that rate an hour costs at most

\`\`\`text
${REFUSED_HOUR} = ${dollars(evaluate(REFUSED_HOUR))}
\`\`\`

and the alarms \`refusals-spike\` and \`throttles\` tell of it in minutes. A lower \`throttle\` lowers it in proportion.
`;
