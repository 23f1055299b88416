import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseCertificates, splitTokens, verifyTimestamp } from '../../../lib/transparency/timestamp.ts';
import { CLEAN } from '../../support/rewritten-log.ts';
import { timestampFile } from '../../support/timestamps.ts';

const CHECKPOINT = CLEAN.get('checkpoints/005')!;
const TOKEN = timestampFile('clean/005');
const TIME = 1_800_001_502;
const MALFORMED = expect.objectContaining({ code: 'LOG_MALFORMED' });

const certificates = (...names: readonly string[]) =>
  names.flatMap((name) => parseCertificates(timestampFile(name).toString('latin1')));
const ROOT = certificates('root.pem');

describe('a timestamp made by openssl ts', () => {
  test.each(['root.pem', 'intermediate.pem', 'authority.pem'])('holds under %s', async (name) => {
    expect(await verifyTimestamp(TOKEN, CHECKPOINT, certificates(name))).toEqual({ time: TIME });
  });

  test('holds under one of several authorities', async () => {
    const both = certificates('other-root.pem', 'root.pem');
    const other = timestampFile('tokens/another-authority');
    expect(await verifyTimestamp(TOKEN, CHECKPOINT, both)).toEqual({ time: TIME });
    expect(await verifyTimestamp(other, CHECKPOINT, both)).toEqual({ time: TIME });
  });

  test('holds where the authority names its certificate by SHA-1, as older ones do', async () => {
    const token = timestampFile('tokens/certificate-named-by-sha-1');
    expect(await verifyTimestamp(token, CHECKPOINT, ROOT)).toEqual({ time: TIME });
  });

  test('is of no other bytes', async () => {
    const other = CLEAN.get('checkpoints/004')!;
    expect(await verifyTimestamp(TOKEN, other, ROOT)).toMatchObject({ fault: 'modified' });
  });

  test.each([
    ['another-authority', 'unknown-key', 'leads to no given authority'],
    ['expired-certificate', 'unknown-key', 'leads to no given authority'],
    ['certificate-for-servers-too', 'unknown-key', 'not for timestamps alone'],
    ['certificate-not-named', 'modified', 'signature'],
    ['signed-with-sha-1', 'modified', 'signature'],
    ['without-certificates', 'malformed', 'no certificate'],
    ['imprint-of-sha-512', 'modified', 'other bytes'],
    ['without-attributes', 'malformed', 'must cover'],
    ['signed-data-of-another-type', 'malformed', 'one signer and its time'],
  ])('is refused: %s', async (name, fault, detail) => {
    const verdict = await verifyTimestamp(timestampFile(`tokens/${name}`), CHECKPOINT, ROOT);
    expect(verdict).toEqual({ fault, detail: expect.stringContaining(detail) });
  });

  test('has no vector that no test reads', () => {
    const names = readdirSync(new URL('../../vectors/timestamps/tokens/', import.meta.url));
    expect(names).toHaveLength(10);
  });

  test('without any given authority is of an unknown one', async () => {
    expect(await verifyTimestamp(TOKEN, CHECKPOINT, [])).toMatchObject({ fault: 'unknown-key' });
  });

  test('by a given certificate that had expired is refused', async () => {
    const token = timestampFile('tokens/expired-certificate');
    const verdict = await verifyTimestamp(token, CHECKPOINT, certificates('expired.pem'));
    expect(verdict).toMatchObject({ fault: 'unknown-key' });
  });
});

describe('stored timestamps', () => {
  test('lie one after another', () => {
    const other = timestampFile('tokens/another-authority');
    expect(splitTokens(Buffer.concat([TOKEN, other])).map((each) => Buffer.from(each))).toEqual([TOKEN, other]);
  });

  test.each([
    ['none', Buffer.alloc(0)],
    ['one that is cut off', TOKEN.subarray(0, -1)],
    ['more than 32', Buffer.concat(Array<Buffer>(33).fill(TOKEN))],
    ['200 kB of zeros', Buffer.alloc(200_000)],
    ['one and a piece', Buffer.concat([TOKEN, TOKEN.subarray(0, 40)])],
    // GeneralizedTime (tag 24) with a text that is no time.
    ['one whose time is none', Buffer.from('180f3230323630313032303330343035ff5a', 'hex').subarray(0, 17)],
  ])('that are %s are malformed', (_, bytes) => {
    expect(() => splitTokens(bytes)).toThrow(MALFORMED);
  });

  test('need certificates in PEM form', () => {
    expect(() => parseCertificates('x')).toThrow(MALFORMED);
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(() => parseCertificates(broken)).toThrow(MALFORMED);
  });
});
