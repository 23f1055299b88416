import { beforeEach, expect, test } from '@jest/globals';
import { authorized } from '../../../functions/runtime/forward/audit-store.ts';
import { openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { SecretError } from '../../../lib/adapters/secrets-manager/secret-text.ts';
import type { Post } from '../../../lib/adapters/http/post.ts';

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
  const read = async (): Promise<string> => {
    reads++;
    return kept();
  };
  post = authorized(server, read, () => nowMs);
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
