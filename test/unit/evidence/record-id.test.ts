import { describe, expect, test } from '@jest/globals';
import { parseRecordId, readLeaf, recordId } from '../../../lib/evidence/record-id.ts';
import { chainLines } from '../../support/chain-lines.ts';

describe('the id of a record', () => {
  test('is its chain and its number', async () => {
    const [, second = ''] = await chainLines('env:a', 2);
    const id = recordId(readLeaf(Buffer.from(second))!);
    expect(id).toBe('env:a:2');
    expect(parseRecordId(id)).toEqual({ chainId: 'env:a', sequence: 2 });
  });

  test.each([
    ['a:1', 'a', 1],
    ['a:19', 'a', 19],
    ['2026/11/21/[7]0123:10', '2026/11/21/[7]0123', 10],
    ['a\nb:3', 'a\nb', 3],
  ])('is read from %j', (text, chainId, sequence) => {
    expect(parseRecordId(text)).toEqual({ chainId, sequence });
  });

  test.each(['', 'a', 'a:', ':1', 'a:0', 'a:01', 'a:-1', 'a:1.5', 'a:x', 'a:1 '])('is not read from %j', (text) => {
    expect(parseRecordId(text)).toBeUndefined();
  });

  test('is absent for a leaf that is no signed record', () => {
    expect(readLeaf(Buffer.from('{"logtype":"Protection"}'))).toBeUndefined();
  });
});
