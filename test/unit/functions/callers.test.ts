// Who asks, and of which element, on every front end.
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { redshiftHandler } from '../../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { CANARY } from '../../../lib/contract/policy-agent.ts';
import { withCanary } from '../../../lib/publication/canary.ts';
import { randomBytes } from 'node:crypto';
import {
  changed,
  compiledPolicy,
  KEYRING,
  lambdaContext,
  POLICY,
  redshiftEvent,
  testEnvironment,
} from '../../support/policy.ts';

const NOW_S = 1_800_000_000;
const SECRET = Buffer.alloc(32, 7);
/** `kate` may do everything, and `deSSN` has an old key version. */
const KATE = changed(
  changed(changed(POLICY, ['roles', 0, 'members'], ['kate']), ['elements', 1, 'keyVersion'], 2),
  ['elements', 1, 'oldKeyVersions'],
  [1],
);
const policy = () =>
  compilePolicy(
    {
      version: '7',
      content: {
        policy: parsePolicy(KATE),
        mapping: {},
        keyring: {
          ...KEYRING,
          rootKeys: [...KEYRING.rootKeys, { version: 2, key: Buffer.alloc(32, 3).toString('base64') }],
        },
      },
    },
    randomBytes,
  );

type Operation = 'protect' | 'unprotect' | 'reprotect' | 'check';
interface Ask {
  readonly user: string;
  readonly operation: Operation;
  readonly element: string;
  readonly oldElement?: string;
}
/** Sends one value, and resolves to the text of the error; undefined when it was answered. */
type FrontEnd = (ask: Ask) => Promise<string | undefined>;

let under: ReturnType<typeof testEnvironment>;
beforeEach(() => {
  under = testEnvironment(async () => policy());
});
const recorded = () =>
  under.records().map(({ protection }) => ({
    user: protection.policy_user,
    code: protection.audit_code,
    element: protection.dataelement,
  }));

const VALUE = '900-12-3456';
const errorOf = (statusCode: number, body: string) =>
  statusCode === 200 ? undefined : (JSON.parse(body) as { error_msg: string }).error_msg;

async function rest(ask: Ask, path: string, body: object, headers: Readonly<Record<string, string>>, jwt: boolean) {
  const variables = jwt ? { authorization: 'JWT', jwt_secret_base64: SECRET.toString('base64') } : {};
  const handler = restHandler(under.environment, variables, under.write, { nowMs: () => NOW_S * 1000 });
  const event = { httpMethod: 'POST', path: `${path}/${ask.operation}`, headers, body: JSON.stringify(body) };
  const { statusCode, body: reply } = await handler(event, lambdaContext());
  return errorOf(statusCode, reply);
}

const v1 = ({ user, element, oldElement }: Ask) => ({
  user,
  data_element: element,
  ...(oldElement !== undefined && { old_data_element: oldElement }),
  data: [VALUE],
});

