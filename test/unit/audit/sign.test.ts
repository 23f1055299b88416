import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createSigner } from '../../../lib/audit/sign.ts';
import { Secret } from '../../../lib/base/secret.ts';

interface Vectors {
  readonly keyHex: string;
  readonly keyId: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly vectors: readonly {
    readonly signature: { key_id: string; chain_id: string; sequence: number };
    readonly cnt: number;
    readonly checksum: string;
  }[];
}

const read: Vectors = JSON.parse(readFileSync(new URL('../../vectors/audit/checksums.json', import.meta.url), 'utf8'));
const secret = () => new Secret(Buffer.from(read.keyHex, 'hex'));

describe('a signer', () => {
  test.each(read.vectors)('gives the published checksum for $signature and $cnt', ({ signature, cnt, checksum }) => {
    const signer = createSigner(read.keyId, secret());
    expect(signer.checksum({ ...read.record, cnt, signature })).toBe(checksum);
  });

  test('leaves out the checksum that a record already has, and nothing else', () => {
    const signer = createSigner(read.keyId, secret());
    const [vector] = read.vectors;
    if (vector === undefined) throw new Error('no vectors');
    const { signature, checksum } = vector;
    expect(signer.checksum({ ...read.record, signature: { ...signature, checksum: 'anything' } })).toBe(checksum);
    const more = { ...signature, checksum, previous: 'more' };
    expect(signer.checksum({ ...read.record, signature: more })).not.toBe(checksum);
  });

  test('shows the first 20 characters of its key id', () => {
    expect(createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', secret()).keyId).toBe('95f5a194-b0a4-4351-a');
  });

  test('goes on signing after its caller destroyed the key', () => {
    const key = secret();
    const signer = createSigner(read.keyId, key);
    key.destroy();
    const [vector] = read.vectors;
    if (vector === undefined) throw new Error('no vectors');
    expect(signer.checksum({ ...read.record, signature: vector.signature })).toBe(vector.checksum);
  });
});
