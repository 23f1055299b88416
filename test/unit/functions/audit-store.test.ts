import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditStore, Credentials } from '../../../functions/runtime/forward/audit-store.ts';
import { openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { SecretError } from '../../../lib/adapters/secrets-manager/secret-text.ts';
import type { Post } from '../../../lib/adapters/http/post.ts';
import { type FakeAws, startFakeAws } from '../../support/fake-aws.ts';

/** The credentials that the server takes, and those in Secrets Manager. */
let taken: string;
let kept: () => string;
let sent: string[];
let reads: number;
let nowMs: number;
let post: Post;

beforeEach(() => {
  [taken, sent, reads, nowMs] = ['Basic old', [], 0, 1_000_000];
  kept = () => 'Basic old';
  const server: Post = async (_, headers = {}) => {
    const { authorization = '' } = headers;
    sent.push(authorization);
    const status = authorization === taken ? 200 : 401;
    const items = [{ create: { _id: '1', status: 201 } }];
    const text = JSON.stringify({ items });
    return { status, headers: {}, text, bytes: Buffer.from(text) };
  };
  const read = async () => {
    reads++;
    return { id: 'version', text: kept() };
  };
  post = new Credentials(read, () => nowMs).authorize(server);
});

const deliver = async () => {
  const [verdict] = await openSearchBulkSink({ post }).deliver([{ id: '1', timeMs: 1, body: '{}' }]);
  return verdict;
};

test('an audit store gets the secret, which is read once', async () => {
  expect([await deliver(), await deliver()]).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
  expect([sent, reads]).toEqual([['Basic old', 'Basic old'], 1]);
});

test('an audit store with rotated credentials gets the new secret at once', async () => {
  await deliver();
  [taken, kept] = ['Basic new', () => 'Basic new'];
  nowMs += 30_000;
  expect(await deliver()).toEqual({ kind: 'delivered' });
  expect(sent).toEqual(['Basic old', 'Basic old', 'Basic new']);
});

test('an audit store that refuses the secret is asked once, and the secret is read again at most every 30 seconds', async () => {
  taken = 'Basic other';
  expect([await deliver(), await deliver()]).toEqual([
    { kind: 'config', reason: 'status 401' },
    { kind: 'config', reason: 'status 401' },
  ]);
  nowMs += 30_000;
  await deliver();
  expect([sent.length, reads]).toEqual([3, 2]);
});

test.each([
  ['SECRET_REFUSED', 'config'],
  ['SECRET_UNAVAILABLE', 'retry'],
] as const)('without the secret (%s) nothing is sent, and the records wait: %s', async (code, kind) => {
  kept = () => {
    throw new SecretError(code, 'no secret');
  };
  expect(await deliver()).toEqual({ kind, reason: code });
  expect(sent).toEqual([]);
});

describe('the revision of the settings', () => {
  const SECRET = 'esa';
  const before = { ...process.env };
  let aws: FakeAws;
  let client: SecretsManagerClient;
  let directory: string;
  let settings: Record<string, string>;

  beforeAll(async () => {
    aws = await startFakeAws();
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    client = new SecretsManagerClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    directory = mkdtempSync(join(tmpdir(), 'audit-store-'));
  });
  afterAll(async () => {
    process.env = { ...before };
    client.destroy();
    await aws.close();
    rmSync(directory, { recursive: true });
  });

  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const [first, second] = [keyPair(), keyPair()];

  beforeEach(() => {
    aws.putSecret(SECRET, 'Basic one');
    settings = {
      ESA_URL: 'https://esa.example.com:9200',
      ESA_INDEX: 'audits',
      ESA_AUTHORIZATION_SECRET_ARN: SECRET,
      ESA_KEY_PATH: file('key', first[0]),
    };
  });
  const open = () => {
    process.env = { ...before, ...settings };
    return auditStore(client, () => nowMs);
  };
  const revision = async (changes: Readonly<Record<string, string>> = {}): Promise<number> => {
    settings = { ...settings, ...changes };
    return (await open()).revision();
  };

  test('is the same in every environment with the same settings', async () => {
    expect(await revision()).toBe(await revision());
  });

  test.each([
    ['address', () => ({ ESA_URL: 'https://other.example.com:9200' })],
    ['index', () => ({ ESA_INDEX: 'other' })],
    ['secret', () => (aws.putSecret('other', 'Basic one'), { ESA_AUTHORIZATION_SECRET_ARN: 'other' })],
    ['version of the secret', () => (aws.putSecret(SECRET, 'Basic two'), {})],
    ['key of the client', () => ({ ESA_KEY_PATH: file('key', second[0]) })],
  ])('changes with the %s', async (_, change) => {
    const was = await revision();
    expect(await revision(change())).not.toBe(was);
  });

  test('changes in an open environment within five minutes of a new version of the secret', async () => {
    const { revision: now } = await open();
    const was = await now();
    aws.putSecret(SECRET, 'Basic two');
    nowMs += 5 * 60_000;
    expect(await now()).not.toBe(was);
  });

  test('is known while the secret cannot be read', async () => {
    aws.putSecret(SECRET, undefined);
    expect(await revision()).toBe(await revision());
  });

  test('comes from no secret: not from the text of the key, nor from a header in the environment', async () => {
    const was = await revision();
    expect(await revision({ ESA_KEY_PATH: file('key', first[1]) })).toBe(was);
    delete settings['ESA_AUTHORIZATION_SECRET_ARN'];
    expect(await revision({ ESA_AUTHORIZATION: 'Basic one' })).toBe(await revision({ ESA_AUTHORIZATION: 'Basic two' }));
  });
});

/** Makes a private key in two forms. */
function keyPair(): readonly [pkcs8: string, sec1: string] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const as = (type: 'pkcs8' | 'sec1') => String(privateKey.export({ type, format: 'pem' }));
  return [as('pkcs8'), as('sec1')];
}
