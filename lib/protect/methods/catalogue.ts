import { minimumLength } from '../../crypto/ff1-domain.ts';
import { type FixedAlphabetType, fixedCodePoints } from '../../policy/alphabet.ts';
import { Keyring } from '../../policy/keyring.ts';
import { type ElementDefinition, elementSchema } from '../../policy/schema.ts';
import { unmetered } from './method.ts';
import { compileMethod } from './registry.ts';

/** One element type, as `protector methods` shows it. */
export interface CatalogueEntry {
  readonly method: string;
  readonly type: string;
  readonly alphabet: string;
  /** What a value may have, by default. */
  readonly lengths: string;
  readonly example: string;
  /** What the example becomes under a key that everybody knows. */
  readonly token: string;
}

interface Description {
  /** The element's own members, as a policy file has them. */
  readonly element: { readonly type: ElementDefinition['type']; readonly [option: string]: unknown };
  readonly method: ElementDefinition['method'];
  readonly alphabet?: string;
  readonly lengths?: string;
  readonly example: string;
}

const TOKENS: readonly Description[] = [
  { element: { type: 'numeric', shortData: 'error' }, example: '944-07-4214' },
  { element: { type: 'alpha', shortData: 'error' }, example: 'Ada Lovelace' },
  { element: { type: 'upper-case-alpha', shortData: 'error' }, example: 'ADA LOVELACE' },
  { element: { type: 'alpha-numeric', shortData: 'error' }, example: 'Flat 12b, Elm Row' },
  { element: { type: 'upper-case-alpha-numeric', shortData: 'error' }, example: 'SW1A 2AA' },
  { element: { type: 'lower-ascii', shortData: 'error' }, example: 'p@ss w0rd!' },
  { element: { type: 'printable', shortData: 'error' }, example: 'Café au lait' },
  {
    element: { type: 'unicode', alphabet: 'letters', shortData: 'error' },
    alphabet: 'a built-in alphabet, or code point ranges of the policy, up to 65,536',
    lengths: '2 (alphabets of 1,000 and more) … 4,096 code points',
    example: 'Zoë Δέλτα',
  },
  {
    element: { type: 'integer', size: 4 },
    alphabet: 'signed integers of 2, 4 or 8 bytes',
    lengths: '-2147483648 … 2147483647 for 4 bytes',
    example: '-42',
  },
  {
    element: { type: 'credit-card', fromRight: 4, invalidCardType: true },
    alphabet: '0-9, no separators',
    lengths: '6 (7 or 8 with options) … 4,096 digits to tokenize',
    example: '4111111111111111',
  },
  {
    element: { type: 'decimal' },
    alphabet: '0-9 in, 1-9 out; sign; . or ,',
    lengths: '1 … 36 characters; tokens are 1 or 2 longer',
    example: '-7634.119',
  },
  {
    element: { type: 'date' },
    alphabet: 'YYYY-MM-DD, DD/MM/YYYY, MM.DD.YYYY',
    lengths: '0600-01-01 … 3337-11-27',
    example: '1980-02-29',
  },
  {
    element: { type: 'datetime', tokenizeTime: true },
    alphabet: 'YYYY-MM-DD HH:MM:SS, T, fraction, offset',
    lengths: '0600-01-01 … 3337-11-27',
    example: '1980-02-29T23:59:59.250',
  },
  {
    element: { type: 'email', shortData: 'error' },
    alphabet: '0-9 A-Z a-z before the @',
    lengths: '4 symbols … 64 characters before the @, 256 in all',
    example: 'ada.lovelace@example.com',
  },
  {
    element: { type: 'binary' },
    alphabet: 'bytes as hexadecimal',
    lengths: '3 … 4,095 bytes; tokens are longer',
    example: 'cafebabe',
  },
  {
    element: { type: 'unicode-bytes' },
    alphabet: 'any text; tokens of 0-9 A-Z a-z',
    lengths: '1 … 4,096 UTF-8 bytes; tokens are longer',
    example: '東京 Tōkyō',
  },
  {
    element: { type: 'unicode-base64' },
    alphabet: 'any text; tokens of 0-9 A-Z a-z + / =',
    lengths: '1 … 4,096 UTF-8 bytes; tokens are longer',
    example: '東京 Tōkyō',
  },
].map((description) => ({ ...description, method: 'tokenization' }) as Description);

