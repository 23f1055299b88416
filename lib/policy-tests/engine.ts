// Values of tests through the engine that requests take. Nothing is recorded, because nothing real is touched.

import type { PolicyDocument } from '../policy/schema.ts';
import { hasKey, keyVersionOf, oldKeyVersionsOf } from '../policy/key-versions.ts';
import type { KeyringDocument } from '../policy/keyring.ts';
import { callersOf } from '../protect/caller.ts';
import { type CompiledPolicy, compilePolicy } from '../protect/compile.ts';
import { Protector } from '../protect/protector.ts';
import { type RefusedError, toRefusal } from '../protect/refusal.ts';
import { reasonOf } from '../protect/refusal-text.ts';
import type { PolicyTest } from './model.ts';

type Random = (bytes: number) => Uint8Array;

/** Makes the policy with keys, when the first value needs it. The run destroys it. */
export type Engine = () => CompiledPolicy;

/** Returns an engine over a keyring. */
export function engineOver(policy: PolicyDocument, keyring: KeyringDocument, random: Random): Engine {
  return () => compilePolicy({ version: '0', content: { policy, mapping: {}, keyring } }, random);
}

/** Returns an engine over keys that nothing else has: one for each version that the policy names. */
export function throwAwayEngine(policy: PolicyDocument, random: Random): Engine {
  const base64 = (): string => Buffer.from(random(32)).toString('base64');
  const versions = policy.elements.flatMap((element) =>
    hasKey(element) ? [keyVersionOf(element), ...oldKeyVersionsOf(element)] : [],
  );
  return () => {
    const rootKeys = [...new Set([1, ...versions])].map((version) => ({ version, key: base64() }));
    return engineOver(policy, { kdfSalt: base64(), rootKeys }, random)();
  };
}

/** What the engine makes of a value. */
export type Made =
  | { readonly kind: 'answered'; readonly text: string | null }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** The value cannot be protected, so there is nothing to ask the user about. */
  | { readonly kind: 'unfit'; readonly reason: string };

const ORIGIN = { vendor: 'policy-tests' };
const NO_RECORDS = { record: () => {} };
/** A test shows nothing to anyone. */
const NO_BUDGETS = { take: () => Promise.resolve(), giveBack: () => {} };
const identify = callersOf((name) => name);

/** Protects the value, unless the test does that, and carries out the operation of the test as its user, at a time. */
export async function carryOut(
  policy: CompiledPolicy,
  user: string,
  { operation, element, to, value = '' }: PolicyTest,
  nowMs: number,
): Promise<Made> {
  let cell = value;
  if (operation !== 'Protect') {
    try {
      cell = String(policy.method(element).protect([value], undefined).column[0]);
    } catch (error) {
      return { kind: 'unfit', reason: reasonOf(located(toRefusal(error), element)) };
    }
  }
  const target =
    operation === 'Reprotect' ? { operation, oldElement: element, element: to ?? element } : { operation, element };
  const protector = new Protector(
    () => Promise.resolve(policy),
    NO_RECORDS,
    () => nowMs,
    identify,
    NO_BUDGETS,
  );
  try {
    return await protector.run({
      origin: { ...ORIGIN, caller: identify({ by: 'name', name: user }) },
      target: () => target,
      column: () => [cell],
      encode: (column): Made => {
        const [made = null] = Array.isArray(column) ? column : [];
        return { kind: 'answered', text: made === null ? null : String(made) };
      },
    });
  } catch (error) {
    const refusal = toRefusal(error);
    return { kind: 'refused', code: refusal.auditCode, reason: reasonOf(refusal) };
  }
}

function located(refusal: RefusedError, element: string): RefusedError {
  refusal.operation ??= 'Protect';
  refusal.element ??= element;
  return refusal;
}
