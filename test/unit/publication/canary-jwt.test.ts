import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { restHandler } from '../../../functions/runtime/protect/rest.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { CANARY } from '../../../lib/contract/policy-agent.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { CANARY_VALUE, canaryAnswers, canaryElement, withCanary } from '../../../lib/publication/canary.ts';
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
  const handler = restHandler(surroundings.environment, { ...JWT, ...more }, surroundings.write);
  const send = async (event: GatewayEvent) => {
    const { statusCode, body } = await handler(event, lambdaContext());
    return { status: statusCode, ...(JSON.parse(body) as { results?: unknown[]; error_msg?: string }) };
  };
  return { send, records: surroundings.records };
}

const bodyOf = (user: string, element: string, value: string) =>
  JSON.stringify({ user, data_element: element, data: [value] });
const direct = (user: string, element: string, value: string, operation = 'protect'): GatewayEvent => ({
  path: `/v1/${operation}`,
  headers: {},
  body: bodyOf(user, element, value),
});
const own = canaryElement(7, '1');

describe('the canary of a REST function with JWT authorization', () => {
  test('is answered when the function is invoked directly', async () => {
    const { send, records } = restFunction();
    const expected = canaryAnswers(7, content, randomBytes)['1'];
    expect(await send(direct(CANARY, own, CANARY_VALUE))).toMatchObject({ status: 200, results: [expected] });
    expect(records()[0]!.protection).toMatchObject({ policy_user: CANARY, audit_code: 6, dataelement: own });
  });

  test.each([
    ['through a gateway', gatewayEvent('POST', '/v1/protect', [], bodyOf(CANARY, own, CANARY_VALUE))],
    ['under another name', direct('test_user', own, CANARY_VALUE)],
    ['without a body', { path: '/v1/protect', headers: {} }],
  ])('is refused %s', async (_, event) => {
    expect(await restFunction().send(event)).toEqual({
      status: 400,
      success: false,
      error_msg: 'Authorization header was not found.',
    });
  });

  test('with an invalid token is refused like any user', async () => {
    const event = { ...direct(CANARY, own, CANARY_VALUE), headers: { authorization: 'bearer x.y.z' } };
    expect((await restFunction().send(event)).status).toBeGreaterThanOrEqual(400);
  });

  test('is refused where a service user replaces every user: it would be that user', async () => {
    const { send } = restFunction({ service_user: 'test_user' });
    expect(await send(direct(CANARY, own, CANARY_VALUE))).toMatchObject({ status: 400 });
  });

  test.each(['deSSN', 'deName'])('may not use %s, whatever the default role allows', async (element) => {
    const { send } = restFunction();
    expect(await send(direct(CANARY, element, '900-12-3456', 'unprotect'))).toMatchObject({
      status: 400,
      error_msg: 'User not authorized. Refer to audit log for details.',
    });
  });
});
