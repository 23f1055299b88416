// A policy with names that SQL, HTTP headers and comments could misread.
import { parseMapping, parsePolicy } from '../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../lib/policy/schema.ts';

/** Names of numeric elements. */
export const AWKWARD_NAMES = [
  'deSSN',
  'de SSN',
  'two  blanks',
  "d'or",
  'say "hi"',
  'back\\slash\\',
  'a.b',
  'semi;colon; drop table x',
  '-- comment',
  '/* comment */',
  'line\nbreak; drop table y',
  'carriage\rreturn; drop table y',
  'separator\u2028; drop table y',
  'Größe',
  '東京',
  '𝔘𝔫𝔦',
  'select',
  '1st',
  'n'.repeat(55),
  'a',
  'a__to__b',
  'b__to__c',
  'c',
  '{{element}}',
  '$$',
  "');--",
] as const;

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const numeric = { method: 'tokenization', type: 'numeric', shortData: 'error' };

const OTHERS = [
  { name: 'deSmall', method: 'tokenization', type: 'integer', size: 2 },
  { name: 'deInt', method: 'tokenization', type: 'integer', size: 4 },
  { name: 'deBig', method: 'tokenization', type: 'integer', size: 8 },
  { name: 'deNote', method: 'encryption', type: 'aes-256-gcm' },
  { name: 'deHash', method: 'hash', type: 'hmac-sha256' },
  { name: 'deClear', method: 'clear', type: 'no-encryption' },
  { name: 'deWatched', method: 'clear', type: 'monitor' },
  { name: 'deRotated', ...numeric, keyVersion: 3, oldKeyVersions: [1, 2] },
  { name: 'de Rotated', ...numeric, keyVersion: 2, oldKeyVersions: [1] },
] as const;

const grants = (permissions: readonly string[], noAccess = 'null') =>
  [...AWKWARD_NAMES, ...OTHERS.map(({ name }) => name)].map((element) => {
    const isHash = element === 'deHash';
    return {
      element,
      permissions: isHash ? permissions.filter((permission) => permission === 'protect') : permissions,
      noAccess,
    };
  });

export const AWKWARD_POLICY: PolicyDocument = parsePolicy({
  name: 'ODD; drop table z',
  dataStore: 'STORE',
  elements: [
    ...AWKWARD_NAMES.map((name, n) => ({ id: id(n), name, ...numeric })),
    ...OTHERS.map((element, n) => ({ id: id(100 + n), ...element })),
  ],
  roles: [
    { name: 'data owners "EU"', members: ['ann'], grants: grants(['protect', 'unprotect', 'reprotect']) },
    { name: "reader's", members: ['ben'], grants: grants(['unprotect'], 'exception') },
    {
      name: 'everybody',
      default: true,
      members: [],
      grants: [{ element: 'deClear', permissions: [], noAccess: 'protected' }],
    },
    { name: 'guests', members: ['gus'], grants: [] },
    { name: 'auditors', members: ['eve'], grants: grants([], 'protected').slice(0, 1), inheritsDefault: false },
  ],
});

export const AWKWARD_MAPPING: MappingDocument = parseMapping(
  {
    'hr.move "it"': { Operation: 'reprotect', OldElement: 'deSSN', Element: 'de SSN', ExternalIV: "it's\\é  x" },
    select: { Operation: 'unprotect', Element: 'two  blanks' },
    pty_protect_c: { Operation: 'protect', Element: 'a' },
  },
  AWKWARD_POLICY,
);
