// Files and sealed bundles: what people write, what commands seal, what functions open.
import { stringify } from 'yaml';
import { parseBundle } from '../../../functions/runtime/reload/reloading.ts';
import { openSigningKey, sealSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { draftPolicy } from '../../../lib/discovery/draft.ts';
import { readSource, type SourceFormat } from '../../../lib/document/source.ts';
import { PolicyDecider } from '../../../lib/policy/decide.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { openPolicy, sealPolicy } from '../../../lib/policy/bundle.ts';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import { openKeyring, sealKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { userNameExtractor } from '../../../lib/policy/user-name.ts';
import { Access } from '../../../lib/policy-tests/access.ts';
import { throwAwayEngine } from '../../../lib/policy-tests/engine.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { runPolicyTests } from '../../../lib/policy-tests/run.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { openTenants, sealTenants } from '../../../lib/tenants/bundle.ts';
import { destroyTenants } from '../../../lib/tenants/content.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { parseJwtSettings } from '../../../lib/wire/rest/jwt/settings.ts';
import { POLICY, policyContent } from '../../support/policy.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';
import { openTests, sealTests } from '../../../lib/publication/kept-tests.ts';
import { type Door, MARKER, type OpenDoor, parser, TAKEN } from './door.ts';
import { TIMED_POLICY } from './samples.ts';

const MAPPING = { protect_hr: { Operation: 'protect', Element: 'deSSN', ExternalIV: 'hr' } };
const AT = { version: 3, createdAt: new Date(0) };
const IV = new Uint8Array(12).fill(1);
/** While the entries of `TIMED_POLICY` count. */
const LATER_MS = Date.parse('2027-01-01');
const NO_RANDOM = (bytes: number): Uint8Array => new Uint8Array(bytes);

const WITH_GROUPS = {
  ...POLICY,
  users: ['test_user', 'analyst', 'auditor', 'outsider'],
  groups: [{ name: 'g', members: ['analyst'] }],
};

function document(
  name: string,
  format: SourceFormat,
  seeds: readonly object[],
  read: (document: unknown) => unknown,
): Door {
  const write = format === 'json' ? JSON.stringify : stringify;
  return parser(
    `${name} (${format})`,
    'text',
    () => seeds.map((seed) => write(seed)),
    async (input) => {
      const source = readSource(input.toString(), format);
      try {
        return await read(source.document);
      } catch (error) {
        throw source.locate(error);
      }
    },
  );
}

function readPolicy(value: unknown): void {
  const policy = parsePolicy(value);
  lintPolicy(policy, 0);
  const later = new PolicyDecider(policy).decide({ user: 'joe', operation: 'Unprotect', element: 'deText' }, LATER_MS);
  if (later.budget !== undefined && !(later.budget > 0)) throw new RangeError('a budget of nothing');
  using compiled = compilePolicy({ version: '1', content: { ...policyContent(), policy, mapping: {} } }, NO_RANDOM);
  for (const { name } of policy.elements.slice(0, 3)) compiled.nature(name);
}

const POLICY_OF_RELEASE = parsePolicy(POLICY);
const TESTED = new Access(parsePolicy(TIMED_POLICY), 0);

export const POLICY_TESTS = {
  tests: [
    'analyst unprotects deSSN: null',
    'test_user sees deSSN in clear',
    'reprotect deSSN to deCCN by auditor: refused, code 3',
    { user: 'analyst', unprotect: 'deText', value: MARKER, gives: null },
    { user: 'test_user', protect: 'deSSN', value: MARKER, gives: 'refused', code: 44 },
    'at 2031-01-01T00:00:00Z, kim unprotects deText: refused',
    { at: '2026-12-01', user: 'joe', unprotect: 'deText', gives: 'clear' },
  ],
  statements: [
    'nobody but test_user, role analyst or role auditor may both protect and unprotect deSSN, deCCN and de*',
    { nobody: { both: [{ protect: 'deSSN' }, { seeInClear: ['deCCN', 'deName'] }] }, but: ['role administrator'] },
    'at most 3 users see deName in clear',
    'every grant of role analyst is masked or null',
    'no path of reprotects by anybody but test_user shows anything of any element to user auditor',
    'now, every element has somebody who may unprotect it',
    { at: '2032-01-01', nobody: { unprotect: 'deText' } },
  ],
};

/** Parses and runs tests. Their own values may be in what they say: it is for the author. */
export async function runTests(value: unknown): Promise<void> {
  const tests = parsePolicyTests(value, TESTED);
  await runPolicyTests(TESTED, tests, throwAwayEngine(TESTED.policy, NO_RANDOM));
}

const documents = (['json', 'yaml'] as const).flatMap((format) => [
  document('policy', format, [POLICY, WITH_GROUPS, TIMED_POLICY], readPolicy),
  document('policy tests', format, [POLICY_TESTS], (value) => runTests(value)),
  document('mapping', format, [MAPPING], (value) => parseMapping(value, POLICY_OF_RELEASE)),
  document('tenants', format, [TENANTS], (value) => nextContent(parseTenants(value, SECRETS), SECRETS, undefined)),
]);

/** A door of sealed bundles. Its key service is that of the seeds. */
function sealed(
  name: string,
  seal: (keys: KeyService) => Promise<object>,
  open: (keys: KeyService, bundle: unknown) => Promise<unknown>,
): Door {
  return {
    name,
    form: 'text',
    open: async (): Promise<OpenDoor> => {
      const keys = memoryKeyService();
      return {
        seeds: [JSON.stringify(await seal(keys))],
        enter: async (input) => {
          await open(keys, parseBundle(input.toString(), 'bundle', '/here'));
          return TAKEN;
        },
      };
    },
  };
}

const bundles = [
  sealed(
    'sealed policy',
    (keys) => sealPolicy(keys, policyContent(), AT, IV),
    async (keys, bundle) => {
      using compiled = compilePolicy(await openPolicy(keys, bundle), NO_RANDOM);
      return compiled.version;
    },
  ),
  sealed(
    'sealed keyring',
    (keys) => {
      const { keyring: content } = policyContent();
      return sealKeyring(keys, { dataStore: 'TEST_STORE', version: 1, content }, AT.createdAt, IV);
    },
    openKeyring,
  ),
  sealed(
    'sealed tests',
    (keys) => {
      const passed = [{ kind: 'test' as const, text: 'ann unprotects deSSN: null', line: 3 }];
      return sealTests(keys, { file: 'policy.tests.yaml', atMs: 5, passed }, { policy: 'P', ...AT }, IV);
    },
    openTests,
  ),
  sealed(
    'sealed tenants',
    (keys) => sealTenants(keys, nextContent(parseTenants(TENANTS, SECRETS), SECRETS, undefined), AT, IV),
    async (keys, bundle) => destroyTenants(await openTenants(keys, bundle)),
  ),
  sealed(
    'sealed signing key',
    (keys) => {
      const header = { signingKeyId: '95f5a194-b0a4-4351-a1b2-0123456789ab', createdAt: AT.createdAt.toISOString() };
      return sealSigningKey(keys, header, new Secret(new Uint8Array(32).fill(3)), IV);
    },
    openSigningKey,
  ),
];

const settings = parser(
  'rest-settings',
  'json',
  () =>
    [
      { authorization: 'JWT', jwt_secret_base64: Buffer.alloc(64, 1).toString('base64'), jwt_user_claim: '["sub"]' },
      { authorization: 'JWT', jwt_verify: '0', allow_assume_user: '1' },
    ].map((variables) => JSON.stringify(variables)),
  (input) => {
    const variables = Object(JSON.parse(input.toString())) as Record<string, unknown>;
    // The environment of a process holds texts alone.
    const texts = Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return parseJwtSettings(Object.fromEntries(texts) as Record<string, string>);
  },
);

const userNames = parser(
  'user-name',
  'text',
  () => ['^(.*)@.*$', '^(?:DOMAIN\\\\)?(\\w+)$'],
  (input) => userNameExtractor(input.toString())(`ann@${'x'.repeat(1000)}`),
);

/** Values of one column, a line each: whatever they are, the draft shows none. */
const discovery: Door = {
  name: 'discovery',
  form: 'text',
  open: () => ({
    seeds: [
      `${MARKER}@x.example\nann@x.example\nN/A`,
      `12 ${MARKER} Street\nHauptstraße 4\n4 rue de Paris\nul. Długa 7\n1 Elm Avenue`,
      `4111 1111 1111 1111\n5555-5555-5555-4444\n6011111111111117\n378282246310005\n${MARKER}`,
      `1980-05-27\n27.05.1960\n1999-12-31\n05/27/1940\n1944-01-01\n1950-01-01\n1961-11-11\n2001-01-01\n1972-02-02\n1983-03-03\n${MARKER}`,
    ],
    enter: (input) => {
      const values = input.toString().split('\n');
      const column = {
        name: 'c1',
        type: 'VARCHAR',
        rows: values.length,
        values: values.map((value) => [value, 1] as const),
      };
      const { columns, policy } = draftPolicy([{ name: 't', columns: [column] }], { name: 'p', newId: () => UUID });
      const said = columns.map(({ finding, element, elementName }) => ({ finding, element, elementName }));
      return { taken: policy !== undefined, shown: JSON.stringify([said, policy]) };
    },
  }),
};

const UUID = 'f991813c-a062-4b9d-890f-a063cd042b6f';

export const DOCUMENTS: readonly Door[] = [...documents, ...bundles, settings, userNames, discovery];
