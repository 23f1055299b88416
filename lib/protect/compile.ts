import type { OpenedPolicy } from '../policy/bundle.ts';
import { PolicyDecider } from '../policy/decide.ts';
import { traitsOf } from '../policy/element-types.ts';
import { elementsByName, keyVersionOf } from '../policy/key-versions.ts';
import { Keyring } from '../policy/keyring.ts';
import { NameDirectory } from '../policy/names.ts';
import type { ElementDefinition, MappedFunction } from '../policy/schema.ts';
import { type CipherMeter, type Method, unmetered } from './methods/method.ts';
import { WalkAllowance } from './methods/walk-allowance.ts';
import { compileMethod } from './methods/registry.ts';

/** How an element treats values, whatever the values are. */
export interface ElementNature {
  readonly hasKey: boolean;
  /** Parts of values stay clear under the element. */
  readonly hasClearParts: boolean;
}

/** A policy that is ready for requests. */
export interface CompiledPolicy extends Disposable {
  readonly version: string;
  readonly dataStore: string;
  readonly decider: PolicyDecider;
  /** The elements and their old key versions. `deSSN@1` and `deSSN_v1` both name the element `deSSN@1`. */
  readonly elements: NameDirectory<ElementDefinition>;
  /** The Redshift functions of mapping.json, by name with or without schema. */
  readonly mapping: NameDirectory<MappedFunction>;
  /** Returns the definition of an element. Throws `RangeError` for a name that the policy does not have. */
  definition(element: string): ElementDefinition;
  /** Returns what records say of an element besides its name. */
  nature(element: string): ElementNature;
  /** Returns the method of an element, made at its first use: a call needs one of perhaps hundreds. */
  method(element: string): Method;
  /** Runs the batches of one request, which share the work that a request may cost. `work` is synchronous. */
  withinRequest<T>(work: () => T): T;
  /** Overwrites the root keys. The policy makes no new method from then on, so no request may begin under it. */
  destroy(): void;
}

/**
 * Prepares an opened policy for requests. `random` supplies nonces; `meter` sees the time that the ciphers take. Throws
 * `BundleError` for an invalid keyring. The caller destroys the policy when another one has replaced it.
 */
export function compilePolicy(
  opened: OpenedPolicy,
  random: (bytes: number) => Uint8Array,
  meter: CipherMeter = unmetered,
): CompiledPolicy {
  const { policy, mapping } = opened.content;
  const keyring = new Keyring(opened.content.keyring);
  const definitions = elementsByName(policy.elements);
  const walks = new WalkAllowance();
  const methods = new Map<string, Method>();
  const natures = new Map<string, ElementNature>();
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
    nature(name) {
      let nature = natures.get(name);
      if (nature === undefined) {
        const element = definition(name);
        const { key, clearParts } = traitsOf(element);
        nature = { hasKey: key.kind !== 'none', hasClearParts: clearParts(element, policy.alphabets).length > 0 };
        natures.set(name, nature);
      }
      return nature;
    },
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
          walks,
          random,
        });
        methods.set(name, method);
      }
      return method;
    },
    withinRequest: (work) => walks.within(work),
    destroy: () => keyring.destroy(),
    [Symbol.dispose]: () => keyring.destroy(),
  };
}
