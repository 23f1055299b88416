import { createCipheriv } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import { decryptField, encryptField, isCiphertext } from '../../../lib/client/document.ts';
import { decryptPieces, encryptPieces } from '../../../lib/client/document-stream.ts';

const key = (fill = 7) => new Secret(new Uint8Array(32).fill(fill));
const invalid = expect.objectContaining({ code: 'INVALID_ENCRYPTED_DOCUMENT', serviceCode: 900 });
const failed = expect.objectContaining({ code: 'DOCUMENT_DECRYPT_FAILED', serviceCode: 902 });

function gcm(plaintext: Uint8Array, iv: Buffer): { readonly text: Buffer; readonly tag: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', key().expose(), iv);
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { text, tag: cipher.getAuthTag() };
}

/** A field, written out by the description of the format. */
function written(tenantId: string, plaintext: Buffer): Buffer {
  const [headerIv, iv] = [Buffer.alloc(12, 1), Buffer.alloc(12, 2)];
  const tenant = Buffer.concat([Buffer.from([0x0a, tenantId.length]), Buffer.from(tenantId)]);
  const header = Buffer.concat([
    Buffer.from([0x0a, 28]),
    headerIv,
    gcm(tenant, headerIv).tag,
    Buffer.from([0x1a, tenant.length]),
    tenant,
  ]);
  const { text, tag } = gcm(plaintext, iv);
  return Buffer.concat([Buffer.from([3, 0x49, 0x52, 0x4f, 0x4e, 0, header.length]), header, iv, text, tag]);
}

const collect = (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => buffer(Readable.from(pieces));
const cut = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('an encrypted field', () => {
  test.each([0, 1, 15, 16, 17, 10_000])('of %d bytes decrypts to its plaintext, and differs each time', (length) => {
    const plaintext = Buffer.alloc(length, 'x');
    const [one, other] = [encryptField(key(), 'acme', plaintext), encryptField(key(), 'acme', plaintext)];
    expect(decryptField(key(), one)).toEqual(plaintext);
    expect(one.equals(other)).toBe(false);
    expect(isCiphertext(one)).toBe(true);
  });

  test('that another program wrote by the same description is decrypted', () => {
    expect(decryptField(key(), written('acme', Buffer.from('Jim Bridger'))).toString()).toBe('Jim Bridger');
  });

  test('has the tenant in its header, however long its name is', () => {
    const tenantId = '租'.repeat(256);
    const field = encryptField(key(), tenantId, Buffer.from('x'));
    expect(field.includes(Buffer.from(tenantId))).toBe(true);
    expect(decryptField(key(), field).toString()).toBe('x');
  });

  test('of an earlier client, without a header, is decrypted', () => {
    const iv = Buffer.alloc(12, 9);
    const { text, tag } = gcm(Buffer.from('old'), iv);
    const field = Buffer.concat([Buffer.from([3, 0x49, 0x52, 0x4f, 0x4e, 0, 0]), iv, text, tag]);
    expect(decryptField(key(), field).toString()).toBe('old');
  });

  test('is refused when any of its bytes is altered', () => {
    const field = written('acme', Buffer.from('Jim Bridger'));
    for (let at = 0; at < field.length; at++) {
      const altered = Buffer.from(field);
      altered[at]! ^= 1;
      expect(() => decryptField(key(), altered)).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^(INVALID_ENCRYPTED_DOCUMENT|DOCUMENT_DECRYPT_FAILED)$/),
        }),
      );
    }
  });

  test('is refused when it is cut off anywhere', () => {
    const field = written('acme', Buffer.from('x'));
    for (let length = 0; length < field.length; length++) {
      expect(() => decryptField(key(), field.subarray(0, length))).toThrow(/no encrypted document|cannot be decrypted/);
    }
  });

  test.each([
    ['under another key', encryptField(key(8), 'acme', Buffer.from('x')), failed],
    ['that is not encrypted', Buffer.from('Jim Bridger of Bozeman'), invalid],
    ['of another version', Buffer.concat([Buffer.from([4]), written('acme', Buffer.from('x')).subarray(1)]), invalid],
    ['whose header is of another product', headed(Buffer.from([0x12, 2, 0x0a, 0])), invalid],
    ['whose header has another wire type', headed(Buffer.from([0x08, 1])), invalid],
    ['whose header ends inside of a number', headed(Buffer.from([0x1a, 0x80])), invalid],
    ['whose header names more bytes than it has', headed(Buffer.from([0x1a, 9, 0])), invalid],
    ['whose signature is too short', headed(Buffer.from([0x0a, 1, 0, 0x1a, 0])), invalid],
  ])('%s is refused', (_, field, refused) => {
    expect(() => decryptField(key(), field)).toThrow(refused);
  });

  test('is not encrypted twice', () => {
    const refused = expect.objectContaining({ code: 'DOCUMENT_ENCRYPT_FAILED', serviceCode: 901 });
    expect(() => encryptField(key(), 'acme', encryptField(key(), 'acme', Buffer.from('x')))).toThrow(refused);
  });
});

function headed(header: Buffer): Buffer {
  return Buffer.concat([Buffer.from([3, 0x49, 0x52, 0x4f, 0x4e, 0, header.length]), header, Buffer.alloc(40)]);
}

describe('a stream', () => {
  test.each([1, 7, 16, 40, 1000])(
    'in pieces of %d bytes has the format of a field, in both directions',
    async (size) => {
      for (const plaintext of ['', 'x', 'Jim Bridger', 'x'.repeat(300)].map((text) => Buffer.from(text))) {
        const encrypted = await collect(encryptPieces(key(), 'acme', cut(plaintext, size)));
        expect(decryptField(key(), encrypted)).toEqual(plaintext);
        expect(await collect(decryptPieces(key(), cut(written('acme', plaintext), size)))).toEqual(plaintext);
      }
    },
  );

  test.each([
    ['altered', () => written('acme', Buffer.from('x'.repeat(99))).fill(0, 80, 90), failed],
    ['under another key', () => encryptField(key(8), 'acme', Buffer.from('x')), failed],
    ['cut off', () => written('acme', Buffer.from('x'.repeat(99))).subarray(0, -1), failed],
    ['cut off in its tag', () => written('acme', Buffer.from('')).subarray(0, -1), invalid],
    ['cut off in its head', () => written('acme', Buffer.from('x')).subarray(0, 20), invalid],
    ['not encrypted', () => Buffer.from('Jim Bridger of Bozeman'), invalid],
    ['empty', () => Buffer.alloc(0), invalid],
  ])('that is %s ends with an error', async (_, bytes, refused) => {
    await expect(collect(decryptPieces(key(), cut(bytes(), 10)))).rejects.toEqual(refused);
  });

  test('wipes its key at the end, also when the reader stops or the source fails', async () => {
    const keys = [key(), key(), key()];
    await collect(encryptPieces(keys[0]!, 'acme', [Buffer.from('x')]));
    for await (const _ of encryptPieces(keys[1]!, 'acme', [Buffer.from('x'), Buffer.from('y')])) break;
    await expect(collect(encryptPieces(keys[2]!, 'acme', failingSource()))).rejects.toThrow('source');
    for (const wiped of keys) expect([...wiped.expose()]).toEqual(Array.from({ length: 32 }, () => 0));
  });
});

async function* failingSource(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
  throw new Error('source');
}
