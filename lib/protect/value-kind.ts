import { unreachable } from '../base/errors.ts';
import type { ElementDefinition } from '../policy/schema.ts';

/** What a cell is: text, or bytes in hexadecimal text. */
export type ValueKind = 'text' | 'bytes';

/** What the clear values of an element are. */
export function clearKind(element: ElementDefinition): ValueKind {
  switch (element.method) {
    case 'tokenization':
      return element.type === 'binary' ? 'bytes' : 'text';
    case 'fpe':
    case 'encryption':
    case 'hash':
    case 'clear':
      return 'text';
    default:
      return unreachable(element);
  }
}

/** What its protected values are. */
export function protectedKind(element: ElementDefinition): ValueKind {
  return element.method === 'encryption' || element.method === 'hash' ? 'bytes' : clearKind(element);
}
