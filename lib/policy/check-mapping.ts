import { traitsOf } from './element-types.ts';
import { elementName, isOldVersion, oldKeyVersionsOf, versionName } from './key-versions.ts';
import type { Problem } from '../document/problem.ts';
import type { ElementDefinition, MappedFunction } from './schema.ts';

const MAX_IV_BYTES = 256;

/** Checks a function of mapping.json. `elements`: the policy's elements by name. */
export function checkMapped(
  path: string,
  target: MappedFunction,
  elements: ReadonlyMap<string, ElementDefinition>,
): Problem[] {
  const problems: Problem[] = [];
  const reprotect = target.Operation === 'reprotect';
  if (reprotect && target.OldElement === undefined) {
    problems.push({
      path: `${path}.OldElement`,
      message: 'reprotect needs the element that protected the values',
    });
  }
  if (!reprotect && (target.OldElement !== undefined || target.OldExternalIV !== undefined)) {
    problems.push({ path, message: 'OldElement and OldExternalIV are for reprotect only' });
  }
  if (isOldVersion(target.Element) && target.Operation !== 'unprotect') {
    problems.push({
      path: `${path}.Element`,
      message: 'an old key version is read-only: unprotect it, or reprotect from it',
    });
  }
  for (const [key, ivKey] of [
    ['Element', 'ExternalIV'],
    ['OldElement', 'OldExternalIV'],
  ] as const) {
    const name = target[key];
    const element = name === undefined ? undefined : named(name, elements);
    if (name !== undefined && element === undefined) {
      problems.push({ path: `${path}.${key}`, message: 'the policy has no element of this name' });
    }
    const iv = target[ivKey];
    if (iv === undefined) continue;
    if (Buffer.byteLength(iv) > MAX_IV_BYTES) {
      problems.push({ path: `${path}.${ivKey}`, message: `an external IV has at most ${MAX_IV_BYTES} bytes` });
    }
    if (element !== undefined && !traitsOf(element).takesExternalIv(element)) {
      problems.push({ path: `${path}.${ivKey}`, message: 'the element takes no external IV' });
    }
  }
  return problems;
}

/** Finds an element by its name, or by the name of one of its old key versions. */
function named(name: string, elements: ReadonlyMap<string, ElementDefinition>): ElementDefinition | undefined {
  if (!isOldVersion(name)) return elements.get(name);
  const element = elements.get(elementName(name));
  const known = element && oldKeyVersionsOf(element).some((version) => versionName(element.name, version) === name);
  return known === true ? element : undefined;
}
