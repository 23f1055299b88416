// What every element type answers. A family's file answers for its types; ../element-types.ts joins the families, and
// the compiler asks a new type for every answer.

import type { Problem } from '../../document/problem.ts';
import type { Warning } from '../warning.ts';
import type { ReplyGrowth } from './growth.ts';
import type { AlphabetDefinition, MaskDefinition } from './parts.ts';
import type { Shown } from './shown.ts';
import type { WidthOf } from './width.ts';

/** What a cell holds: text, or bytes as hexadecimal text. */
export type ValueKind = 'text' | 'bytes';

/** How an element uses root keys. */
export type KeyUse<Element> =
  /** Values stay clear: there is no key. */
  | { readonly kind: 'none' }
  /** One key for good: nothing that it protects can be moved to another. */
  | { readonly kind: 'fixed'; readonly version: (element: Element) => number | undefined }
  /** A newer key may take over. Older versions stay readable until their columns are re-protected. */
  | {
      readonly kind: 'rotatable';
      readonly version: (element: Element) => number | undefined;
      readonly oldVersions: (element: Element) => readonly number[] | undefined;
    };

/** How `protector methods` shows a type. */
export interface Description<Element> {
  /** The members of an example element, without id and name. */
  readonly element: Partial<Element>;
  readonly alphabet: string;
  /** Lengths of a value, by default. */
  readonly lengths: string;
  /** A clear value. Its token is computed from it. */
  readonly example: string;
}

export interface ElementTraits<Element> {
  readonly describe: () => Description<Element>;
  /** Problems that the schema cannot express. `path` is the element's own. */
  readonly check: (element: Element, path: string, alphabets: readonly AlphabetDefinition[]) => Problem[];
  readonly lint: {
    /** Warnings about values that are too short. */
    readonly shortData: (element: Element, path: string) => Warning[];
    /** Warnings about characters that stay clear although nobody said so. */
    readonly clearParts: (element: Element, path: string, alphabets: readonly AlphabetDefinition[]) => Warning[];
    /** Warnings about domains below a million, in which an attacker finds a value by trying all. */
    readonly domain: (element: Element, path: string, alphabets: readonly AlphabetDefinition[]) => Warning[];
    /** Warnings about spellings of one value that have different tokens. Absent where a value has one spelling. */
    readonly spellings?: (element: Element, path: string, alphabets: readonly AlphabetDefinition[]) => Warning[];
  };
  readonly key: KeyUse<Element>;
  readonly takesExternalIv: (element: Element) => boolean;
  /** Name of the alphabet that the element refers to. */
  readonly namedAlphabet: (element: Element) => string | undefined;
  readonly values: { readonly clear: ValueKind; readonly protected: ValueKind };
  /** What stays clear of a value that is protected, in words: `the first 2 characters`. Empty where nothing does. */
  readonly clearParts: (element: Element, alphabets: readonly AlphabetDefinition[]) => readonly string[];
  /** What protected values show of clear ones: a reprotect must not show more than the old element does. */
  readonly shown: (element: Element, alphabets: readonly AlphabetDefinition[]) => Shown;
  /** Whether protected values can be unprotected. */
  readonly isReversible: boolean;
  /** Whether equal values always have equal tokens. */
  readonly isDeterministic: boolean;
  /** Who may use the element: users with a grant, or every user. */
  readonly access: 'by grant' | 'everyone';
  /** What a refused unprotect shows, whatever `noAccess` says. */
  readonly defaultView: (element: Element) => MaskDefinition | undefined;
  /** Option that two elements of the type must share for the values of one to fit the other. */
  readonly variant: (element: Element) => string | number | undefined;
  /** Bytes of a signed integer, where values are integers: SQL may have a number type for them. */
  readonly integerBytes: (element: Element) => 2 | 4 | 8 | undefined;
  /** How wide a column of protected values must be. */
  readonly width: WidthOf<Element>;
  readonly growth: ReplyGrowth<Element>;
}

/** The traits of each type of a union of elements. */
export type TraitsByType<Element extends { readonly type: string }> = {
  readonly [Type in Element['type']]: ElementTraits<ElementWith<Element, Type>>;
};

/** The member of the union that holds this type, perhaps beside others. */
export type ElementWith<Element extends { readonly type: string }, Type> = Element extends unknown
  ? Type extends Element['type']
    ? Element
    : never
  : never;

export const rotatableKey = {
  kind: 'rotatable',
  version: ({ keyVersion }) => keyVersion,
  oldVersions: ({ oldKeyVersions }) => oldKeyVersions,
} as const satisfies KeyUse<{
  readonly keyVersion?: number | undefined;
  readonly oldKeyVersions?: readonly number[] | undefined;
}>;

/** For `takesExternalIv`: as the element's option says. */
export function byOption({ externalIV }: { readonly externalIV: boolean }): boolean {
  return externalIV;
}

export const never = (): false => false;
export const none = (): undefined => undefined;
export const nothing = (): [] => [];

/** Answers of types that protect one text as another, under a rotatable key. */
export const textToken = {
  key: rotatableKey,
  namedAlphabet: none,
  values: { clear: 'text', protected: 'text' },
  clearParts: nothing,
  isReversible: true,
  isDeterministic: true,
  access: 'by grant',
  defaultView: none,
  variant: none,
  integerBytes: none,
} as const;
