import { expect, test } from '@jest/globals';
import { dialectBytes } from '../../../lib/files/csv/dialect.ts';
import { lastRecordEnd } from '../../../lib/files/csv/scan-records.ts';
import { piecesOfRange } from '../../../lib/files/objects/ranges.ts';
import type { SourceObjects } from '../../../lib/files/ports.ts';

const CSV = dialectBytes({
  delimiter: ',',
  quote: '"',
  escape: '"',
  comment: undefined,
  nulls: [],
  skip: 0,
  header: false,
});

/** Cuts the first range of a text; resolves to its rows, and to how many bytes were scanned for their end. */
async function firstRange(text: string, to: number): Promise<{ rows: string; scanned: number }> {
  const body = Buffer.from(text);
  let scanned = 0;
  const source = {
    async *read(_key: string, _tag: string, from: number, until: number) {
      for (let at = from; at < until; at += 64) yield body.subarray(at, Math.min(at + 64, until));
    },
  } as unknown as SourceObjects;
  const object = { key: 'a.csv', tag: 't', size: body.length };
  const rowsEnd = (bytes: Uint8Array, end: number): number => {
    scanned += end;
    return lastRecordEnd(bytes, 0, end, CSV);
  };
  const rows: string[] = [];
  for await (const piece of piecesOfRange(source, object, { from: 0, to, pieceBytes: 1024 }, rowsEnd)) {
    rows.push(Buffer.from(piece.bytes.subarray(0, piece.to)).toString());
  }
  return { rows: rows.join(''), scanned };
}

test('a row of many lines that begins in a range belongs to it, and is scanned a number of times that hardly grows with it', async () => {
  for (const lines of [1, 50, 5_000]) {
    const row = `2,"${'a line of text\n'.repeat(lines)}"\n`;
    // oxlint-disable-next-line no-await-in-loop -- one after another
    const { rows, scanned } = await firstRange(`1,a\n${row}3,b\n4,"c"\n`, 8);
    expect([lines, rows]).toEqual([lines, `1,a\n${row}`]);
    expect(scanned / row.length).toBeLessThan(60);
  }
});

test('a row whose quotes do not close ends with the object', async () => {
  const row = `2,"${'a line of text\n'.repeat(200)}`;
  expect((await firstRange(`1,a\n${row}`, 8)).rows).toBe(`1,a\n${row}`);
});
