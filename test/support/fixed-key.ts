// Elements under fixed keys, and the committed token files: later versions must keep reading these tokens.

import { readFileSync } from 'node:fs';
import { Keyring } from '../../lib/policy/keyring.ts';
import { type ElementDefinition, type ElementOf, policySchema } from '../../lib/policy/schema.ts';
import type { Cell, Column } from '../../lib/base/cell.ts';
import { type Method, type MethodContext, unmetered } from '../../lib/protect/methods/method.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';

const bytes = (from: number): string => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');

const FIXED_KEYRING = { kdfSalt: bytes(0), rootKeys: [{ version: 1, key: bytes(0x20) }] };

const FIXED_ID = '00000000-0000-4000-8000-000000000001';

/** The FF1 key of an element, for reference implementations. */
export function fixedKey(elementId: string = FIXED_ID): Uint8Array {
  return Uint8Array.from(new Keyring(FIXED_KEYRING).elementKey(elementId, 'ff1').expose());
}

export function fixedKeyContext(elementId: string = FIXED_ID, change: Partial<MethodContext> = {}): MethodContext {
  const keyring = new Keyring(FIXED_KEYRING);
  return {
    key: (purpose) => keyring.elementKey(elementId, purpose),
    elementId,
    keyVersion: 1,
    alphabets: [],
    meter: unmetered,
    random: (length) => new Uint8Array(length),
    ...change,
  };
}

/** An element with the defaults that the policy parser fills in. */
export function elementOf<Type extends ElementDefinition['type']>(type: Type, options: object = {}): ElementOf<Type> {
  const element = { id: FIXED_ID, name: 'deTest', method: 'tokenization', type, ...options };
  const policy = policySchema.parse({ name: 'P', dataStore: 'D', elements: [element], roles: [] });
  return policy.elements[0] as ElementOf<Type>;
}

/** Returns code and row of the refusal that `work` throws; fails when it throws none. */
export function refusalOf(work: () => unknown): { code: string; row: number | undefined } {
  try {
    work();
  } catch (error) {
    if (error instanceof RefusedError) return { code: error.code, row: error.row };
    throw error;
  }
  throw new Error('Expected a RefusedError; nothing was refused');
}

/** Protects a column and unprotects the result. */
export function roundTrip(method: Method, column: Column, externalIv?: string): { tokens: Column; values: Column } {
  const tokens = method.protect(column, externalIv).column;
  return { tokens, values: method.unprotect(tokens, externalIv).column };
}

/** Protects and unprotects a cell, and the reverse: each gives `restored`, `changed` or a refusal code. */
export function bothOutcomes(method: Method, cell: Cell): string[] {
  const outcome = (there: 'protect' | 'unprotect', back: 'protect' | 'unprotect'): string => {
    try {
      const [restored] = method[back](method[there]([cell], undefined).column, undefined).column;
      return Object.is(restored, cell) ? 'restored' : 'changed';
    } catch (error) {
      if (error instanceof RefusedError) return error.code;
      throw error;
    }
  };
  return [outcome('protect', 'unprotect'), outcome('unprotect', 'protect')];
}

/** Outcomes that are neither `restored` nor a documented code. */
export function undocumented(outcomes: readonly string[], codes: readonly string[]): string[] {
  return outcomes.filter((outcome) => outcome !== 'restored' && !codes.includes(outcome));
}

interface TokenSet {
  readonly options: object;
  readonly externalIv?: string;
  readonly pairs: readonly (readonly [value: Cell, token: Cell])[];
}

/** Reads `test/vectors/tokens/<type>.json`. */
export function readTokens(type: string): { elementId: string; sets: readonly TokenSet[] } {
  return JSON.parse(readFileSync(new URL(`../vectors/tokens/${type}.json`, import.meta.url), 'utf8')) as ReturnType<
    typeof readTokens
  >;
}
