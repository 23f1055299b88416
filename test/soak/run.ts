// npm run soak: kills processes (SIGKILL) before, during and after the writes and answers of their batches; the
// verifier must then account for every record. Ends with 1 at the first deviation.
//   --batches N   @default 10,000, a fifth of them over CloudWatch Logs and a fifth over Kinesis, the others over a file
//   --kills N     @default 50
// Also accepts security events, half as many over a file and a fifth over Kinesis, with kills in proportion.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { KEY_ID, recordKey } from '../support/signed-lines.ts';
import { soakEvents } from './events.ts';
import { type Job, POINTS, valuesOf } from './job.ts';
import { runWorker } from './process.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const { values: options } = parseArgs({
  options: { batches: { type: 'string', default: '10000' }, kills: { type: 'string', default: '50' } },
});
const batches = Number(options.batches);
const kills = Number(options.kills);

interface Account {
  readonly batches: number;
  readonly killed: number;
  readonly records: number;
  /** Durable records whose answer did not leave: the process was killed between the two. */
  readonly unanswered: number;
}

async function soak(
  sink: Job['sink'],
  range: { readonly batches: number; readonly kills: number },
  read: (chains: readonly string[]) => Promise<readonly string[]>,
): Promise<Account> {
  const answered = new Set<number>();
  const tried = new Set<number>();
  const chains: string[] = [];
  let killed = 0;
  let first = 1;
  for (let life = 0; first <= range.batches; life++) {
    const left = range.kills - life;
    const step = Math.max(1, Math.floor((range.batches - first + 1) / (left + 1)));
    const batch = left > 0 ? first + Math.floor(Math.random() * step) : range.batches + 1;
    const point = POINTS[life % POINTS.length]!;
    const chainId = randomUUID();
    chains.push(chainId);
    const death = { batch, point, delayMs: Math.random() * 3 };
    const run = await runWorker(WORKER, { sink, chainId, first, last: range.batches, death } satisfies Job);
    if (run.killed) killed += 1;
    for (const one of run.answered) {
      assert(!answered.has(one), `batch ${one} was answered twice`);
      answered.add(one);
    }
    const last = run.answered.at(-1) ?? first - 1;
    tried.add(last + 1);
    // The caller of a batch that was not answered sends it again, as a warehouse does.
    first = last + 1;
  }

  const lines = await read(chains);
  const report = await verifyTrail(lines, new Map([[KEY_ID, recordKey()]]));
  const unexpected = report.findings.filter(({ kind }) => kind !== 'malformed');
  assert.deepEqual(unexpected, [], 'the verifier finds nothing but torn lines');
  assert(report.findings.length <= killed, 'at most one torn line per kill');
  const torn = new Set(report.findings.map(({ line }) => line));
  const recorded = new Map<number, number>();
  for (const [i, line] of lines.entries()) {
    if (torn.has(i + 1)) continue;
    const { additional_info, cnt, protection } = JSON.parse(line) as AuditRecord;
    const batch = Number(additional_info.request_id?.slice('batch-'.length));
    assert.deepEqual([protection.audit_code, cnt], [6, valuesOf(batch)], `the record of batch ${batch} is right`);
    recorded.set(batch, (recorded.get(batch) ?? 0) + 1);
  }
  assert.equal(answered.size, range.batches, 'every batch was answered in the end');
  let unanswered = 0;
  for (let batch = 1; batch <= range.batches; batch++) {
    const records = recorded.get(batch) ?? 0;
    assert(records >= 1, `the answer of batch ${batch} left without a record`);
    unanswered += records - 1;
  }
  assert(unanswered <= killed, 'at most one record per kill is of an answer that did not leave');
  assert.equal(report.records, range.batches + unanswered, 'the verifier accounts for every record');
  return { batches: range.batches, killed, records: report.records, unanswered };
}

const directory = await mkdtemp(join(tmpdir(), 'soak-'));
const fake = await startFakeAws();
fake.createLogGroup('soak');
fake.createStream('soak');
fake.createStream('events');
try {
  const path = join(directory, 'audit.jsonl');
  const fifth = { batches: Math.floor(batches / 5), kills: Math.floor(kills / 5) };
  const rest = { batches: batches - 2 * fifth.batches, kills: kills - 2 * fifth.kills };
  const accounts = {
    file: await soak({ kind: 'file', where: path }, rest, async () =>
      (await readFile(path, 'utf8')).split('\n').filter((line) => line !== ''),
    ),
    'CloudWatch Logs': await soak({ kind: 'cloudwatch-logs', where: fake.endpoint }, fifth, (chains) =>
      Promise.resolve(chains.flatMap((chain) => fake.logged('soak', chain))),
    ),
    Kinesis: await soak({ kind: 'kinesis', where: fake.endpoint }, fifth, () =>
      Promise.resolve(fake.streamed('soak').flatMap(({ data }) => data.toString().split('\n').slice(0, -1))),
    ),
  };
  for (const [name, { batches: answered, killed, records, unanswered }] of Object.entries(accounts)) {
    console.log(
      `${name}: ${answered} batches answered by processes killed ${killed} times; the verifier accounts for all ${records} records, ` +
        `${unanswered} of them of answers that did not leave`,
    );
  }
  const eventsPath = join(directory, 'events.jsonl');
  const half = { events: Math.floor(batches / 2), kills: Math.floor(kills / 2) };
  const eventAccounts = {
    file: await soakEvents({ kind: 'file', where: eventsPath }, half, async () =>
      (await readFile(eventsPath, 'utf8')).split('\n').filter((line) => line !== ''),
    ),
    Kinesis: await soakEvents(
      { kind: 'kinesis', where: fake.endpoint },
      { events: fifth.batches, kills: fifth.kills },
      () => Promise.resolve(fake.streamed('events').flatMap(({ data }) => data.toString().split('\n').slice(0, -1))),
    ),
  };
  for (const [name, { events, killed, chains, unanswered }] of Object.entries(eventAccounts)) {
    console.log(
      `events over ${name}: ${events} acknowledged by processes killed ${killed} times; all are there, in ${chains} chains ` +
        `without holes, besides ${unanswered} whose answers did not leave`,
    );
  }
} finally {
  await fake.close();
  await rm(directory, { recursive: true });
}
