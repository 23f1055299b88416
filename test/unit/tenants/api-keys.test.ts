import { describe, expect, test } from '@jest/globals';
import { apiKeyDigest, apiKeyOf, isApiKey, isStrongApiKey } from '../../../lib/tenants/api-keys.ts';
import { API_KEY } from '../../support/tenants.ts';

const keys = (...texts: string[]) => ({
  apiKeys: texts.map((text, i) => ({ id: `k${i}`, digest: apiKeyDigest(text) })),
});

describe('an API key', () => {
  test.each<[string, string[], string, boolean]>([
    ['the only one', ['a'], 'a', true],
    ['the first of several', ['a', 'b', 'c'], 'a', true],
    ['the last of several', ['a', 'b', 'c'], 'c', true],
    ['none of several', ['a', 'b', 'c'], 'd', false],
    ['an empty text', ['a'], '', false],
    ['a beginning of one', ['abc'], 'ab', false],
    ['the digest of one', ['a'], apiKeyDigest('a').toString('base64'), false],
    ['anything where there is none', [], 'a', false],
  ])('%s is accepted only when it is listed', (_, listed, presented, expected) => {
    expect(isApiKey(keys(...listed), presented)).toBe(expected);
  });

  test('is compared with every key, also after a match', () => {
    const looked: number[] = [];
    const apiKeys = ['a', 'b', 'c'].map((text, i) => ({
      id: text,
      get digest() {
        looked.push(i);
        return apiKeyDigest(text);
      },
    }));
    expect(isApiKey({ apiKeys }, 'a')).toBe(true);
    expect(new Set(looked)).toEqual(new Set([0, 1, 2]));
  });

  test.each<[string, string, boolean]>([
    ['32 bytes in base64url', API_KEY, true],
    ['the same in base64', Buffer.from(API_KEY, 'base64url').toString('base64'), true],
    ['the same in hexadecimal', Buffer.from(API_KEY, 'base64url').toString('hex'), true],
    ['31 bytes', Buffer.from(API_KEY, 'base64url').subarray(1).toString('base64url'), false],
    ['one byte again and again', 'A'.repeat(64), false],
    ['a short pattern again and again', 'deadbeef'.repeat(8), false],
    ['a sentence', 'correct horse battery staple and some more words', false],
    ['an empty text', '', false],
  ])('is checked for strength: %s', (_, text, expected) => {
    expect(isStrongApiKey(text)).toBe(expected);
  });

  test('is strong when the service makes it', () => {
    const made = apiKeyOf((size) => Uint8Array.from({ length: size }, (_, i) => i * 7));
    expect([made.length, isStrongApiKey(made)]).toEqual([44, true]);
  });
});
