import { describeTypes, traitsOf } from '../../policy/element-types.ts';
import { describeBound } from '../../policy/elements/width.ts';
import { Keyring } from '../../policy/keyring.ts';
import { type ElementDefinition, elementSchema } from '../../policy/schema.ts';
import { unmetered } from './method.ts';
import { compileMethod } from './registry.ts';

/** One element type, as `protector methods` shows it. */
export interface CatalogueEntry {
  readonly method: string;
  readonly type: string;
  readonly alphabet: string;
  /** Lengths of a value, by default. */
  readonly lengths: string;
  /** The most characters of the token of a value of n characters, as a formula: `n`, `8n + 58`. */
  readonly characters: string;
  /** The most UTF-8 bytes of the token of a value of n bytes. */
  readonly bytes: string;
  readonly example: string;
  /** The token of the example under a public key. */
  readonly token: string;
}

/** Key material of the examples: public, and used nowhere else. */
const EXAMPLE_KEYRING = {
  kdfSalt: Buffer.alloc(32, 1).toString('base64'),
  rootKeys: [{ version: 1, key: Buffer.alloc(32, 2).toString('base64') }],
};
const EXAMPLE_ID = '00000000-0000-4000-8000-000000000000';

/**
 * Lists every element type. The code that protects makes the tokens; alphabets and lengths come from the same
 * definitions.
 */
export function catalogue(): CatalogueEntry[] {
  return describeTypes().map(({ element: members, alphabet, lengths, example }) => {
    const element = elementSchema.parse({ id: EXAMPLE_ID, name: 'example', ...members });
    const [token] = exampleMethod(element).protect([example], undefined).column;
    const { characters, bytes } = traitsOf(element).width(element, []);
    return {
      method: element.method,
      type: element.type,
      alphabet,
      lengths,
      characters: describeBound(characters),
      bytes: describeBound(bytes),
      example,
      token: String(token),
    };
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
