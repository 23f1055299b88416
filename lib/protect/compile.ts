import type { PolicyContent } from '../policy/bundle.ts';
import { PolicyDecider } from '../policy/decide.ts';
import { Keyring } from '../policy/keyring.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, MappedFunction } from '../policy/schema.ts';
import { type CipherMeter, type Method, unmetered } from './methods/method.ts';
import { compileMethod } from './methods/registry.ts';

/** A policy ready for requests. */
export interface CompiledPolicy {
  readonly version: string;
  readonly dataStore: string;
  readonly decider: PolicyDecider;
  readonly elements: NameDirectory<ElementDefinition>;
  /** Redshift functions of mapping.json, by name with or without schema. */
  readonly mapping: NameDirectory<MappedFunction>;
  /** The definition of an element of this policy. */
  definition(element: string): ElementDefinition;
  /** The method of an element of this policy, made when it is first used: a call needs one of perhaps hundreds. */
  method(element: string): Method;
}

/** Key version of every element until elements name theirs. */
const KEY_VERSION = 1;

/** Makes an opened policy ready. `random` gives nonces; `meter` sees the time that FF1 takes. */
export function compilePolicy(
  opened: { readonly version: string; readonly content: PolicyContent },
  random: (bytes: number) => Uint8Array,
  meter: CipherMeter = unmetered,
): CompiledPolicy {
  const { policy, mapping } = opened.content;
  const keyring = new Keyring(opened.content.keyring);
  const definitions = new Map(policy.elements.map((element) => [element.name, element]));
  const methods = new Map<string, Method>();
  const definition = (name: string): ElementDefinition => {
    const element = definitions.get(name);
    if (element === undefined) throw new RangeError('The policy has no such element');
    return element;
  };
  return {
    version: opened.version,
    dataStore: policy.dataStore,
    decider: new PolicyDecider(policy),
    elements: new NameDirectory(definitions),
    mapping: new NameDirectory(Object.entries(mapping)),
    definition,
    method(name) {
      let method = methods.get(name);
      if (method === undefined) {
        const element = definition(name);
        method = compileMethod(element, {
          key: (purpose) => keyring.elementKey(element.id, purpose, KEY_VERSION),
          elementId: element.id,
          keyVersion: KEY_VERSION,
          alphabets: policy.alphabets,
          meter,
          random,
        });
        methods.set(name, method);
      }
      return method;
    },
  };
}
