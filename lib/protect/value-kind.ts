import { unreachable } from '../base/errors.ts';
import type { ElementDefinition } from '../policy/schema.ts';

/** The content of a cell: text, or bytes as hexadecimal text. */
export type ValueKind = 'text' | 'bytes';

/** Returns the kind of an element's clear values. */
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

/** Returns the kind of an element's protected values. */
export function protectedKind(element: ElementDefinition): ValueKind {
  return element.method === 'encryption' || element.method === 'hash' ? 'bytes' : clearKind(element);
}
