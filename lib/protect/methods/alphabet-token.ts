import type { Ff1 } from '../../crypto/ff1.ts';
import { minimumLength } from '../../crypto/ff1-domain.ts';
import type { Column } from '../batch.ts';
import { RefusedError } from '../refusal.ts';
import { ivBytes, MAX_TWEAK, sharedTweak, writeTweak } from '../tweak.ts';
import { type Scan, type ScanRules, scanColumn } from './alphabet-scan.ts';
import { writeSymbols } from './alphabet-write.ts';
import { type ColumnText, cutColumn, joinColumn } from './column-text.ts';
import type { CipherMeter, ColumnResult, Method } from './method.ts';

/** What an alphabet token element needs besides its key. */
export interface AlphabetTokenRules extends ScanRules {
  readonly externalIV: boolean;
}

/** Values that one FF1 call takes together: equal length, equal tweak length. */
interface Group {
  readonly rows: number[];
  readonly length: number;
  readonly tweakLength: number;
}

/**
 * Length-preserving tokens over an alphabet: the characters of the alphabet become others of it, everything else (delimiters,
 * clear left and right parts) stays in place. FF1 with one key for the element; the clear parts and the external IV are the tweak.
 */
export function alphabetToken(ff1: Ff1, rules: AlphabetTokenRules, meter: CipherMeter): Method {
  return {
    protect: (column, externalIv) => transform(ff1, rules, meter, 'encrypt', column, externalIv),
    unprotect: (column, externalIv) => transform(ff1, rules, meter, 'decrypt', column, externalIv),
  };
}

function transform(
  ff1: Ff1,
  rules: AlphabetTokenRules,
  meter: CipherMeter,
  direction: 'encrypt' | 'decrypt',
  column: Column,
  externalIv: string | undefined,
): ColumnResult {
  const iv = ivBytes(externalIv);
  if (iv.length > 0 && !rules.externalIV) throw new RefusedError('IV_NOT_ALLOWED');
  const text = joinColumn(column);
  const scan = scanColumn(text, rules);
  const tweaks = columnTweaks(text, scan, rules, iv);
  const { radix } = rules.symbols;
  const strongLength = minimumLength(radix);
  let weakCount = 0;
  for (const group of groupRows(scan, tweaks)) {
    // Where one group has every symbol there is, they already lie as FF1 wants them.
    const whole = group.rows.length * group.length === scan.numerals.length;
    const numerals = whole ? scan.numerals : gather(scan, group);
    const batch = {
      radix,
      length: group.length,
      numerals,
      tweaks: tweaks.shared ?? gatherTweaks(tweaks.slots, group),
      tweakLength: group.tweakLength,
      acceptSmallDomain: true,
    };
    meter(group.rows.length, () => ff1[direction](batch));
    if (!whole) scatter(numerals, scan, group);
    if (group.length < strongLength) weakCount += group.rows.length;
  }
  return { column: cutColumn(column, writeSymbols(text, scan, rules.symbols)), weakCount };
}

/** Without clear parts one tweak serves the whole column; with them each tokenized row has a slot of `MAX_TWEAK` bytes. */
type ColumnTweaks =
  | { readonly shared: Uint8Array; readonly slots?: undefined; readonly lengths?: undefined }
  | { readonly shared?: undefined; readonly slots: Uint8Array; readonly lengths: Uint8Array };

function columnTweaks(
  { units, ends }: ColumnText,
  { from, to, starts }: Scan,
  rules: AlphabetTokenRules,
  iv: Uint8Array,
): ColumnTweaks {
  if (rules.fromLeft === 0 && rules.fromRight === 0) return { shared: sharedTweak(iv) };
  const rows = ends.length;
  const slots = new Uint8Array(rows * MAX_TWEAK);
  const lengths = new Uint8Array(rows);
  for (let row = 0, rowFrom = 0; row < rows; row++) {
    const rowTo = ends[row]!;
    if (starts[row] !== starts[row + 1]) {
      lengths[row] = writeTweak(slots, row * MAX_TWEAK, units, rowFrom, from[row]!, to[row]!, rowTo, iv);
    }
    rowFrom = rowTo;
  }
  return { slots, lengths };
}

/** The tokenized rows by length and tweak length, each group in row order. */
function groupRows({ starts }: Scan, tweaks: ColumnTweaks): Iterable<Group> {
  const groups = new Map<number, Group>();
  let group: Group | undefined;
  let groupKey = -1;
  for (let row = 0; row < starts.length - 1; row++) {
    const length = starts[row + 1]! - starts[row]!;
    if (length === 0) continue;
    const tweakLength = tweaks.shared?.length ?? tweaks.lengths![row]!;
    const key = length * (MAX_TWEAK + 1) + tweakLength;
    if (group === undefined || key !== groupKey) {
      group = groups.get(key);
      if (group === undefined) {
        group = { rows: [], length, tweakLength };
        groups.set(key, group);
      }
      groupKey = key;
    }
    group.rows.push(row);
  }
  return groups.values();
}

function gather({ numerals, starts }: Scan, { rows, length }: Group): Uint16Array {
  const gathered = new Uint16Array(rows.length * length);
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = starts[rows[i]!]!;
    for (let j = 0; j < length; j++) gathered[to++] = numerals[from + j]!;
  }
  return gathered;
}

function scatter(gathered: Uint16Array, { numerals, starts }: Scan, { rows, length }: Group): void {
  for (let i = 0, from = 0; i < rows.length; i++) {
    const to = starts[rows[i]!]!;
    for (let j = 0; j < length; j++) numerals[to + j] = gathered[from++]!;
  }
}

function gatherTweaks(slots: Uint8Array, { rows, tweakLength }: Group): Uint8Array {
  const gathered = new Uint8Array(rows.length * tweakLength);
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = rows[i]! * MAX_TWEAK;
    for (let j = 0; j < tweakLength; j++) gathered[to++] = slots[from + j]!;
  }
  return gathered;
}