const OTHERS: readonly Description[] = [
  { method: 'fpe', element: { type: 'fpe-numeric', shortData: 'error' }, example: '944074214' },
  { method: 'fpe', element: { type: 'fpe-alpha', shortData: 'error' }, example: 'Lovelace' },
  { method: 'fpe', element: { type: 'fpe-alpha-numeric', shortData: 'error' }, example: 'Flat12b' },
  { method: 'fpe', element: { type: 'fpe-latin1-alpha', shortData: 'error' }, example: 'Müller' },
  { method: 'fpe', element: { type: 'fpe-latin1-alpha-numeric', shortData: 'error' }, example: 'Straße 7' },
  {
    method: 'encryption',
    element: { type: 'aes-256-gcm' },
    alphabet: 'any text; another ciphertext each time',
    lengths: 'any; 29 bytes longer, hexadecimal',
    example: 'a secret',
  },
  {
    method: 'encryption',
    element: { type: 'aes-256-siv' },
    alphabet: 'any text; equal texts, equal ciphertexts',
    lengths: 'any; 17 bytes longer, hexadecimal',
    example: 'a secret',
  },
  {
    method: 'hash',
    element: { type: 'hmac-sha256' },
    alphabet: 'any text; no way back',
    lengths: 'any; 32 bytes, hexadecimal',
    example: 'ada@example.com',
  },
  clear('no-encryption', 'any; access is decided and recorded'),
  clear('monitor', 'any; everybody has access, which is recorded'),
  {
    ...clear('masking', 'any; masked for those who may not unprotect'),
    element: { type: 'masking', mask: { fromLeft: 6, fromRight: 4, mode: 'clear' } },
  },
];

function clear(type: 'no-encryption' | 'monitor' | 'masking', alphabet: string): Description {
  return { method: 'clear', element: { type }, alphabet, lengths: 'any; stored in clear', example: '4111111111111111' };
}

/** Key material of the examples: known to everybody, and used nowhere else. */
const EXAMPLE_KEYRING = {
  kdfSalt: Buffer.alloc(32, 1).toString('base64'),
  rootKeys: [{ version: 1, key: Buffer.alloc(32, 2).toString('base64') }],
};
const EXAMPLE_ID = '00000000-0000-4000-8000-000000000000';

/** Every element type: its token is made by the code that protects, its alphabet and lengths come from the same definitions. */
export function catalogue(): CatalogueEntry[] {
  return [...TOKENS, ...OTHERS].map((description) => {
    const { method, example } = description;
    const element = elementSchema.parse({ id: EXAMPLE_ID, name: 'example', method, ...description.element });
    const [token] = exampleMethod(element).protect([example], undefined).column;
    return { method, type: element.type, ...shape(description), example, token: String(token) };
  });
}

function exampleMethod(element: ElementDefinition): ReturnType<typeof compileMethod> {
  const keyring = new Keyring(EXAMPLE_KEYRING);
  return compileMethod(element, {
    key: (purpose) => keyring.elementKey(EXAMPLE_ID, purpose),
    elementId: EXAMPLE_ID,
    keyVersion: 1,
    alphabets: [],
    meter: unmetered,
    random: (bytes) => new Uint8Array(bytes),
  });
}

/** What the definition says, or what the alphabet of the type says. */
function shape({ element, alphabet, lengths }: Description): Pick<CatalogueEntry, 'alphabet' | 'lengths'> {
  if (alphabet !== undefined && lengths !== undefined) return { alphabet, lengths };
  const codePoints = fixedCodePoints(element.type as FixedAlphabetType);
  return {
    alphabet: `${ranges(codePoints)} (${codePoints.length})`,
    lengths: `${minimumLength(codePoints.length)} … 4,096 symbols`,
  };
}

/** Code points as readable ranges, the first few of them: `0-9 A-Z a-z`. */
function ranges(codePoints: Uint32Array): string {
  const runs: [number, number][] = [];
  for (const point of codePoints) {
    const last = runs.at(-1);
    if (last !== undefined && point === last[1] + 1) last[1] = point;
    else runs.push([point, point]);
  }
  const shown = runs
    .slice(0, 4)
    .map(([from, to]) => (from === to ? character(from) : `${character(from)}-${character(to)}`));
  return runs.length > shown.length ? `${shown.join(' ')} …` : shown.join(' ');
}

function character(point: number): string {
  return point > 0x20 && point < 0x7f
    ? String.fromCodePoint(point)
    : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}
