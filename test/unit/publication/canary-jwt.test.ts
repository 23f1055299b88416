import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { policyUserFrom } from '../../../functions/runtime/protect/policy-user.ts';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { CANARY } from '../../../lib/contract/policy-agent.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { CANARY_VALUE, canaryAnswers, canaryElement, withCanary } from '../../../lib/publication/canary.ts';
import { CANARY_CLIENTS } from '../../../lib/publication/front-ends.ts';
import type { GatewayEvent } from '../../../lib/wire/gateway.ts';
import { changed, KEYRING, lambdaContext, POLICY, testEnvironment } from '../../support/policy.ts';

/** A policy in which all users may read deName. */
const OPEN = changed(POLICY, ['roles', 4], {
  name: 'everyone',
  default: true,
  members: [],
  grants: [{ element: 'deName', permissions: ['unprotect'] }],
});
const content = { policy: withCanary(parsePolicy(OPEN), 7, KEYRING), mapping: {}, keyring: KEYRING };
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWT = {
  authorization: 'JWT',
  jwt_secret_base64: Buffer.from(publicKey.export({ format: 'pem', type: 'spki' })).toString('base64'),
};

function restFunction(more: Readonly<Record<string, string>> = {}) {
  const policy = compilePolicy({ version: '7', content }, randomBytes);
  const surroundings = testEnvironment(() => Promise.resolve(policy));
  const environment = async () => {
    const { trail } = await surroundings.environment();
    const identify = callersOf(await policyUserFrom(more));
    return {
      trail,
      protector: new Protector(
        async () => policy,
        trail.open(),
        () => 0,
        identify,
      ),
    };
  };
  const handler = restHandler(environment, { ...JWT, ...more }, surroundings.write);
  const send = async (event: GatewayEvent) => {
    const { statusCode, body } = await handler(event, lambdaContext());
    return { status: statusCode, ...(JSON.parse(body) as { results?: unknown[]; error_msg?: string }) };
  };
  return { send, records: surroundings.records };
}

const bodyOf = (user: string, element: string, value: string) =>
  JSON.stringify({ user, data_element: element, data: [value] });
/** What the policy agent sends: `caller` says who invokes. */
const direct = (element: string, value: string, operation = 'protect', change: object = {}): GatewayEvent => ({
  caller: CANARY,
  path: `/v1/${operation}`,
  headers: {},
  body: bodyOf(CANARY, element, value),
  ...change,
});
/** A legacy body that names another user beside the canary. */
const twoUsers = (element: string, value: string): string =>
  JSON.stringify({
    user: CANARY,
    unprotect: {
      policyusername: 'test_user',
      dataelementname: element,
      bulk: { data: [{ content: Buffer.from(value).toString('base64') }] },
    },
  });
const own = canaryElement(7, '1');

const TOKEN = '656-39-0935';
const NO_TOKEN = { status: 400, success: false, error_msg: 'Authorization header was not found.' };

