// One execution environment of the soak: answers its batches, or dies by SIGKILL at the point its job names.
import { writeSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { fileAuditSink } from '../../lib/adapters/file/audit-sink.ts';
import { cloudWatchAuditSink } from '../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { kinesisAuditSink } from '../../lib/adapters/kinesis/audit-sink.ts';
import { kinesisClient } from '../../lib/adapters/kinesis/client.ts';
import type { AuditSink } from '../../lib/audit/ports.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { HOST } from '../support/audit.ts';
import { compiledPolicy, redshiftEvent } from '../support/policy.ts';
import { KEY_ID, recordKey } from '../support/signed-lines.ts';
import { columnOf, type Job } from './job.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;
let batch = job.first;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // nothing runs between the signal and the end
};
const dieAt = (point: Job['death']['point']): void => {
  if (batch === job.death.batch && point === job.death.point) die();
};

/** The sink of the job, wrapped with the points at which the process may die. */
function sinkOf({ sink, chainId, death }: Job): AuditSink {
  const connection = {
    endpoint: sink.where,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const inner: Record<Job['sink']['kind'], () => AuditSink> = {
    file: () => fileAuditSink(sink.where),
    'cloudwatch-logs': () =>
      cloudWatchAuditSink({ client: cloudWatchLogsClient(connection), logGroup: 'soak', logStream: chainId }),
    kinesis: () => kinesisAuditSink({ client: kinesisClient(connection), streamName: 'soak', chainId }),
  };
  const real = inner[sink.kind]();
  return {
    async append(lines) {
      dieAt('before the write');
      if (batch === death.batch && death.point === 'during the write') setTimeout(die, death.delayMs);
      await real.append(lines);
      dieAt('after the write');
    },
  };
}

const trail = new AuditTrail({
  signer: createSigner(KEY_ID, recordKey()),
  sink: sinkOf(job),
  chainId: job.chainId,
  host: HOST,
  nowMs: Date.now,
});
const policy = compiledPolicy();
const protector = new Protector(() => Promise.resolve(policy), trail, Date.now);
const handler = redshiftHandler(() => Promise.resolve({ protector, trail }));

for (; batch <= job.last; batch++) {
  const event = redshiftEvent('pty_protect_dename', columnOf(batch));
  const reply = await handler(event, { awsRequestId: `batch-${batch}` } as Context);
  if (!reply.success) throw new Error(reply.error_msg);
  dieAt('before the answer');
  writeSync(1, `${batch}\n`); // the answer leaves
  dieAt('after the answer');
}
process.exit(0);
