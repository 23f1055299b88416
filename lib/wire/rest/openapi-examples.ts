// Requests with their replies, as the OpenAPI document shows them. The contract tests send every one of them.

export interface Example {
  readonly summary: string;
  readonly request: unknown;
  readonly status: 200 | 400;
  readonly reply: unknown;
}

type Examples = Readonly<Record<'protect' | 'unprotect' | 'reprotect', Readonly<Record<string, Example>>>>;

const user = 'admin';

export const V1_EXAMPLES: Examples = {
  protect: {
    column: {
      summary: 'One column; null and the empty text stay',
      request: { user, query_id: '1', encoding: 'utf8', data_element: 'ssn', data: ['944-07-4214', null, ''] },
      status: 200,
      reply: { encoding: 'utf8', results: ['?', null, ''], success: true },
    },
    columns: {
      summary: 'Two columns, of which one is refused',
      request: {
        user,
        arguments: [
          { id: 'id1', data_element: 'name', external_iv: 'hr', data: ['Zoë Müller'] },
          { id: 'id2', data_element: 'int', data: ['7.5'] },
        ],
      },
      status: 200,
      reply: {},
    },
    bytes: {
      summary: 'Bytes, as base64',
      request: { user, encoding: 'base64', data_element: 'bin', data: ['AAECAwQF'] },
      status: 200,
      reply: {},
    },
    'missing-element': {
      summary: 'A member is missing',
      request: { user, data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
    'missing-user': {
      summary: 'Nobody asks',
      request: { data_element: 'ssn', data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
    'unknown-user': {
      summary: 'The policy does not know the user',
      request: { user: 'nobody', data_element: 'ssn', data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
    'unknown-element': {
      summary: 'The policy does not know the element',
      request: { user, data_element: 'colour', data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
    'not-authorized': {
      summary: 'The user may not protect',
      request: { user: 'analyst', data_element: 'ssn', data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
    'bad-row': {
      summary: 'One value is too short, so none is answered',
      request: { user, data_element: 'ssn', data: ['944-07-4214', '12'] },
      status: 400,
      reply: {},
    },
  },
  unprotect: {
    column: {
      summary: 'One column',
      request: { user, data_element: 'ssn', data: ['?', null] },
      status: 200,
      reply: { encoding: 'utf8', results: ['944-07-4214', null], success: true },
    },
    'no-access': {
      summary: 'The user sees null, as the policy says',
      request: { user: 'analyst', data_element: 'ssn', data: ['?'] },
      status: 200,
      reply: { encoding: 'utf8', results: [null], success: true },
    },
  },
  reprotect: {
    column: {
      summary: 'To another external IV',
      request: { user, data_element: 'ssn', external_iv: 'hr', old_data_element: 'ssn', data: ['?'] },
      status: 200,
      reply: {},
    },
    'unknown-old-element': {
      summary: 'The policy does not know the element that the values are protected with',
      request: { user, data_element: 'ssn', old_data_element: 'colour', data: ['944-07-4214'] },
      status: 400,
      reply: {},
    },
  },
};

const content = 'OTQ0LTA3LTQyMTQ=';

export const LEGACY_EXAMPLES: Examples = {
  protect: {
    bulk: {
      summary: 'One column',
      request: { protect: { policyusername: user, dataelementname: 'ssn', bulk: { id: '1', data: [{ content }] } } },
      status: 200,
      reply: {},
    },
  },
  unprotect: {
    bulk: {
      summary: 'One column',
      request: { unprotect: { policyusername: user, dataelementname: 'ssn', bulk: { id: '1', data: [{ content }] } } },
      status: 200,
      reply: {},
    },
    'no-access': {
      summary: 'The user sees null, as the policy says',
      request: {
        unprotect: { policyusername: 'analyst', dataelementname: 'ssn', bulk: { id: '1', data: [{ content }] } },
      },
      status: 200,
      reply: {},
    },
  },
  reprotect: {
    bulk: {
      summary: 'To another element',
      request: {
        reprotect: {
          policyusername: user,
          newdataelementname: 'zip',
          olddataelementname: 'ssn',
          bulk: { id: '1', data: [{ content }] },
        },
      },
      status: 200,
      reply: {},
    },
  },
};
