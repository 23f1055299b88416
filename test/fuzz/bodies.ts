// node test/fuzz/bodies.ts [--inputs 300000] [--seed N]: scans whole and damaged Snowflake bodies and compares each
// with JSON.parse; writes the columns it read and compares them with JSON.stringify. Ends with 1 at the first
// difference.

import { isUtf8 } from 'node:buffer';
import { parseArgs } from 'node:util';
import { scanBody } from '../../lib/wire/snowflake/scan-body.ts';
import { writeSnowflakeBody } from '../../lib/wire/snowflake/write-body.ts';
import { Random } from './random.ts';

const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } });
const inputs = Number(values.inputs ?? 300_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);

const CHARACTERS = [
  ...Array.from('abcXYZ0189-_ @.,:;[]{}"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080éß€\u2028\ufffd'),
  '😀',
  '\ud800',
  '\udc00',
];
/** Bytes that mean something in JSON, and some that are no UTF-8. */
const BYTES = [
  ...Buffer.from('{}[]":,\\0123456789-+.eEunulltrf "\n\t\r'),
  0x00,
  0x1f,
  0x7f,
  0x80,
  0xc3,
  0xe2,
  0xf0,
  0xff,
];
const GAPS = ['', '', '', ' ', '\n', '\t\r\n '];

const counts = { scanned: 0, left: 0, refused: 0 };

/** A body of the standard shape in the styles of different serialisers. */
function body(random: Random): string {
  const gap = random.pick(GAPS);
  const escape = random.onceIn(4);
  const rows = Array.from({ length: random.between(0, 12) }, (_, row) => {
    const text = random.text(CHARACTERS, random.below(10));
    const value = random.onceIn(8) ? 'null' : JSON.stringify(text);
    const spelled = escape ? value.replaceAll(/(?<!\\)[XYZé]/gu, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : value;
    return `${gap}[${gap}${row}${gap},${gap}${spelled}${gap}]${gap}`;
  });
  return `${gap}{${gap}"data"${gap}:${gap}[${rows.join(',')}]${gap}}${gap}`;
}

function damage(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const inserted = Buffer.from(Array.from({ length: random.below(3) }, () => random.pick(BYTES)));
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + random.below(3))]);
}

/** The column that JSON.parse reads, if the body has the standard shape. */
function parsed(bytes: Buffer): (string | null)[] | undefined {
  try {
    const { data, ...others } = JSON.parse(bytes.toString()) as { data: [number, string | null][] };
    const standard = data.every(
      (row, i) => row.length === 2 && row[0] === i && (row[1] === null || typeof row[1] === 'string'),
    );
    return standard && Object.keys(others).length === 0 ? data.map(([, value]) => value) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns what is wrong with the scanner's result, if anything. */
function check(bytes: Buffer, whole: boolean): string | undefined {
  const scanned = scanBody(bytes)?.cells();
  const expected = parsed(bytes);
  if (scanned === undefined) {
    if (expected === undefined) counts.refused++;
    else counts.left++;
    // The general parser reads bodies without rows. The scanner must take every other undamaged body.
    return whole && expected !== undefined && expected.length > 0
      ? 'a body of the standard shape was not scanned'
      : undefined;
  }
  counts.scanned++;
  if (expected === undefined) return 'the scanner took a body that JSON.parse does not read as a column';
  const same = scanned.length === expected.length && scanned.every((cell, row) => cell === expected[row]);
  if (!same) return 'the scanner and JSON.parse read different columns';
  const written = writeSnowflakeBody(scanBody(bytes)!, undefined);
  const stringified = JSON.stringify({ data: expected.map((value, row) => [row, value]) });
  return written === stringified ? undefined : 'the writer and JSON.stringify write different bodies';
}

const random = new Random(seed);
const from = performance.now();
for (let done = 0; done < inputs && process.exitCode === undefined; done++) {
  const whole = random.onceIn(3);
  const intact = Buffer.from(body(random));
  const bytes = whole ? intact : damage(random, intact);
  // Bodies that are not UTF-8 are refused before the scanner.
  const fault = isUtf8(bytes) ? check(bytes, whole) : undefined;
  if (fault === undefined) continue;
  process.stdout.write(`Seed ${seed}, input ${done}: ${fault}: ${JSON.stringify(bytes.toString('latin1'))}\n`);
  process.exitCode = 1;
}
const seconds = ((performance.now() - from) / 1000).toFixed(1);
process.stdout.write(
  `${inputs} bodies, seed ${seed}: ${counts.scanned} scanned, ${counts.left} left to the parser, ${counts.refused} refused, in ${seconds} s\n`,
);
if (Math.min(counts.scanned, counts.refused) < inputs / 20) {
  process.stdout.write('Too few bodies were scanned or refused: the run proves nothing\n');
  process.exitCode = 1;
}
