import { describe, expect, test } from '@jest/globals';
import { checkpointText, parseCheckpoint } from '../../../lib/transparency/checkpoint.ts';
import { grow, EMPTY_TREE } from '../../../lib/transparency/growth.ts';
import { formatNote, noteKey, parseNote, parseVerifierKey, verifyNote } from '../../../lib/transparency/note.ts';
import { TileHashes } from '../../../lib/transparency/tile-hashes.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../../lib/transparency/tlog-proof.ts';
import { signCheckpoint } from '../../../lib/transparency/checkpoint.ts';
import { fixedSigner, ORIGIN } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const MALFORMED = expect.objectContaining({ code: 'LOG_MALFORMED' });

/** The example of C2SP signed-note. */
const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE = `This is an example message.

\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
/** Public keys of two logs in use that sign with ECDSA, in the form that transparency-dev's formats library reads. */
const ECDSA_KEYS = [
  'rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=',
  'pixel6_transparency_log+91c16e30+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN+4x0Jk1yTwvLFI9A4NDdGZcX0aiWVdWM5XJVy0M4VWD3AvyW5Q6Hs9A0mcDkpUoYgn+KKPNzFC0H3nN3q6JQ8=',
];

describe('the note format', () => {
  test('verifies the example of the specification with its key', async () => {
    const key = parseVerifierKey(EXAMPLE_KEY);
    const note = parseNote(bytes(EXAMPLE));
    expect(note.text).toBe('This is an example message.\n');
    expect(await verifyNote(note, [key])).toEqual({ valid: [key], wrong: [] });
    expect(formatNote(note)).toBe(EXAMPLE);
    expect(key.verifierKey).toBe(EXAMPLE_KEY);
  });

  test('rejects the signature of another text, and counts no signature of an unknown key', async () => {
    const key = parseVerifierKey(EXAMPLE_KEY);
    const changed = parseNote(bytes(EXAMPLE.replace('example m', 'other m')));
    expect(await verifyNote(changed, [key])).toEqual({ valid: [], wrong: [key] });
    expect(await verifyNote(changed, [])).toEqual({ valid: [], wrong: [] });
    const renamed = parseNote(bytes(EXAMPLE.replace('\u2014 example.com/foo', '\u2014 example.com/bar')));
    expect(await verifyNote(renamed, [key])).toEqual({ valid: [], wrong: [] });
  });

  test.each(ECDSA_KEYS)('reads and writes an ECDSA key as other logs publish it: %s', (text) => {
    expect(parseVerifierKey(text)).toMatchObject({ algorithm: 'ecdsa-p256', verifierKey: text });
  });

  test.each([
    ['another id', EXAMPLE_KEY.replace('530d903a', '530d903b')],
    ['no id', 'example.com/foo+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['another type', 'example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['a key that is too short', 'example.com/foo+530d903a+AekyeRrm'],
    ['a key that is no base64', `${EXAMPLE_KEY}====`],
    [
      'a point that is compressed',
      'a+00000000+AjA5MBMGByqGSM49AgEGCCqGSM49AwEHAyIAA9+4x0Jk1yTwvLFI9A4NDdGZcX0aiWVdWM5XJVy0M4VW',
    ],
  ])('refuses a key with %s', (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(MALFORMED);
  });

  test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\n'])('refuses the key name %j', (name) => {
    expect(() => noteKey(name, fixedSigner().publicKey)).toThrow(MALFORMED);
  });

  test.each([
    ['no signature', 'text\n\n'],
    ['no empty line', 'text\n\u2014 a AAAAAAA=\n'],
    ['no line feed at its end', EXAMPLE.trimEnd()],
    ['a control character', EXAMPLE.replace('an', '\t')],
    ['a carriage return', EXAMPLE.replaceAll('\n', '\r\n')],
    ['a hyphen for the dash', EXAMPLE.replace('\u2014', '-')],
    ['a signature that is not base64', EXAMPLE.replace('Uw2Q', 'U*2Q')],
    ['a signature of nothing but a key id', 'text\n\n\u2014 a AAAAAA==\n'],
  ])('refuses a note with %s', (_, text) => {
    expect(() => parseNote(bytes(text))).toThrow(MALFORMED);
  });

  test('refuses a note that is not UTF-8 or has no end', () => {
    expect(() => parseNote(Buffer.concat([bytes(EXAMPLE), Uint8Array.of(0xff, 0x0a)]))).toThrow(MALFORMED);
    expect(() => parseNote(Buffer.alloc(100_000, 0x61))).toThrow(MALFORMED);
  });

  test('splits text from signatures at the last empty line', () => {
    expect(parseNote(bytes(`a\n\nb\n${EXAMPLE.slice(EXAMPLE.indexOf('\n\n') + 1)}`)).text).toBe('a\n\nb\n');
  });
});

describe('a checkpoint', () => {
  const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';

  test('of the specification is read, without number and time', () => {
    const checkpoint = parseCheckpoint(`example.com/behind-the-sofa\n20852163\n${ROOT}\n`);
    expect(checkpoint).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
      root: Buffer.from(ROOT, 'base64'),
    });
    expect(checkpointText(checkpoint)).toBe(`example.com/behind-the-sofa\n20852163\n${ROOT}\n`);
  });

  test('keeps its extensions, and skips unknown ones', () => {
    const text = `o\n3\n${ROOT}\nnumber 7\ntime 1800000000\ndue 1800000600\n`;
    expect(checkpointText(parseCheckpoint(text))).toBe(text);
    expect(parseCheckpoint(`o\n3\n${ROOT}\nother x\nnumber 7\n`)).toMatchObject({ number: 7 });
  });

  test.each([
    ['no origin', `\n3\n${ROOT}\n`],
    ['a leading zero', `o\n03\n${ROOT}\n`],
    ['a sign', `o\n+3\n${ROOT}\n`],
    ['a size that no double holds', `o\n9007199254740993\n${ROOT}\n`],
    ['a short root', 'o\n3\nCsUY\n'],
    ['an empty line', `o\n3\n${ROOT}\n\ntime 3\n`],
    ['a number without digits', `o\n3\n${ROOT}\nnumber x\n`],
    ['two lines', 'o\n3\n'],
  ])('is refused with %s', (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(MALFORMED);
  });
});

describe('a tlog-proof', () => {
  const KEY = noteKey(ORIGIN, fixedSigner().publicKey);
  const ENTRIES = Array.from({ length: 300 }, (_, i) => Buffer.from(`record ${i}`));

  const USE = { key: KEY };

  async function proofOf(index: number, seed = 1, extensions: object = { number: 0, time: 1 }): Promise<string> {
    const { tree, writes } = grow(EMPTY_TREE, ENTRIES);
    const store = new MemoryTileStore(writes.map(({ path, bytes: object }) => [path, object]));
    const head = { origin: ORIGIN, size: 300, root: tree.root, ...extensions };
    const key = noteKey(ORIGIN, fixedSigner(seed).publicKey);
    const checkpoint = await signCheckpoint(head, fixedSigner(seed), key);
    const hashes = await new TileHashes(store, 300).inclusionProof(index);
    return formatTlogProof({ index, hashes, checkpoint, extra: ENTRIES[index]! });
  }

  test.each([0, 255, 256, 299])('proves leaf %i and no other leaf', async (index) => {
    const proof = parseTlogProof(bytes(await proofOf(index)));
    expect(formatTlogProof(proof)).toBe(await proofOf(index));
    expect(await verifyTlogProof(proof, ENTRIES[index]!, [USE])).toEqual({
      checkpoint: expect.objectContaining({ size: 300 }),
    });
    expect(await verifyTlogProof(proof, Buffer.from('x'), [USE])).toMatchObject({ fault: { kind: 'modified' } });
    expect(await verifyTlogProof({ ...proof, index: index ^ 1 }, ENTRIES[index]!, [USE])).toMatchObject({
      fault: { kind: 'modified' },
    });
  });

  test('does not verify under a key outside its time of use, nor without a time under a key with limits', async () => {
    const text = await proofOf(7);
    const proof = parseTlogProof(bytes(text));
    const faultOf = async (use: object, given = proof) =>
      (await verifyTlogProof(given, ENTRIES[7]!, [{ ...USE, ...use }])).fault?.kind;
    const faults = await Promise.all([faultOf({ until: 1 }), faultOf({ until: 0 }), faultOf({ from: 2 })]);
    expect(faults).toEqual([undefined, 'unknown-key', 'unknown-key']);
    const timeless = parseTlogProof(bytes(await proofOf(7, 1, {})));
    expect(await Promise.all([faultOf({}, timeless), faultOf({ until: 1 }, timeless)])).toEqual([
      undefined,
      'unknown-key',
    ]);
  });

  test('does not verify under another key or with another checkpoint text', async () => {
    const proof = parseTlogProof(bytes(await proofOf(7, 2)));
    expect(await verifyTlogProof(proof, ENTRIES[7]!, [USE])).toMatchObject({ fault: { kind: 'unknown-key' } });
    const own = parseTlogProof(bytes((await proofOf(7)).replace('time 1', 'time 2')));
    expect(await verifyTlogProof(own, ENTRIES[7]!, [USE])).toMatchObject({ fault: { kind: 'modified' } });
  });

  test.each([
    ['another header', (text: string) => text.replace('@v1', '@v2')],
    ['no index', (text: string) => text.replace('index 7\n', '')],
    ['an index with a leading zero', (text: string) => text.replace('index 7', 'index 07')],
    ['a hash that is short', (text: string) => text.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\nAAAA\n')],
    ['no checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n'))],
  ])('is refused with %s', async (_, change) => {
    const text = await proofOf(7);
    expect(() => parseTlogProof(bytes(change(text)))).toThrow(MALFORMED);
  });
});
