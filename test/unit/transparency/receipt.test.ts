import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { decode, encode, Tagged } from 'cborg';
import { ecdsaFromDer } from '../../../lib/crypto/verify-signature.ts';
import { checkReceipt, receiptOfRecord } from '../../../lib/evidence/receipt.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { parseNote } from '../../../lib/transparency/note.ts';
import type { CheckpointSigner } from '../../../lib/transparency/ports.ts';
import { parseReceipt } from '../../../lib/transparency/receipt.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog, fixedSigner, ORIGIN } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const NOW = 1_800_000_100;
const KEYS = fixedKeys();
const MALFORMED = { code: 'LOG_MALFORMED' };
const TAGS = { useMaps: true, tags: Tagged.preserve(18) } as const;

const lines = await chainLines('environment', 7);
const store = new MemoryTileStore();
await new Sealer(fixedLog(store), store).seal(lines);

async function receipt(index = 3, signer: CheckpointSigner = fixedSigner()): Promise<Uint8Array> {
  return (await receiptOfRecord({ reader: store, keys: KEYS, signer, time: NOW }, index))!.bytes;
}

/** The four parts of a receipt. */
function partsOf(bytes: Uint8Array): unknown[] {
  return (decode(bytes, TAGS) as Tagged).value as unknown[];
}

function changed(bytes: Uint8Array, change: (parts: unknown[]) => void): Uint8Array {
  const parts = partsOf(bytes);
  change(parts);
  return encode(new Tagged(18, parts));
}

