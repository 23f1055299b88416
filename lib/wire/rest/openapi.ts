// The OpenAPI 3.1 document of the REST API, generated from the schemas that check bodies.

import * as z from 'zod/mini';
import { RELEASE } from '../../contract/release.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { type Example, LEGACY_EXAMPLES, V1_EXAMPLES } from './openapi-examples.ts';
import { itemOf } from './long-array.ts';
import { codesOfStatus, errorBody } from './refusal.ts';
import { argumentsSchemas, errorReply, legacySchemas, replySchemas, singleSchemas } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;
type Name = 'protect' | 'unprotect' | 'reprotect' | 'check';

let made: Json | undefined;

/** Returns the document. Built on first use, because few environments need it. */
export function openApiDocument(): Json {
  made ??= {
    openapi: '3.1.0',
    info: {
      title: 'serverless-protector REST API',
      version: RELEASE,
      description:
        'Protects, unprotects and reprotects columns of values under a policy, and checks values before they are protected. Each column is decided by itself, and recorded before it is answered. One bad value refuses its column; the error names the row, never the value.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'https://{apiGatewayId}.execute-api.{region}.amazonaws.com/pty',
        variables: { apiGatewayId: { default: 'abc123xyz' }, region: { default: 'us-east-1' } },
      },
      { url: 'http://127.0.0.1:8787/pty', description: 'On a laptop' },
    ],
    security: [{ bearer: [] }, { signature: [] }, {}],
    tags: [{ name: 'v1' }, { name: 'legacy', description: 'The form of earlier products.' }],
    paths: {
      '/v1/protect': v1Path('protect', 'Protects values'),
      '/v1/unprotect': v1Path('unprotect', 'Gives protected values back'),
      '/v1/reprotect': v1Path('reprotect', 'Moves protected values to another element or external IV'),
      '/v1/check': v1Path('check', 'Tells which values protect would refuse, and why'),
      '/protect': legacyPath('protect', 'Protects values'),
      '/unprotect': legacyPath('unprotect', 'Gives protected values back'),
      '/reprotect': legacyPath('reprotect', 'Moves protected values to another element or external IV'),
      '/v1/version': openPath('version', 'The release that answers', schemaRef('Version'), { version: RELEASE }),
      '/v1/openapi.json': openPath('openapi', 'This document', { type: 'object' }),
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Where the function is set to authorization = JWT: the token names the policy user.',
        },
        signature: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'awsSigv4',
          description: 'AWS Signature Version 4, where the API asks for IAM authorization.',
        },
      },
      schemas: schemas(),
    },
  };
  return made;
}

function schemas(): Json {
  return {
    ProtectColumn: toSchema(singleSchemas.protect),
    ProtectColumns: toSchema(argumentsSchemas.protect),
    ReprotectColumn: toSchema(singleSchemas.reprotect),
    ReprotectColumns: toSchema(argumentsSchemas.reprotect),
    LegacyProtect: toSchema(legacySchemas.protect),
    LegacyUnprotect: toSchema(legacySchemas.unprotect),
    LegacyReprotect: toSchema(legacySchemas.reprotect),
    ColumnReply: toSchema(replySchemas.single),
    CheckReply: toSchema(replySchemas.check),
    ColumnsReply: toSchema(replySchemas.arguments),
    LegacyReply: toSchema(replySchemas.legacy),
    Version: toSchema(replySchemas.version),
    Error: toSchema(errorReply),
  };
}

/** Converts a schema. `io: 'input'` allows members that are not described. */
function toSchema(schema: z.ZodMiniType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const item = itemOf(zodSchema);
      if (item !== undefined) jsonSchema.items = toSchema(item);
    },
  });
  return rest;
}

