import { randomUUID } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, expect, test } from '@jest/globals';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { whyUnusable } from '../../lib/adapters/kms/key-state.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { describeOverMoto, motoAws } from '../support/moto.ts';

describeOverMoto('the state of a KMS key', () => {
  const client = kmsClient(motoAws);
  const alias = `alias/${randomUUID()}`;
  afterAll(() => client.destroy());

  test('is asked for by alias, from its creation to its deletion', async () => {
    expect(await whyUnusable(client, alias)).toBe('NotFoundException');
    const KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata!.KeyId!;
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }));
    expect(await whyUnusable(client, alias)).toBeUndefined();
    await client.send(new DisableKeyCommand({ KeyId }));
    expect(await whyUnusable(client, alias)).toBe('Disabled');
    await client.send(new EnableKeyCommand({ KeyId }));
    await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(await whyUnusable(client, alias)).toBe('PendingDeletion');
  });
});

test('a KMS that refuses to tell is named by its error', async () => {
  const fake = await startFakeAws();
  const client = kmsClient({ ...motoAws, endpoint: fake.endpoint });
  fake.fail({ kind: 'deny', times: 1, operation: 'DescribeKey' });
  expect(await whyUnusable(client, 'alias/one')).toBe('AccessDeniedException');
  client.destroy();
  await fake.close();
});
