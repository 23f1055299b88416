// The policy agent end to end: over memory, and over the AWS emulator (S3, KMS, CloudWatch Logs).
import { randomUUID } from 'node:crypto';
import { CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { cloudWatchAuditSink } from '../../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../lib/adapters/s3/documents.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { verifyTrail } from '../../lib/audit/verify.ts';
import { Secret } from '../../lib/base/secret.ts';
import { recordTo } from '../../lib/publication/record-events.ts';
import { HOST } from '../support/audit.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';
import { TestCloud, type WorldOptions } from '../support/publication/world.ts';
import { agentContract, inMemory, type Place } from './policy-agent.contract.ts';

const aws = {
  region: 'us-east-1',
  endpoint: MOTO_URL,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** Every other kind of failure over memory: test/exhaustive/policy-agent.test.ts. */
agentContract('memory', { kinds: ['after'], fromNothing: [] }, inMemory);

/** Fewer scenarios, because the emulator takes its time. */
agentContract('the AWS emulator', { kinds: ['before', 'after'], fromNothing: [] }, emulated, MOTO_MISSING);

function emulated(): Place {
  const s3 = s3Client({ ...aws, forcePathStyle: true });
  const kms = kmsClient(aws);
  const logs = cloudWatchLogsClient(aws);
  const logGroup = `/protector/agent/${randomUUID()}`;
  const signing = { id: randomUUID(), key: new Uint8Array(32).fill(5) };
  const streams: string[] = [];
  let prepared: Promise<unknown> | undefined;

  async function options(): Promise<WorldOptions> {
    prepared ??= logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
    await prepared;
    const [authoring, state] = [`authoring-${randomUUID()}`, `state-${randomUUID()}`];
    for (const Bucket of [authoring, state]) {
      // oxlint-disable no-await-in-loop -- two buckets
      await s3.send(new CreateBucketCommand({ Bucket }));
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      // oxlint-enable no-await-in-loop
    }
    const key = await kms.send(new CreateKeyCommand({}));
    const logStream = randomUUID();
    streams.push(logStream);
    const trail = new AuditTrail({
      signer: createSigner(signing.id, new Secret(Uint8Array.from(signing.key))),
      sink: cloudWatchAuditSink({ client: logs, logGroup, logStream }),
      chainId: logStream,
      host: HOST,
      nowMs: Date.now,
    });
    const uploads = s3Documents({ client: s3, bucket: authoring });
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: authoring, Key, Body }));
    return {
      authored: { read: (name) => uploads.read(name), put },
      documents: s3Documents({ client: s3, bucket: state }),
      keys: kmsKeyService({ client: kms, keyId: key.KeyMetadata!.Arn! }),
      record: recordTo(trail, 'request-1'),
    };
  }

  return {
    cloud: async () => new TestCloud({ ...(await options()), functions: ['redshift-a'] }),
    verify: async () => {
      const lines: string[] = [];
      for (const logStreamName of streams) {
        // oxlint-disable-next-line no-await-in-loop -- a handful
        const page = await logs.send(
          new GetLogEventsCommand({ logGroupName: logGroup, logStreamName, startFromHead: true }),
        );
        lines.push(...(page.events ?? []).map(({ message }) => message ?? ''));
      }
      const keys = new Map([[signing.id, new Secret(Uint8Array.from(signing.key))]]);
      expect(await verifyTrail(lines, keys)).toMatchObject({ valid: true, findings: [] });
      expect(lines.length).toBeGreaterThan(10);
    },
    dispose: () => {
      for (const client of [s3, kms, logs]) client.destroy();
    },
  };
}
