import { Ff1 } from '../crypto/ff1.ts';
import { minimumLength } from '../crypto/ff1-domain.ts';
import { elementCodePoints, foldsCase } from '../policy/alphabet.ts';
import type { PolicyContent } from '../policy/bundle.ts';
import { PolicyDecider } from '../policy/decide.ts';
import { Keyring } from '../policy/keyring.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, MappedFunction } from '../policy/schema.ts';
import { alphabetToken } from './methods/alphabet-token.ts';
import { type CipherMeter, type Method, unmetered } from './methods/method.ts';
import { symbolTable } from './methods/symbols.ts';

/** A policy ready for requests. */
export interface CompiledPolicy {
  readonly version: string;
  readonly dataStore: string;
  readonly decider: PolicyDecider;
  readonly elements: NameDirectory<ElementDefinition>;
  /** Redshift functions of mapping.json, by name with or without schema. */
  readonly mapping: NameDirectory<MappedFunction>;
  /** The method of an element of this policy, made when it is first used: a call needs one of perhaps hundreds. */
  method(element: string): Method;
}

/** Makes an opened policy ready. `meter` sees the time that FF1 takes. */
export function compilePolicy(
  opened: { readonly version: string; readonly content: PolicyContent },
  meter: CipherMeter = unmetered,
): CompiledPolicy {
  const { policy, mapping } = opened.content;
  const keyring = new Keyring(opened.content.keyring);
  const definitions = new Map(policy.elements.map((element) => [element.name, element]));
  const methods = new Map<string, Method>();
  return {
    version: opened.version,
    dataStore: policy.dataStore,
    decider: new PolicyDecider(policy),
    elements: new NameDirectory(definitions),
    mapping: new NameDirectory(Object.entries(mapping)),
    method(name) {
      let method = methods.get(name);
      if (method === undefined) {
        const element = definitions.get(name);
        if (element === undefined) throw new RangeError('The policy has no such element');
        method = compileElement(element, opened.content, keyring, meter);
        methods.set(name, method);
      }
      return method;
    },
  };
}

function compileElement(
  element: ElementDefinition,
  content: PolicyContent,
  keyring: Keyring,
  meter: CipherMeter,
): Method {
  const symbols = symbolTable(elementCodePoints(element, content.policy.alphabets), foldsCase(element.type));
  const key = keyring.elementKey(element.id, 'ff1');
  const ff1 = new Ff1(key.expose());
  key.destroy();
  return alphabetToken(
    ff1,
    {
      symbols,
      fromLeft: element.fromLeft,
      fromRight: element.fromRight,
      minLength: element.minLength ?? minimumLength(symbols.radix),
      maxLength: element.maxLength,
      shortData: element.shortData,
      externalIV: element.externalIV,
    },
    meter,
  );
}
