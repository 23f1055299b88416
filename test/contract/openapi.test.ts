// The OpenAPI document of the REST API is valid and describes the replies of the function.
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from '@jest/globals';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { openApiDocument } from '../../lib/wire/rest/openapi.ts';
import { restUnderTest } from '../support/rest.ts';
import { readWireVectors, requestBody } from '../support/wire-vectors.ts';

interface Media {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Body {
  readonly content: { readonly 'application/json': Media };
}
interface DescribedOperation {
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;

const document = openApiDocument();
const paths = document['paths'] as Paths;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);

/** Returns the errors of a value under a schema of the document. */
function problems(schema: object, value: unknown): string {
  const text = JSON.stringify(schema);
  let validate = validators.get(text);
  if (validate === undefined) {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ['components'] });
    validate = ajv.compile({ ...schema, components: document['components'] });
    validators.set(text, validate);
  }
  return validate(value) ? '' : JSON.stringify(validate.errors);
}

const validators = new Map<string, ValidateFunction>();

function send(name: string, body: unknown) {
  const [method, path] = name.split(' ') as [string, string];
  return restUnderTest().send(gatewayEvent(method, path, [], body === undefined ? '' : JSON.stringify(body)));
}

test('the function answers GET /v1/openapi.json with the document, which is valid OpenAPI 3.1', async () => {
  const { status, body } = await send('GET /v1/openapi.json', undefined);
  expect([status, JSON.parse(body)]).toEqual([200, JSON.parse(JSON.stringify(document))]);
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(body) as Record<string, unknown>)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('every tag of the document names operations, and every operation has a tag', () => {
  const named = document['tags'] as readonly { readonly name: string }[];
  const used = operations.map(([, operation]) => (operation as { readonly tags?: readonly string[] }).tags?.[0]);
  expect(new Set(used)).toEqual(new Set(named.map(({ name }) => name)));
});

test('every description of the document says something', () => {
  const texts = [...JSON.stringify(document).matchAll(/"description":"([^"]*)/g)].map(([, text]) => text);
  expect(texts.length).toBeGreaterThan(50);
  expect(texts).not.toContain('');
});

test('a request may hold 1 to 256 columns, as the function has it', async () => {
  const limits = [...JSON.stringify(document).matchAll(/"minItems":(\d+),"maxItems":(\d+)/g)];
  expect(limits.map(([, least, most]) => [least, most])).toEqual([
    ['1', '256'],
    ['1', '256'],
  ]);
  const column = { id: 'a', data_element: 'ssn', data: ['944-07-4214'] };
  const statusOf = async (columns: number) =>
    (await send('POST /v1/protect', { user: 'admin', arguments: Array<object>(columns).fill(column) })).status;
  expect([await statusOf(0), await statusOf(1), await statusOf(256), await statusOf(257)]).toEqual([
    400, 200, 200, 400,
  ]);
});

test.each(operations)('the function answers %s', async (name, operation) => {
  const { status } = await send(name, operation.requestBody === undefined ? undefined : {});
  expect(status).toBe(operation.requestBody === undefined ? 200 : 400);
});

test('the release is shown as the function answers it', async () => {
  const { examples } = paths['/v1/version']!['get']!.responses['200']!.content['application/json'];
  expect(examples!['example']!.value).toEqual(JSON.parse((await send('GET /v1/version', undefined)).body));
});

describe('every example', () => {
  const examples = operations.flatMap(([name, { requestBody: body, responses }]) => {
    const { schema, examples: requests = {} } = body?.content['application/json'] ?? { schema: {} };
    return Object.entries(requests).map(([example, { value }]) => ({ name, example, value, schema, responses }));
  });

  test.each(examples)('of a request gets the example of its response: $name $example', async (shown) => {
    const { name, example, value, schema, responses } = shown;
    expect(problems(schema, value)).toBe('');
    const { status, body } = await send(name, value);
    const media = responses[status]!.content['application/json'];
    expect(JSON.parse(body)).toEqual(media.examples![example]!.value);
  });

  test('of a response satisfies its schema', () => {
    let seen = 0;
    for (const [, { responses }] of operations) {
      for (const { content } of Object.values(responses)) {
        const { schema, examples: values = {} } = content['application/json'];
        for (const { value } of Object.values(values)) {
          expect(problems(schema, value)).toBe('');
          seen += 1;
        }
      }
    }
    expect(seen).toBeGreaterThan(50);
  });
});

describe('the wire vectors', () => {
  const described = readWireVectors('rest').flatMap((vector) => {
    const { method, path } = vector.request;
    const operation = paths[path.replace(/^(?:\/prod)?\/pty|\/$/g, '')]?.[method.toLowerCase()];
    // The document describes a form on its own paths only, although the other's paths take it too.
    const otherForm = /-on-(?:v1|legacy)-path$/.test(vector.name);
    return operation?.requestBody === undefined || otherForm ? [] : [{ vector, operation }];
  });

  test('are described by the document, but for a few', () => {
    expect(described.length).toBeGreaterThan(150);
  });

  test.each(described)('have answers of the schema of their status: $vector.name', ({ vector, operation }) => {
    const { status, body } = vector.response;
    const answer: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    expect(problems(operation.responses[status]!.content['application/json'].schema, answer)).toBe('');
  });

  // Of several columns, the function refuses those that are not as described one by one.
  const asDescribed = described.filter(
    ({ vector: { name, response } }) => response.status === 200 && !name.startsWith('arguments-'),
  );
  test.each(asDescribed)('have requests of the schema where they succeed: $vector.name', ({ vector, operation }) => {
    const { schema } = operation.requestBody!.content['application/json'];
    expect(problems(schema, JSON.parse(requestBody(vector)))).toBe('');
  });
});
