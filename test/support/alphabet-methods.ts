// Methods of the alphabet family with fixed keys, and their committed tokens.
import { readFileSync } from 'node:fs';
import { Keyring } from '../../lib/policy/keyring.ts';
import type { KeyPurpose } from '../../lib/policy/keyring.ts';
import { type AlphabetDefinition } from '../../lib/policy/elements/parts.ts';
import { policySchema } from '../../lib/policy/schema.ts';
import type { Cell } from '../../lib/base/cell.ts';
import { type Method, unmetered } from '../../lib/protect/methods/method.ts';
import { compileMethod } from '../../lib/protect/methods/registry.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';

const bytesFrom = (first: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => first + i)).toString('base64');

const keyring = new Keyring({ kdfSalt: bytesFrom(0), rootKeys: [{ version: 1, key: bytesFrom(0x20) }] });

export const ELEMENT_ID = '00000000-0000-4000-8000-000000000010';

/** Returns the key of an element for a purpose. */
export const keyOf = (purpose: KeyPurpose, id: string = ELEMENT_ID): Uint8Array =>
  keyring.elementKey(id, purpose).expose();

/** Makes an element as a policy file defines it, with the schema's defaults; short data is an error. */
export interface Written {
  readonly type: string;
  readonly id?: string;
  readonly [option: string]: unknown;
}

export function methodOf(written: Written, alphabets: readonly Partial<AlphabetDefinition>[] = []): Method {
  const method = written.type.startsWith('fpe-') ? 'fpe' : 'tokenization';
  const element = { id: ELEMENT_ID, name: 'e', method, shortData: 'error', ...written };
  const policy = policySchema.parse({ name: 'p', dataStore: 's', alphabets, elements: [element], roles: [] });
  return compileMethod(policy.elements[0]!, {
    key: (purpose) => keyring.elementKey(policy.elements[0]!.id, purpose),
    elementId: policy.elements[0]!.id,
    keyVersion: 1,
    alphabets: policy.alphabets,
    meter: unmetered,
    random: () => new Uint8Array(0),
  });
}

/** Returns code and row of the refusal of `work`. */
export function refusalOf(work: () => unknown): { code: string; row: number | undefined } | 'not refused' {
  try {
    work();
  } catch (error) {
    if (error instanceof RefusedError) return { code: error.code, row: error.row };
    throw error;
  }
  return 'not refused';
}

/** Committed values and tokens. */
export interface TokenGroup {
  readonly element: Written;
  readonly iv?: string;
  readonly pairs: readonly (readonly [Cell, Cell])[];
}

export function readTokens(name: string): { alphabets: AlphabetDefinition[]; groups: TokenGroup[] } {
  const file = new URL(`../vectors/tokens/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { alphabets: AlphabetDefinition[]; groups: TokenGroup[] };
}

/** Letters and digits beyond ASCII: earlier releases left those outside an alphabet clear; now the value is refused. */
const OTHER_SCRIPTS = /(?=[^\0-\x7f])[\p{L}\p{N}]/u;
const OUTSIDE = ['LETTERS_OUTSIDE', 'DIGITS_OF_ANOTHER_SCRIPT'];

/** Protects a committed value. Of one that is refused for its script, only the committed token is left: it is read. */
function protectAgain(method: Method, value: Cell, token: Cell, iv: string | undefined): Cell {
  try {
    return method.protect([value], iv).column[0]!;
  } catch (error) {
    const expected = error instanceof RefusedError && OUTSIDE.includes(error.code);
    if (expected && OTHER_SCRIPTS.test(String(value))) return token;
    throw error;
  }
}

/** Returns the current results for the committed values and tokens, to compare with the file. */
export function reproduce(name: string): TokenGroup[] {
  const { alphabets, groups } = readTokens(name);
  return groups.map(({ element, iv, pairs }) => {
    const method = methodOf(element, alphabets);
    const tokens = pairs.map(([value, token]) => protectAgain(method, value, token, iv));
    const values = method.unprotect(
      pairs.map(([, token]) => token),
      iv,
    ).column;
    return {
      element,
      ...(iv === undefined ? {} : { iv }),
      pairs: values.map((value, i) => [value, tokens[i]!] as const),
    };
  });
}