describe('a receipt of a record', () => {
  test('has the form of RFC 9942', async () => {
    const [header, unprotected, payload, signature] = partsOf(await receipt());
    expect(decode(header as Uint8Array, TAGS)).toEqual(
      new Map<number, unknown>([
        [1, -8],
        [4, Uint8Array.from(Buffer.from(KEYS.checkpointKeys[0]!.key.id, 'hex'))],
        [
          15,
          new Map<number, unknown>([
            [1, ORIGIN],
            [6, NOW],
          ]),
        ],
        [395, 1],
      ]),
    );
    const proofs = (unprotected as Map<number, Map<number, Uint8Array[]>>).get(396)!.get(-1)!;
    expect(proofs.map((proof) => decode(proof))).toEqual([
      [7, 3, [expect.any(Uint8Array), expect.anything(), expect.anything()]],
    ]);
    expect([payload, (signature as Uint8Array).length]).toEqual([null, 64]);
  });

  test.each([0, 3, 6])('proves leaf %i', async (index) => {
    const checked = await checkReceipt(await receipt(index), KEYS);
    expect(checked).toEqual({
      index,
      size: 7,
      origin: ORIGIN,
      time: NOW,
      record: lines[index],
      checksum: 'not checked',
    });
  });

  test('is the same bytes each time', async () => {
    expect(await receipt()).toEqual(await receipt());
  });

  test('does not hold while it is of a time that has not come', async () => {
    const bytes = await receipt();
    expect((await checkReceipt(bytes, KEYS, { now: NOW - 300 })).fault).toBeUndefined();
    expect(await checkReceipt(bytes, KEYS, { now: NOW - 301 })).toMatchObject({ fault: { kind: 'later-than-now' } });
  });

  test('does not hold under another key, or outside the time of its key', async () => {
    const bytes = await receipt();
    expect(await checkReceipt(bytes, fixedKeys(2))).toMatchObject({ fault: { kind: 'unknown-key' } });
    const retired = { ...KEYS, checkpointKeys: KEYS.checkpointKeys.map((use) => ({ ...use, until: NOW - 1 })) };
    expect(await checkReceipt(bytes, retired)).toMatchObject({ fault: { kind: 'unknown-key' } });
  });

  test.each<[string, (parts: unknown[]) => void]>([
    ['entry', (parts) => void (parts[1] as Map<string, Uint8Array>).set('entry', Buffer.from('x'))],
    ['signature', (parts) => void ((parts[3] as Uint8Array)[9]! ^= 1)],
    ['time', (parts) => void ((parts[0] as Uint8Array)[(parts[0] as Uint8Array).length - 5]! ^= 1)],
    [
      'place',
      (parts) => {
        const [size, , path] = decode(
          (parts[1] as Map<number, Map<number, Uint8Array[]>>).get(396)!.get(-1)![0]!,
        ) as unknown[];
        (parts[1] as Map<number, unknown>).set(396, new Map([[-1, [encode([size, 2, path])]]]));
      },
    ],
  ])('does not hold with another %s', async (_, change) => {
    expect(await checkReceipt(changed(await receipt(), change), KEYS)).toMatchObject({ fault: { kind: 'modified' } });
  });

  test.each<[string, (parts: unknown[]) => void]>([
    ['an attached payload', (parts) => void (parts[2] = new Uint8Array(32))],
    ['no proof', (parts) => void (parts[1] as Map<number, unknown>).delete(396)],
    ['no entry', (parts) => void (parts[1] as Map<string, unknown>).delete('entry')],
    ['no signature', (parts) => void parts.pop()],
    ['a fifth part', (parts) => void parts.push(null)],
    ['a header that is no map', (parts) => void (parts[0] = encode(1))],
    ['a header without members', (parts) => void (parts[0] = encode(new Map()))],
  ])('is refused with %s', async (_, change) => {
    await expect(checkReceipt(changed(await receipt(), change), KEYS)).rejects.toMatchObject(MALFORMED);
  });

  test('is refused when its bytes are cut, longer, of another tag, or no CBOR', async () => {
    const bytes = await receipt();
    const wrong = [bytes.subarray(0, -1), Buffer.concat([bytes, bytes]), encode(partsOf(bytes)), Buffer.from('x\n')];
    for (const each of [...wrong, new Uint8Array(0), new Uint8Array(200_000)]) {
      expect(() => parseReceipt(each)).toThrow(expect.objectContaining(MALFORMED));
    }
  });

  test('needs a key that the key list has in use', async () => {
    await expect(receipt(3, fixedSigner(2))).rejects.toMatchObject({ code: 'LOG_KEY_UNKNOWN' });
    const later = { ...KEYS, checkpointKeys: KEYS.checkpointKeys.map((use) => ({ ...use, from: NOW + 1 })) };
    const early = receiptOfRecord({ reader: store, keys: later, signer: fixedSigner(), time: NOW }, 3);
    await expect(early).rejects.toMatchObject({ code: 'LOG_KEY_UNKNOWN' });
  });

  test('is not given out when the signature of the signer does not verify', async () => {
    const signer = { ...fixedSigner(), sign: () => Promise.resolve(new Uint8Array(64)) };
    await expect(receipt(3, signer)).rejects.toMatchObject({ code: 'LOG_SIGNER_REFUSED' });
  });

  test('of a record that is not in the log is none', async () => {
    expect(await receiptOfRecord({ reader: store, keys: KEYS, signer: fixedSigner(), time: NOW }, 7)).toBeUndefined();
  });

  test('is signed over bytes that no checkpoint can have', async () => {
    const messages: Uint8Array[] = [];
    const signer = fixedSigner();
    const noting = (message: Uint8Array): Promise<Uint8Array> => {
      messages.push(message);
      return signer.sign(message);
    };
    await receipt(3, { ...signer, sign: noting });
    const note = Buffer.concat([messages[0]!, Buffer.from('\n\n— x AAAAAAAA\n')]);
    expect(() => parseNote(note)).toThrow(expect.objectContaining(MALFORMED));
  });
});

describe('an ECDSA signature in DER', () => {
  test('becomes two numbers of 32 bytes', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    for (let i = 0; i < 300; i++) {
      const der = sign('sha256', Buffer.from([i]), privateKey);
      const raw = ecdsaFromDer(der)!;
      const numbers = [raw.subarray(0, 32), raw.subarray(32)].map((each) =>
        BigInt(`0x${Buffer.from(each).toString('hex')}`),
      );
      let at = 4;
      for (const [n, number] of numbers.entries()) {
        const length = der[at - 1]!;
        expect([n, BigInt(`0x${der.subarray(at, at + length).toString('hex')}`)]).toEqual([n, number]);
        at += length + 2;
      }
    }
  });

  test.each([
    ['is empty', ''],
    ['is cut', '3006020101020'],
    ['is longer than it says', '300602010102010101'],
    ['has a negative number', '3006020181020101'],
    ['has a superfluous zero', '300702020001020101'],
    ['has an empty number', '30050200020101'],
    ['has another type', '3006040101020101'],
    ['has a number of 33 bytes', `3026022101${'00'.repeat(32)}020101`],
  ])('that %s is none', (_, hex) => {
    expect(ecdsaFromDer(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});