function schemaRef(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function v1Path(name: Name, summary: string): Json {
  const form = name === 'reprotect' ? 'Reprotect' : 'Protect';
  return {
    post: {
      operationId: name,
      tags: ['v1'],
      summary,
      ...bodies(
        V1_EXAMPLES[name],
        [`${form}Column`, `${form}Columns`],
        [name === 'check' ? 'CheckReply' : 'ColumnReply', 'ColumnsReply'],
        name === 'check'
          ? 'Null for each good value, else the reason; with arguments, one entry each, of which at least one succeeded.'
          : 'The values in the order and encoding of the request; with arguments, one entry each, of which at least one succeeded.',
      ),
    },
  };
}

function legacyPath(name: Exclude<Name, 'check'>, summary: string): Json {
  const form = { protect: 'LegacyProtect', unprotect: 'LegacyUnprotect', reprotect: 'LegacyReprotect' }[name];
  return {
    post: {
      operationId: `legacy-${name}`,
      tags: ['legacy'],
      summary,
      ...bodies(
        LEGACY_EXAMPLES[name],
        [form],
        ['LegacyReply'],
        'The values in base64; returntype warning where the user may not see them.',
      ),
    },
  };
}

function openPath(operationId: string, summary: string, schema: Json, example?: unknown): Json {
  return {
    get: {
      operationId,
      tags: ['v1'],
      summary,
      security: [{}],
      responses: { 200: json(summary, schema, example === undefined ? {} : { example: { value: example } }) },
    },
  };
}

type Examples = Readonly<Record<string, Example>>;

/** Describes requests and responses. The examples of a request and its response share their name. */
function bodies(examples: Examples, requests: readonly string[], replies: readonly string[], answered: string): Json {
  const entries = Object.entries(examples);
  const answers = (status: number) =>
    Object.fromEntries(
      entries
        .filter(([, example]) => example.status === status)
        .map(([name, { summary, reply }]) => [name, { summary, value: reply }]),
    );
  const requestExamples = Object.fromEntries(
    entries.map(([name, { summary, request }]) => [name, { summary, value: request }]),
  );
  return {
    requestBody: { required: true, ...json('', either('oneOf', requests), requestExamples) },
    responses: {
      200: json(answered, either('anyOf', replies), answers(200)),
      400: json(
        'The request or the policy is the cause. Sending it again changes nothing.',
        // Where every argument is refused, the reply is an error with results.
        either('anyOf', replies.includes('ColumnsReply') ? ['Error', 'ColumnsReply'] : ['Error']),
        { ...answers(400), ...REQUEST_ERRORS },
      ),
      403: errors('The token is not valid.', 403),
      429: errors('Too many requests, by the gateway or by the key service. A slower repeat helps.', 429),
      500: errors('The function is not set up, or failed. Its log says why.', 500),
      503: errors('A policy, a key or the audit trail is out of reach. Sending it again may help.', 503),
    },
  };
}

function either(keyword: 'oneOf' | 'anyOf', names: readonly string[]): Json {
  return names.length === 1 ? schemaRef(names[0]!) : { [keyword]: names.map(schemaRef) };
}

function json(description: string, schema: Json, examples: Json): Json {
  const content = { 'application/json': { schema, ...(Object.keys(examples).length > 0 && { examples }) } };
  return { ...(description !== '' && { description }), content };
}

function errors(description: string, status: number): Json {
  return json(
    description,
    schemaRef('Error'),
    errorExamples(codesOfStatus(status).map((code) => new RefusedError(code))),
  );
}

/** Makes examples named by refusal code. */
function errorExamples(refusals: readonly RefusedError[]): Json {
  return Object.fromEntries(
    refusals.map((refusal) => [refusal.code.toLowerCase().replaceAll('_', '-'), { value: errorBody(refusal) }]),
  );
}

const REQUEST_ERRORS = errorExamples([
  new RefusedError('ATTRIBUTE_MISSING', { word: '/data_element' }),
  new RefusedError('AUTHORIZATION_MISSING'),
  new RefusedError('AUTHORIZATION_MALFORMED'),
  new RefusedError('AUTHORIZATION_SCHEME', { word: 'Basic' }),
  new RefusedError('USER_CLAIM_MISSING'),
]);
