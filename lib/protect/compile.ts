import type { OpenedPolicy } from '../policy/bundle.ts';
import { PolicyDecider } from '../policy/decide.ts';
import { elementsByName, keyVersionOf } from '../policy/key-versions.ts';
import { Keyring } from '../policy/keyring.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, MappedFunction } from '../policy/schema.ts';
import { type CipherMeter, type Method, unmetered } from './methods/method.ts';
import { compileMethod } from './methods/registry.ts';

/** A policy ready for requests. */
export interface CompiledPolicy extends Disposable {
  readonly version: string;
  readonly dataStore: string;
  readonly decider: PolicyDecider;
  /** Elements, and their old key versions as `deSSN@1` and `deSSN_v1`; both are the element `deSSN@1`. */
  readonly elements: NameDirectory<ElementDefinition>;
  /** Redshift functions of mapping.json, by name with or without schema. */
  readonly mapping: NameDirectory<MappedFunction>;
  /** The definition of an element of this policy. */
  definition(element: string): ElementDefinition;
  /** The method of an element of this policy, made when it is first used: a call needs one of perhaps hundreds. */
  method(element: string): Method;
  /** Overwrites the root keys, once no request can begin under this policy any more: it makes no method from then on. */
  destroy(): void;
}

/** Makes an opened policy ready. `random` gives nonces; `meter` sees the time that FF1 takes. */
export function compilePolicy(
  opened: OpenedPolicy,
  random: (bytes: number) => Uint8Array,
  meter: CipherMeter = unmetered,
): CompiledPolicy {
  const { policy, mapping } = opened.content;
  const keyring = new Keyring(opened.content.keyring);
  const definitions = elementsByName(policy.elements);
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
        const keyVersion = keyVersionOf(element);
        method = compileMethod(element, {
          key: (purpose) => keyring.elementKey(element.id, purpose, keyVersion),
          elementId: element.id,
          keyVersion,
          alphabets: policy.alphabets,
          meter,
          random,
        });
        methods.set(name, method);
      }
      return method;
    },
    destroy: () => keyring.destroy(),
    [Symbol.dispose]: () => keyring.destroy(),
  };
}