const FRONT_ENDS: Readonly<Record<string, FrontEnd>> = {
  redshift: async ({ user, operation, element, oldElement }) => {
    const name = oldElement === undefined ? element : `${oldElement}__to__${element}`;
    const handler = redshiftHandler(under.environment, under.write);
    const reply = await handler(redshiftEvent(`pty_${operation}_${name}`, [VALUE], { user }), lambdaContext());
    return reply.success ? undefined : reply.error_msg;
  },
  snowflake: async ({ user, operation, element, oldElement }) => {
    const rule = { op_type: operation.toUpperCase(), data_element: element, old_data_element: oldElement };
    const headers = {
      'sf-context-current-user-base64': Buffer.from(user).toString('base64'),
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({ jsonpaths: [rule] }),
    };
    const event = { httpMethod: 'POST', path: '/', headers, body: JSON.stringify({ data: [[0, VALUE]] }) };
    const { statusCode, body } = await snowflakeHandler(under.environment, under.write)(event, lambdaContext());
    return errorOf(statusCode, body);
  },
  'REST, the body names the user': (ask) => rest(ask, '/pty/v1', v1(ask), {}, false),
  'REST, legacy body': (ask) =>
    rest(
      ask,
      '/pty',
      {
        [ask.operation]: {
          policyusername: ask.user,
          ...(ask.oldElement === undefined
            ? { dataelementname: ask.element }
            : { newdataelementname: ask.element, olddataelementname: ask.oldElement }),
          bulk: { data: [{ content: Buffer.from(VALUE).toString('base64') }] },
        },
      },
      {},
      false,
    ),
  'REST, the token names the user': async (ask) => {
    const token = await new SignJWT({ sub: ask.user, exp: NOW_S + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(SECRET);
    return rest(ask, '/pty/v1', { ...v1(ask), user: 'kate' }, { authorization: `Bearer ${token}` }, true);
  },
};
const frontEnds = Object.entries(FRONT_ENDS);
const hasCheck = (name: string): boolean => name !== 'REST, legacy body';

describe.each(frontEnds)('the user of %s', (_, ask) => {
  const protect = (user: string) => ask({ user, operation: 'protect', element: 'deSSN' });

  test.each(['kate', 'KATE', 'Kate', 'kATE'])('%s is kate, and recorded as the policy spells it', async (user) => {
    expect(await protect(user)).toBeUndefined();
    expect(recorded()).toEqual([{ user: 'kate', code: 6, element: 'deSSN' }]);
  });

  test.each(['\u212Aate', 'kat\u0435', 'ｋate', 'kate ', 'k\u0430te', 'KATE\u0000'])(
    '%j is no user of the policy, and recorded as it came',
    async (user) => {
      expect(await protect(user)).toMatch(/could not be found in the policy/);
      expect(recorded()).toEqual([{ user, code: 1, element: 'deSSN' }]);
    },
  );

  test('in another case is recorded as the policy spells it when refused, too', async () => {
    await ask({ user: 'OUTSIDER', operation: 'protect', element: 'deSSN' });
    expect(recorded()).toEqual([{ user: 'outsider', code: 3, element: 'deSSN' }]);
  });
});

describe.each(frontEnds)('an element of %s', (frontEnd, ask) => {
  const operations = (['protect', 'unprotect', 'check'] as const).filter(
    (word) => word !== 'check' || hasCheck(frontEnd),
  );
  const missing = ['deSSN@7', 'deSSN@2', 'deSSN@0', 'deSSN@01', 'deSSN@1@1', 'deNothing@1', 'deName@1'];

  test.each(operations.flatMap((operation) => missing.map((element) => [operation, element] as const)))(
    '%s: %s is unknown, code 2',
    async (operation, element) => {
      expect(await ask({ user: 'kate', operation, element })).toBeDefined();
      expect(recorded()).toEqual([{ user: 'kate', code: 2, element }]);
    },
  );

  // SQL names a reprotect by both elements, so an unknown one makes the function unknown, code 2 as well.
  test.each([
    ['deSSN@7', 'deCCN'],
    ['deCCN', 'deSSN@7'],
    ['deSSN@7', 'deSSN@8'],
  ])('reprotect from %s to %s: code 2', async (oldElement, element) => {
    expect(await ask({ user: 'kate', operation: 'reprotect', element, oldElement })).toBeDefined();
    expect(recorded().map(({ code }) => code)).toEqual([2]);
  });

  test('of an old key version is read as before', async () => {
    expect(await ask({ user: 'kate', operation: 'unprotect', element: 'deSSN@1' })).toBeUndefined();
    expect(recorded()).toEqual([{ user: 'kate', code: 11, element: 'deSSN@1' }]);
  });
});

test('a service user that is spelled otherwise than in the policy keeps its roles beside those of the canary', () => {
  for (const [users, serviceUser] of [
    [undefined, 'TEST_USER'],
    [['test_user', 'analyst', 'auditor', 'outsider'], 'Test_User'],
  ] as const) {
    const document = parsePolicy(changed(POLICY, ['users'], users));
    using compiled = compilePolicy(
      {
        version: '7',
        content: { policy: withCanary(document, 7, KEYRING, serviceUser), mapping: {}, keyring: KEYRING },
      },
      randomBytes,
    );
    const roles = compiled.decider.standing(serviceUser, 0)?.roles.map(({ name }) => name);
    expect(roles).toEqual(['administrator', CANARY]);
  }
  using plain = compiledPolicy();
  expect(plain.decider.spelledUser('TEST_USER')).toBe('test_user');
});
