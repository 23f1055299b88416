// What the canary asks each kind of protect function, in the language its callers speak, and how it reads the answers.

import type { Cell } from '../base/cell.ts';
import type { FrontEnd } from '../contract/front-ends.ts';
import { CANARY } from '../contract/policy-agent.ts';
import type { RedshiftEvent, RedshiftReply } from '../wire/redshift.ts';

export interface Question {
  readonly operation: 'protect' | 'unprotect';
  readonly element: string;
  readonly column: readonly Cell[];
}

/** `temporary`: the function could not answer just now and says so; everything that is no column otherwise is `refused`. */
export type Answer =
  | { readonly kind: 'column'; readonly column: readonly unknown[] }
  | { readonly kind: 'temporary'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

/** The caller of a front end, as far as the canary plays it. */
export interface CanaryClient {
  readonly event: (question: Question) => unknown;
  readonly answer: (reply: unknown) => Answer;
}

const redshift: CanaryClient = {
  event: ({ operation, element, column }): RedshiftEvent => ({
    user: CANARY,
    external_function: `pty_${operation}_${element}`,
    query_id: 0,
    num_records: column.length,
    arguments: column.map((cell) => [cell]),
  }),
  answer: (reply) => {
    const { success, results, error_msg: text } = Object(reply) as Partial<RedshiftReply> & Record<string, unknown>;
    if (success === true && Array.isArray(results)) return { kind: 'column', column: results };
    return refusal(text, /^Temporary failure: /);
  },
};

/** As Snowflake sends it through an API Gateway proxy integration; the user in its base64 form, which loses nothing. */
const snowflake: CanaryClient = {
  event: ({ operation, element, column }) => ({
    httpMethod: 'POST',
    path: '/SF_CUSTOMER',
    headers: {
      'sf-external-function-format': 'json',
      'sf-external-function-format-version': '1.0',
      'sf-external-function-current-query-id': CANARY,
      'sf-external-function-query-batch-id': `${CANARY}:${element}:${operation}`,
      'sf-context-current-user-base64': Buffer.from(CANARY).toString('base64'),
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({
        jsonpaths: [{ op_type: operation.toUpperCase(), data_element: element }],
      }),
    },
    requestContext: { identity: { sourceIp: '127.0.0.1' } },
    body: JSON.stringify({ data: column.map((cell, row) => [row, cell]) }),
    isBase64Encoded: false,
  }),
  answer: (reply) =>
    gatewayAnswer(reply, ({ data }) =>
      Array.isArray(data)
        ? data.map((row: unknown) => (Array.isArray(row) ? (row[1] as unknown) : undefined))
        : undefined,
    ),
};

/** The direct invocation of the REST function, which says itself who invokes. */
const rest: CanaryClient = {
  event: ({ operation, element, column }) => ({
    caller: CANARY,
    path: `/v1/${operation}`,
    headers: {},
    body: JSON.stringify({ user: CANARY, query_id: CANARY, data_element: element, encoding: 'utf8', data: column }),
    isBase64Encoded: false,
  }),
  answer: (reply) => gatewayAnswer(reply, ({ results }) => (Array.isArray(results) ? results : undefined)),
};

/** A gateway's reply has a status and a JSON text; 429 and 503 ask for another attempt. */
function gatewayAnswer(
  reply: unknown,
  columnOf: (body: Record<string, unknown>) => readonly unknown[] | undefined,
): Answer {
  const { statusCode, body: text } = Object(reply) as Record<string, unknown>;
  if (statusCode === 429 || statusCode === 503) return { kind: 'temporary', text: `status ${statusCode}` };
  const body = Object(parse(text)) as Record<string, unknown>;
  const column = statusCode === 200 ? columnOf(body) : undefined;
  return column === undefined ? refusal(body['error_msg'], NEVER) : { kind: 'column', column };
}

const NEVER = /(?!)/;

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

function refusal(text: unknown, temporary: RegExp): Answer {
  if (typeof text !== 'string') return { kind: 'refused', text: 'it answered in another language' };
  return { kind: temporary.test(text) ? 'temporary' : 'refused', text };
}

export const CANARY_CLIENTS = { redshift, snowflake, rest } satisfies Record<FrontEnd, CanaryClient>;
