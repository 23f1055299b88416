// What the user wants done with which column: `ssn=deSSN`, `$.items[*].card=deCCN`, and for a reprotect `ssn=deOld:deNew`.
import type { Target } from '../protect/batch.ts';
import type { CompiledPolicy } from '../protect/compile.ts';
import { FilesError } from './errors.ts';
import type { FileColumn } from './protect-batch.ts';

export type FileOperation = 'Protect' | 'Unprotect' | 'Reprotect';

/** A column and the elements that the user named for it. */
export interface WantedColumn {
  readonly name: string;
  readonly element: string;
  /** For a reprotect: what the values are protected with now. */
  readonly oldElement: string | undefined;
}

/** Reads one `column=element`. The name may hold `=`, the elements may not. Throws `FilesError` `FILES_LAYOUT`. */
export function wantedColumn(text: string, operation: FileOperation): WantedColumn {
  const at = text.lastIndexOf('=');
  const name = text.slice(0, Math.max(0, at));
  return wantedFrom(name, text.slice(at + 1), operation);
}

/** Reads a map of columns: `{ "ssn": "deSSN" }`. Throws `FilesError` `FILES_LAYOUT`. */
export function wantedColumns(map: unknown, operation: FileOperation): WantedColumn[] {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw badMap();
  return Object.entries(map as Record<string, unknown>).map(([name, elements]) => {
    if (typeof elements !== 'string') throw badMap();
    return wantedFrom(name, elements, operation);
  });
}

function wantedFrom(name: string, elements: string, operation: FileOperation): WantedColumn {
  const [first = '', second, ...more] = elements.split(':');
  const isPair = operation === 'Reprotect';
  if (name === '' || first === '' || more.length > 0 || isPair !== (second !== undefined) || second === '') {
    const form = isPair ? 'ssn=deOld:deNew' : 'ssn=deSSN';
    throw new FilesError('FILES_LAYOUT', `A column and its element look like ${form}`);
  }
  return { name, element: second ?? first, oldElement: second === undefined ? undefined : first };
}

function badMap(): FilesError {
  return new FilesError('FILES_LAYOUT', 'A map is an object of columns and their elements: { "ssn": "deSSN" }');
}

/** Resolves the elements as the policy spells them. An unknown one stays: the decision refuses it. Throws `FilesError` for a column given twice. */
export function fileColumns(
  wanted: readonly WantedColumn[],
  operation: FileOperation,
  policy: CompiledPolicy,
): FileColumn[] {
  const names = wanted.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FilesError('FILES_LAYOUT', `Column ${twice} is given twice`);
  if (names.length === 0) throw new FilesError('FILES_LAYOUT', 'No column is named: use --column or --map');
  const spelled = (element: string): string => {
    const found = policy.elements.resolve(element);
    if (found.kind === 'ambiguous')
      throw new FilesError('FILES_LAYOUT', `${element} fits several data elements: spell it as the policy does`);
    return found.kind === 'found' ? found.value.name : element;
  };
  return wanted.map(({ name, element, oldElement }) => {
    const target: Target = {
      operation,
      element: spelled(element),
      ...(oldElement === undefined ? {} : { oldElement: spelled(oldElement) }),
    };
    return { name, target };
  });
}
