import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type AsnType, Constructed, fromBER } from 'asn1js';
import { type BerElement, berElements, derElement, derNumber, octetsOf, TAG } from '../../../lib/transparency/ber.ts';
import { parseCertificates, verifyTimestamp } from '../../../lib/transparency/timestamp.ts';
import { timestampRequest, tokenOfReply } from '../../../lib/transparency/timestamp-exchange.ts';
import { localAuthority } from '../../support/local-authority.ts';
import { CLEAN } from '../../support/rewritten-log.ts';
import { timestampFile } from '../../support/timestamps.ts';

const CHECKPOINT = CLEAN.get('checkpoints/005')!;
const TIME = 1_800_001_502;
/** The nonce in request.tsq. */
const NONCE = Buffer.from('2ec335a88f9fe211', 'hex');
const MALFORMED = expect.objectContaining({ code: 'LOG_MALFORMED' });
const GRANTED = timestampFile('granted.tsr');
/** The token of that reply, and the same with another type in the place of its message digest. */
const TOKEN = berElements(berElements(GRANTED)[0]!.content)[1]!.bytes;
const WITHOUT_DIGEST = Buffer.from(
  Buffer.from(TOKEN).toString('hex').replace('06092a864886f70d010904', '06092a864886f70d010905'),
  'hex',
);
const ROOT = parseCertificates(timestampFile('root.pem').toString('latin1'));
const TOKENS = readdirSync(new URL('../../vectors/timestamps/tokens/', import.meta.url));

/** An element that ends with two zeros, so that its length need not be known. */
const open = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);

/** The token of that reply, with its signer so many times. */
function tokenWithSigners(count: number): Uint8Array {
  const [contentType, content] = berElements(berElements(TOKEN)[0]!.content);
  const parts = berElements(berElements(content!.content)[0]!.content);
  const signers = parts.at(-1)!;
  const others = parts.slice(0, -1).map(({ bytes }) => bytes);
  const repeated = open(signers.tag, ...Array.from({ length: count }, () => signers.content));
  return open(TAG.sequence, contentType!.bytes, open(content!.tag, open(TAG.sequence, ...others, repeated)));
}