describe('the canary of a REST function with JWT authorization', () => {
  test('is answered when the agent invokes the function, and recorded under its own name', async () => {
    const { send, records } = restFunction();
    const expected = canaryAnswers(7, content, randomBytes)['1'];
    expect(await send(direct(own, CANARY_VALUE))).toMatchObject({ status: 200, results: [expected] });
    expect(records()[0]!.protection).toMatchObject({ policy_user: CANARY, audit_code: 6, dataelement: own });
  });

  test('sends what the function takes for it', async () => {
    const event = CANARY_CLIENTS.rest.event({ operation: 'protect', element: own, column: [CANARY_VALUE, null] });
    const expected = canaryAnswers(7, content, randomBytes)['1'];
    expect(await restFunction().send(event as GatewayEvent)).toMatchObject({ status: 200, results: [expected, null] });
  });

  const noMember = { caller: undefined };
  test.each<[string, GatewayEvent]>([
    ['by a body alone', direct(own, CANARY_VALUE, 'protect', noMember)],
    [
      'by a body that names another user as well',
      direct('', '', 'unprotect', { ...noMember, body: twoUsers('deSSN', TOKEN) }),
    ],
    ['in capitals', direct(own, CANARY_VALUE, 'protect', { caller: CANARY.toUpperCase() })],
    ['as a list', direct(own, CANARY_VALUE, 'protect', { caller: [CANARY] })],
    ['under another name', direct(own, CANARY_VALUE, 'protect', { caller: 'test_user' })],
    [
      'through a REST API',
      { ...gatewayEvent('POST', '/v1/protect', [], bodyOf(CANARY, own, CANARY_VALUE)), caller: CANARY },
    ],
    ['through an HTTP API', direct(own, CANARY_VALUE, 'protect', { requestContext: { http: { method: 'POST' } } })],
    ['with the context of a gateway', direct(own, CANARY_VALUE, 'protect', { requestContext: {} })],
    ['in a header', direct(own, CANARY_VALUE, 'protect', { ...noMember, headers: { caller: CANARY } })],
    ['without a body', { path: '/v1/protect', headers: {} }],
  ])('is refused %s', async (_, event) => {
    const { send, records } = restFunction();
    expect(await send(event)).toEqual(NO_TOKEN);
    expect(records().map(({ protection }) => [protection.policy_user, protection.audit_code])).toEqual([['', 1]]);
  });

  test.each(['deSSN', 'deName'])('stays the canary whatever the body says, and may not use %s', async (element) => {
    const { send, records } = restFunction({ allow_assume_user: '1' });
    const bodies = [
      bodyOf('test_user', element, TOKEN),
      twoUsers(element, TOKEN),
      twoUsers(element, TOKEN).replace(`"user":"${CANARY}",`, ''),
      JSON.stringify({ user: 'test_user', arguments: [{ data_element: element, data: [TOKEN] }] }),
    ];
    for (const body of bodies) {
      // oxlint-disable-next-line no-await-in-loop -- one request at a time
      expect(await send(direct(element, TOKEN, 'unprotect', { body }))).toMatchObject({
        status: 400,
        error_msg: 'User not authorized. Refer to audit log for details.',
      });
    }
    expect(records().map(({ protection }) => [protection.policy_user, protection.audit_code])).toEqual(
      bodies.map(() => [CANARY, 3]),
    );
  });

  test('stays the canary where a service user replaces every user', async () => {
    const { send, records } = restFunction({ service_user: 'test_user' });
    expect(await send(direct(own, CANARY_VALUE))).toMatchObject({ status: 200 });
    expect(await send(direct('deSSN', TOKEN, 'unprotect'))).toMatchObject({ status: 400 });
    expect(records().map(({ protection }) => protection.policy_user)).toEqual([CANARY, CANARY]);
  });
});

describe('the canary of a REST function that takes the user of the body', () => {
  test('stays the canary, and others are who they say', async () => {
    const { send, records } = restFunction({ authorization: '' });
    expect(
      await send(direct('deSSN', TOKEN, 'unprotect', { body: bodyOf('test_user', 'deSSN', TOKEN) })),
    ).toMatchObject({
      status: 400,
    });
    const body = bodyOf('test_user', 'deSSN', TOKEN);
    expect(await send(direct('', '', 'unprotect', { caller: undefined, body }))).toMatchObject({ status: 200 });
    expect(records().map(({ protection }) => protection.policy_user)).toEqual([CANARY, 'test_user']);
  });

  test('is refused a body that names two users: something in front may have read the other one', async () => {
    const body = twoUsers('deSSN', TOKEN);
    const { send, records } = restFunction({ authorization: '' });
    expect(await send(direct('', '', 'unprotect', { caller: undefined, body }))).toMatchObject({ status: 400 });
    expect(records().map(({ protection }) => [protection.policy_user, protection.audit_code])).toEqual([['', 44]]);
  });
});
