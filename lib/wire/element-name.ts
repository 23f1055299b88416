import type { CompiledPolicy } from '../protect/compile.ts';

/** Returns an element's name as the policy spells it; an unknown name stays as received, for the record. */
export function spelledName(name: string, policy: CompiledPolicy): string {
  const element = policy.elements.resolve(name);
  return element.kind === 'found' ? element.value.name : name;
}
