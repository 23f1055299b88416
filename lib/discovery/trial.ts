// What the engine makes of a sample: an element's own method protects it, under keys that are used for nothing else.
import { withoutStackTraces } from '../base/stackless.ts';
import { traitsOf } from '../policy/element-types.ts';
import { type Bound, describeBound } from '../policy/elements/width.ts';
import { Keyring } from '../policy/keyring.ts';
import type { ElementDefinition } from '../policy/schema.ts';
import { findBadValues } from '../protect/bad-values.ts';
import { type Method, unmetered } from '../protect/methods/method.ts';
import { compileMethod } from '../protect/methods/registry.ts';
import { reasonOf } from '../protect/refusal-text.ts';
import type { Tally } from './column.ts';

/** How many rows the engine refuses for one reason, as `pty_check_…` words it. */
export interface Refused {
  readonly reason: string;
  readonly rows: number;
}

/** Rows of a sample with a value, by what becomes of them. */
export interface Trial {
  readonly rows: number;
  /** The commonest reason first. */
  readonly refused: readonly Refused[];
  /** Values that stay as they are. */
  readonly clear: number;
  /** Values whose domain is below a million. */
  readonly weak: number;
  /** What of each value stays clear, in words. */
  readonly clearParts: readonly string[];
  readonly width: TrialWidth;
}

export interface TrialWidth {
  /** Of the longest value of the sample. */
  readonly value: { readonly bytes: number; readonly characters: number };
  /** Of the longest token that the engine made of the sample. */
  readonly token: { readonly bytes: number; readonly characters: number };
  /** Formulas for a value of n bytes, or of n characters (docs/policy/types.md). */
  readonly bytes: string;
  readonly characters: string;
  /** For columns, whose values may be longer than those of the sample. */
  readonly bounds: { readonly bytes: Bound; readonly characters: Bound };
}

/** Key material of trials: public. No token of it leaves this file. */
const KEYRING = {
  kdfSalt: Buffer.alloc(32, 3).toString('base64'),
  rootKeys: [{ version: 1, key: Buffer.alloc(32, 4).toString('base64') }],
};

/** Protects the values of a sample, and counts what comes of it. */
export function tryElement(element: ElementDefinition, values: readonly Tally[]): Trial {
  const method = methodOf(element);
  const filled = values.filter(([value]) => value !== '');
  const refused = refusedBy(method, filled);
  const good = filled.filter((_, i) => !refused.has(i)).flatMap(([value, rows]) => Array<string>(rows).fill(value));
  const { column, weakCount, clearCount } = method.protect(good, undefined);
  const { bytes, characters } = traitsOf(element).width(element, []);
  return {
    rows: filled.reduce((sum, [, rows]) => sum + rows, 0),
    refused: byReason([...refused].map(([i, reason]) => [reason, filled[i]![1]])),
    clear: clearCount,
    weak: weakCount,
    clearParts: traitsOf(element).clearParts(element, []),
    width: {
      value: longest(filled.map(([value]) => value)),
      token: longest(column.filter((token) => typeof token === 'string')),
      bytes: describeBound(bytes),
      characters: describeBound(characters),
      bounds: { bytes, characters },
    },
  };
}

function methodOf(element: ElementDefinition): Method {
  const keyring = new Keyring(KEYRING);
  return compileMethod(element, {
    key: (purpose) => keyring.elementKey(element.id, purpose),
    elementId: element.id,
    keyVersion: 1,
    alphabets: [],
    meter: unmetered,
    random: (bytes) => new Uint8Array(bytes),
  });
}

/** Returns the places of the values that the method refuses, with the reasons. */
function refusedBy(method: Method, values: readonly Tally[]): Map<number, string> {
  const column = values.map(([value]) => value);
  const refused = new Map<number, string>();
  withoutStackTraces(() =>
    findBadValues(
      column,
      (part) => void method.protect(part, undefined),
      column.length,
      (row, refusal) => {
        refused.set(row, reasonOf(refusal));
        return true;
      },
    ),
  );
  return refused;
}

function byReason(refused: readonly (readonly [reason: string, rows: number])[]): Refused[] {
  const groups = Map.groupBy(refused, ([reason]) => reason);
  return [...groups]
    .map(([reason, group]) => ({ reason, rows: group.reduce((sum, [, rows]) => sum + rows, 0) }))
    .toSorted((a, b) => b.rows - a.rows);
}

function longest(texts: readonly string[]): { bytes: number; characters: number } {
  return texts.reduce(
    (most, text) => ({
      bytes: Math.max(most.bytes, Buffer.byteLength(text)),
      characters: Math.max(most.characters, charactersOf(text)),
    }),
    { bytes: 0, characters: 0 },
  );
}

/** Returns the number of code points. A list of them would take dozens of bytes for each. */
function charactersOf(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; count++) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return count;
}