/** A reply with this token. */
function replyWith(token: Uint8Array, status = 0): Uint8Array {
  const about = derElement(TAG.sequence, derElement(TAG.integer, Uint8Array.of(status)));
  const content = Buffer.concat([about, token]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  return Buffer.concat([Uint8Array.of(TAG.sequence, 0x82), length, content]);
}

describe('the exchange with an authority', () => {
  test('asks as openssl does, byte for byte', () => {
    expect(Buffer.from(timestampRequest(CHECKPOINT, NONCE))).toEqual(timestampFile('request.tsq'));
  });

  test('writes a nonce whose first bit is 1 as a positive number', () => {
    const request = Buffer.from(timestampRequest(CHECKPOINT, Buffer.from('8000000000000001', 'hex')));
    expect(request.toString('hex')).toContain('0209008000000000000001');
  });

  test('keeps the token of the reply', async () => {
    const token = tokenOfReply(GRANTED, CHECKPOINT, NONCE);
    expect(GRANTED.includes(Buffer.from(token))).toBe(true);
    expect(await verifyTimestamp(token, CHECKPOINT, ROOT)).toEqual({ time: TIME });
  });

  test.each([
    ['to another request', GRANTED, CHECKPOINT, Buffer.alloc(8, 1), MALFORMED],
    ['of other bytes', GRANTED, Buffer.from('x'), NONCE, MALFORMED],
    ['that is HTML', Buffer.from('<html>'), CHECKPOINT, NONCE, MALFORMED],
    ['that is empty', Buffer.alloc(0), CHECKPOINT, NONCE, MALFORMED],
    ['that is huge', Buffer.alloc(300_000, 0x30), CHECKPOINT, NONCE, MALFORMED],
    [
      'that refuses',
      timestampFile('refused.tsr'),
      CHECKPOINT,
      NONCE,
      expect.objectContaining({ code: 'LOG_TIMESTAMP_REFUSED' }),
    ],
    [
      'that refuses, with a token',
      replyWith(TOKEN, 2),
      CHECKPOINT,
      NONCE,
      expect.objectContaining({ code: 'LOG_TIMESTAMP_REFUSED', message: expect.stringContaining('status 2') }),
    ],
    ['whose signature covers no digest', replyWith(WITHOUT_DIGEST), CHECKPOINT, NONCE, MALFORMED],
    ['with something behind it', Buffer.concat([GRANTED, Buffer.from('0500', 'hex')]), CHECKPOINT, NONCE, MALFORMED],
    ['that is cut off', GRANTED.subarray(0, -1), CHECKPOINT, NONCE, MALFORMED],
  ])('refuses a reply %s', (_, reply, message, nonce, error) => {
    expect(() => tokenOfReply(reply, message, nonce)).toThrow(error);
  });

  test('keeps the token of an authority whose content is in parts', async () => {
    const authority = await localAuthority(() => 1000 * TIME);
    const token = tokenOfReply(await authority.ask(timestampRequest(CHECKPOINT, NONCE)), CHECKPOINT, NONCE);
    expect(await verifyTimestamp(token, CHECKPOINT, [authority.certificate])).toEqual({ time: TIME });
  });

  test('takes a token that is granted with modifications', () => {
    expect(tokenOfReply(replyWith(TOKEN, 1), CHECKPOINT, NONCE)).toEqual(Uint8Array.from(TOKEN));
  });

  test('takes a token of one signer, and of no other number', () => {
    const [one, ...wrong] = [1, 0, 2].map((count) => tokenWithSigners(count));
    expect(tokenOfReply(replyWith(one!), CHECKPOINT, NONCE)).toEqual(Uint8Array.from(one!));
    for (const token of wrong) {
      expect(() => tokenOfReply(replyWith(token), CHECKPOINT, NONCE)).toThrow(
        expect.objectContaining({ code: 'LOG_MALFORMED', message: expect.stringMatching(/must have one signer/) }),
      );
    }
  });

  test.each([
    ['without-certificates', /has no certificate/],
    ['without-attributes', /must cover its type and its digest/],
    ['signed-data-of-another-type', /must have one signer and its time/],
    ['imprint-of-sha-512', /not of the bytes that were sent/],
  ])('refuses a token that no verifier takes: %s', (name, says) => {
    const reply = replyWith(timestampFile(`tokens/${name}`));
    expect(() => tokenOfReply(reply, CHECKPOINT, NONCE)).toThrow(
      expect.objectContaining({ code: 'LOG_MALFORMED', message: expect.stringMatching(says) }),
    );
  });
});

/** Tags and contents, as deep as values are constructed. */
const shapeOf = ({ tag, content }: BerElement): unknown =>
  (tag & 0x20) === 0 ? [tag, Buffer.from(content).toString('hex')] : [tag, berElements(content).map(shapeOf)];

/** The same by the library of the verifier. */
function shapeBy(value: AsnType): unknown {
  const { tagClass, isConstructed, tagNumber } = value.idBlock;
  const tag = ((tagClass - 1) << 6) | (isConstructed ? 0x20 : 0) | tagNumber;
  if (value instanceof Constructed) return [tag, value.valueBlock.value.map(shapeBy)];
  const bytes = Buffer.from(value.valueBeforeDecodeView);
  return [tag, bytes.subarray(value.idBlock.blockLength + value.lenBlock.blockLength).toString('hex')];
}

describe('BER', () => {
  test.each(TOKENS)('is split as the library of the verifier splits it: %s', (name) => {
    const bytes = timestampFile(`tokens/${name}`);
    expect(berElements(bytes).map(shapeOf)).toEqual([shapeBy(fromBER(Uint8Array.from(bytes).buffer).result)]);
  });

  test.each([
    ['an indefinite length without an end', '30800500'],
    ['an indefinite length of a value that is not constructed', '04800000'],
    ['33 indefinite lengths within one another', `${'3080'.repeat(34)}${'0000'.repeat(34)}`],
    ['a length of four bytes', '3084000000020500'],
    ['a length beyond the end', '30030500'],
    ['a tag of several octets', '1f0100'],
    ['a tag alone', '30'],
    ['a length that is cut off', '308201'],
  ])('does not have %s', (_, hex) => {
    expect(() => berElements(Buffer.from(hex, 'hex'))).toThrow(MALFORMED);
  });

  test.each([
    ['indefinite lengths', '30800500a080310000000201000000'],
    ['a length in two bytes that would do in one', '308100'],
    ['32 indefinite lengths within one', `${'3080'.repeat(33)}${'0000'.repeat(33)}`],
  ])('is split as the library of the verifier splits it: %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(berElements(bytes).map(shapeOf)).toEqual([shapeBy(fromBER(Uint8Array.from(bytes).buffer).result)]);
  });

  test.each([
    ['04020102', '0102'],
    ['2406040101040102', '0102'],
    ['24050401010500', undefined],
    ['2400', undefined],
    ['0500', undefined],
  ])('has octets in one piece or in parts: %s', (hex, octets) => {
    const [element] = berElements(Buffer.from(hex, 'hex'));
    const found = octetsOf(element!);
    expect(found && Buffer.from(found).toString('hex')).toBe(octets);
  });

  test.each([
    ['00', '00'],
    ['0000', '00'],
    ['7f', '7f'],
    ['0080', '0080'],
    ['80', '0080'],
    ['00ff01', '00ff01'],
  ])('writes the number %s as %s', (bytes, content) => {
    const element = derElement(TAG.integer, derNumber(Buffer.from(bytes, 'hex')));
    expect(Buffer.from(berElements(element)[0]!.content).toString('hex')).toBe(content);
  });
});
