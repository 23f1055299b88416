// Texts of refusals that the public clients' own test suites look for, word by word.
import { expect, test } from '@jest/globals';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { lambdaContext } from '../../support/policy.ts';
import { API_KEYS, tspUnderTest } from '../../support/tsp.ts';

// The texts stand here again on purpose: those of the code may not change.
const UNKNOWN = 'No configurations available for the provided tenant'; // Go, `TestEncryptBadTenant`; Node, "No configurations available"
const NO_PRIMARY = 'no primary KMS config'; // Node, `encryptField`, `rotateField` and their batches
const NO_EDEK = "Provided EDEK didn't contain IronCore EDEKs"; // Go, `TestBatchDecryptPartialFailure`
const NOT_ASSIGNED = 'is not assigned to tenant'; // Go, `TestRekey`

const PATHS = { paths: { '': ['x'] }, derivationType: 'sha512', secretType: 'deterministic' };

interface Failure {
  readonly code: number;
  readonly message: string;
}

/** The refusal of a request, or of the id `bad` of a batch. */
async function refused(route: string, tenantId: string, more: object = {}, edek?: string): Promise<Failure> {
  const under = await tspUnderTest();
  const encryptedDocumentKey = edek === undefined ? undefined : (under.edeks[edek] ?? edek);
  const edeks = encryptedDocumentKey === undefined ? {} : { bad: encryptedDocumentKey };
  const body = { tenantId, iclFields: { requestingId: 'app' }, encryptedDocumentKey, edeks, ...more };
  const headers = Object.entries({ Authorization: `cmk ${API_KEYS[0]}` });
  const event = gatewayEvent('POST', `/api/1/${route}`, headers, JSON.stringify(body));
  const answer = JSON.parse((await under.handler(event, lambdaContext())).body) as
    | Failure
    | { failures: { bad: Failure } };
  return 'failures' in answer ? answer.failures.bad : answer;
}

/** The bytes of "edek". */
const NONSENSE = 'ZWRlaw==';

test.each<[string, number, string, () => Promise<Failure>]>([
  ['an unknown tenant', 201, UNKNOWN, () => refused('document/wrap', 'not-a-tenant')],
  ['deriving keys of an unknown tenant', 201, UNKNOWN, () => refused('key/derive-with-secret-path', 'x', PATHS)],
  ['a tenant whose configurations are all inactive', 201, UNKNOWN, () => refused('document/wrap', 'inactive')],
  ['wrapping without a primary', 200, NO_PRIMARY, () => refused('document/wrap', 'no-primary')],
  [
    'a batch without a primary',
    200,
    NO_PRIMARY,
    () => refused('document/batch-wrap', 'no-primary', { documentIds: ['a'] }),
  ],
  ['bytes that are no EDEK', 203, NO_EDEK, () => refused('document/unwrap', 'acme', {}, NONSENSE)],
  ['such bytes in a batch', 203, NO_EDEK, () => refused('document/batch-unwrap', 'acme', {}, NONSENSE)],
  ['an EDEK cut off', 203, NO_EDEK, () => refused('document/unwrap', 'acme', {}, 'cut')],
  ['an EDEK of another tenant', 203, NOT_ASSIGNED, () => refused('document/unwrap', 'acme', {}, 'globex')],
  [
    'an EDEK of an unknown configuration',
    203,
    NOT_ASSIGNED,
    () => refused('document/unwrap', 'acme', {}, 'unknown-configuration'),
  ],
  ['a leased EDEK of another tenant', 203, NOT_ASSIGNED, () => refused('document/unwrap', 'lessor-new', {}, 'lessor')],
  [
    'a leased EDEK that was altered',
    203,
    NOT_ASSIGNED,
    () => refused('document/unwrap', 'lessor', {}, 'lessor-altered'),
  ],
  [
    'rekeying the EDEK of another tenant',
    203,
    NOT_ASSIGNED,
    () => refused('document/rekey', 'acme', { newTenantId: 'globex' }, 'globex'),
  ],
])('%s: code %d with the text of the public clients’ tests', async (_, code, text, refusal) => {
  expect(await refusal()).toEqual({ code, message: expect.stringContaining(text) });
});
