// A timestamp that is damaged anywhere.
import { describe, expect, test } from '@jest/globals';
import { parseCertificates, verifyTimestamp } from '../../lib/transparency/timestamp.ts';
import { CLEAN } from '../support/rewritten-log.ts';
import { timestampFile } from '../support/timestamps.ts';

const CHECKPOINT = CLEAN.get('checkpoints/005')!;
const TOKEN = timestampFile('clean/005');
const TIME = 1_800_001_502;
const ROOT = parseCertificates(timestampFile('root.pem').toString('latin1'));

describe('a timestamp made by openssl ts', () => {
  test('with any byte changed does not hold at another time', async () => {
    const verdicts: unknown[] = [];
    for (let at = 0; at < TOKEN.length; at += 41) {
      const changed = Uint8Array.from(TOKEN);
      changed[at]! ^= 1 << (at % 8);
      verdicts.push(await verifyTimestamp(changed, CHECKPOINT, ROOT));
    }
    // Few bytes are covered by no signature: version and digest algorithms of the envelope.
    const held = verdicts.filter((verdict) => (verdict as { time?: number }).time !== undefined);
    expect(held.length).toBeLessThan(verdicts.length / 10);
    expect(held.every((verdict) => (verdict as { time: number }).time === TIME)).toBe(true);
  });

  test('cut anywhere is malformed', async () => {
    for (let end = 0; end < TOKEN.length; end += 97) {
      const verdict = await verifyTimestamp(TOKEN.subarray(0, end), CHECKPOINT, ROOT);
      expect(verdict).toMatchObject({ fault: 'malformed' });
    }
  });
});
