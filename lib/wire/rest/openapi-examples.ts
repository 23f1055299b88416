// Requests and replies of the OpenAPI document. A test sends every one under the policy of the wire vectors, so that
// the tokens are the real answers.

export interface Example {
  readonly summary: string;
  readonly request: unknown;
  readonly status: 200 | 400;
  readonly reply: unknown;
}

type Examples<Name extends string> = Readonly<Record<Name, Readonly<Record<string, Example>>>>;
type LegacyName = 'protect' | 'unprotect' | 'reprotect';

const user = 'admin';
const value = '944-07-4214';
const token = '994-67-7019';
const tokenWithIv = '101-27-4825';

export const V1_EXAMPLES: Examples<LegacyName | 'check'> = {
  protect: {
    column: answered(
      'One column; null and the empty text stay',
      { user, query_id: '1', encoding: 'utf8', data_element: 'ssn', data: [value, null, ''] },
      { encoding: 'utf8', results: [token, null, ''], success: true },
    ),
    columns: answered(
      'Two columns, of which one is refused',
      {
        user,
        arguments: [
          { id: 'id1', data_element: 'ssn', external_iv: 'hr', data: [value] },
          { id: 'id2', data_element: 'int', data: ['7.5'] },
        ],
      },
      {
        success: false,
        results: [
          { id: 'id1', encoding: 'utf8', results: [tokenWithIv], success: true },
          {
            id: 'id2',
            error_msg: 'Protect failed. row 0:Integer input error. Only digits allowed',
            success: false,
            detail: 'int: value 1 of 1 is not a whole number of digits alone; no other value of this batch is bad',
          },
        ],
      },
    ),
    bytes: answered(
      'Bytes, in base64',
      { user, encoding: 'base64', data_element: 'bin', data: ['AAECAwQF'] },
      { encoding: 'base64', results: ['hVLPeimJxQ=='], success: true },
    ),
    'missing-user': refused(
      'The user is missing',
      { data_element: 'ssn', data: [value] },
      'Required attribute is missing /user',
    ),
    'unknown-user': refused(
      'The policy does not know the user',
      { user: 'nobody', data_element: 'ssn', data: [value] },
      'The username could not be found in the policy in shared memory.',
    ),
    'unknown-element': refused(
      'The policy does not know the element',
      { user, data_element: 'colour', data: [value] },
      'Protect failed. Data element not found. Refer to audit log for details.',
    ),
    'not-authorized': refused(
      'The user may not protect',
      { user: 'analyst', data_element: 'ssn', data: [value] },
      'User not authorized. Refer to audit log for details.',
    ),
    'bad-row': refused(
      'One value is too short, so none is answered',
      { user, data_element: 'ssn', data: [value, '12'] },
      'Protect failed. row 1:The input is too short',
      'ssn: value 2 of 2 is too short (at least 6 digits); no other value of this batch is bad',
    ),
  },
  unprotect: {
    column: answered(
      'One column',
      { user, data_element: 'ssn', data: [token, null] },
      { encoding: 'utf8', results: [value, null], success: true },
    ),
    'no-access': answered(
      'The user sees null, as the policy says',
      { user: 'analyst', data_element: 'ssn', data: [token] },
      { encoding: 'utf8', results: [null], success: true },
    ),
  },
  reprotect: {
    column: answered(
      'To another external IV',
      { user, data_element: 'ssn', external_iv: 'hr', old_data_element: 'ssn', data: [token] },
      { encoding: 'utf8', results: [tokenWithIv], success: true },
    ),
    'unknown-old-element': refused(
      'The policy does not know the element that the values are protected with',
      { user, data_element: 'ssn', old_data_element: 'colour', data: [token] },
      'Unprotect failed. Data element not found. Refer to audit log for details.',
    ),
  },
  check: {
    column: answered(
      'One column, of which one value would be refused',
      { user, data_element: 'ssn', data: [value, '12', null] },
      { encoding: 'utf8', results: [null, 'value is too short (at least 6 digits)', null], success: true },
    ),
    'not-authorized': refused(
      'The user may not protect, and so not check',
      { user: 'analyst', data_element: 'ssn', data: [value] },
      'User not authorized. Refer to audit log for details.',
    ),
  },
};

const [value64, token64, zipToken64] = ['OTQ0LTA3LTQyMTQ=', 'OTk0LTY3LTcwMTk=', 'NTgwLTAzLTY0MTg='];
const bulk = (content: string) => ({ id: '1', data: [{ content }] });
const bulkReply = (returntype: string, content: string | null) => ({
  bulk: { returntype, data: [{ returntype, content }], id: '1' },
});

export const LEGACY_EXAMPLES: Examples<LegacyName> = {
  protect: {
    bulk: answered(
      'One column',
      { protect: { policyusername: user, dataelementname: 'ssn', bulk: bulk(value64) } },
      { protect: bulkReply('success', token64) },
    ),
  },
  unprotect: {
    bulk: answered(
      'One column',
      { unprotect: { policyusername: user, dataelementname: 'ssn', bulk: bulk(token64) } },
      { unprotect: bulkReply('success', value64) },
    ),
    'no-access': answered(
      'The user sees null, as the policy says',
      { unprotect: { policyusername: 'analyst', dataelementname: 'ssn', bulk: bulk(token64) } },
      { unprotect: bulkReply('warning', null) },
    ),
  },
  reprotect: {
    bulk: answered(
      'To another element',
      {
        reprotect: { policyusername: user, newdataelementname: 'zip', olddataelementname: 'ssn', bulk: bulk(token64) },
      },
      { reprotect: bulkReply('success', zipToken64) },
    ),
  },
};

function answered(summary: string, request: unknown, reply: unknown): Example {
  return { summary, request, status: 200, reply };
}

function refused(summary: string, request: unknown, text: string, detail?: string): Example {
  const reply = { error_msg: text, success: false, ...(detail !== undefined && { detail }) };
  return { summary, request, status: 400, reply };
}
