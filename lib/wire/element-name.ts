import type { CompiledPolicy } from '../protect/compile.ts';

/** An element's name as the policy spells it, where it has it; an unknown one stays as received, for the record. */
export function spelledName(name: string, policy: CompiledPolicy): string {
  const element = policy.elements.resolve(name);
  return element.kind === 'found' ? element.value.name : name;
}
