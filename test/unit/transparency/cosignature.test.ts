import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { formatAddCheckpoint, parseAddCheckpoint } from '../../../lib/transparency/add-checkpoint.ts';
import { cosign, parseWitnessKey, verifyCosignatures, witnessKey } from '../../../lib/transparency/cosignature.ts';
import { formatSignatures, parseNote } from '../../../lib/transparency/note.ts';
import { fixedSigner } from '../../support/log.ts';

interface Vector {
  readonly seed: string;
  readonly name: string;
  readonly verifierKey: string;
  readonly checkpoint: string;
  readonly line: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/witness/cosignatures.json', import.meta.url), 'utf8'),
);
const MALFORMED = expect.objectContaining({ code: 'LOG_MALFORMED' });
const MADE_AT = 1_795_940_163;

const noteOf = ({ checkpoint, line }: Vector) => parseNote(Buffer.from(`${checkpoint}\n${line}`));

describe('a cosignature of another implementation', () => {
  test.each(vectors)('of $name verifies, with its time', async (vector) => {
    const key = parseWitnessKey(vector.verifierKey);
    expect(await verifyCosignatures(noteOf(vector), [key])).toEqual({ valid: [{ key, time: MADE_AT }], wrong: [] });
  });

  test.each(vectors)('of $name is what we sign with the same key at the same time', async (vector) => {
    const signer = fixedSigner(Number.parseInt(vector.seed.slice(0, 2), 16));
    const key = witnessKey(vector.name, signer.publicKey);
    expect(key.verifierKey).toBe(vector.verifierKey);
    expect(formatSignatures([await cosign(vector.checkpoint, MADE_AT, signer, key)])).toBe(vector.line);
  });

  test.each([
    ['another checkpoint', { checkpoint: vectors[0]!.checkpoint.replace('20852163', '20852164') }],
    ['another time', { line: vectors[0]!.line.replace('AAAAABrC99D', 'AAAAABrC99E') }],
    ['another length', { line: '\u2014 witness.example.com/w1 ydHj0AAAAABrC99D\n' }],
    ['a time beyond 2^53', { line: vectors[0]!.line.replace('0AAAAABr', '0P////9r') }],
  ])('of %s is wrong', async (_, change) => {
    const vector = { ...vectors[0]!, ...change };
    const key = parseWitnessKey(vector.verifierKey);
    expect(noteOf(vector).signatures[0]?.id).toBe(key.id);
    expect(await verifyCosignatures(noteOf(vector), [key])).toEqual({ valid: [], wrong: [key] });
  });

  test('of an unknown witness is neither valid nor wrong', async () => {
    const [first, second] = vectors;
    expect(await verifyCosignatures(noteOf(first!), [parseWitnessKey(second!.verifierKey)])).toEqual({
      valid: [],
      wrong: [],
    });
  });
});

describe('the key of a witness', () => {
  const { verifierKey } = vectors[0]!;
  test.each([
    ['another id', verifierKey.replace('c9d1e3d0', 'c9d1e3d1')],
    ['the type of a log', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a key that is too short', verifierKey.slice(0, -8)],
  ])('with %s is malformed', (_, text) => {
    expect(() => parseWitnessKey(text)).toThrow(MALFORMED);
  });

  test('cannot be of ECDSA, which cosignatures do not know', () => {
    expect(() => witnessKey('w', { algorithm: 'ecdsa-p256', spki: fixedSigner().publicKey.spki })).toThrow(MALFORMED);
  });
});

/** The example of C2SP tlog-witness. */
const EXAMPLE = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;

describe('a request to add a checkpoint', () => {
  test('of the specification is read, and written as it was', () => {
    const { old, proof, note } = parseAddCheckpoint(Buffer.from(EXAMPLE));
    expect([old, proof.length, note.signatures.length]).toEqual([20_852_014, 4, 2]);
    expect(formatAddCheckpoint({ old, proof }, EXAMPLE.split('\n\n').slice(1).join('\n\n'))).toBe(EXAMPLE);
  });

  test.each([
    ['nothing', ''],
    ['no old size', EXAMPLE.replace('old ', 'new ')],
    ['a leading zero', EXAMPLE.replace('old 2', 'old 02')],
    ['a negative size', EXAMPLE.replace('old 2', 'old -2')],
    [
      'a hash of 31 bytes',
      EXAMPLE.replace('PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=', Buffer.alloc(31).toString('base64')),
    ],
    ['64 hashes', EXAMPLE.replace('\n\n', `\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(60)}\n`)],
    ['no checkpoint', EXAMPLE.split('\n\n')[0]!],
    ['a checkpoint without a signature', EXAMPLE.slice(0, EXAMPLE.indexOf('\u2014'))],
  ])('with %s is malformed', (_, text) => {
    expect(() => parseAddCheckpoint(Buffer.from(text))).toThrow(MALFORMED);
  });
});
