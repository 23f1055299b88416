// Contract vectors of the front ends: test/vectors/wire/<front end>/*.json, one scenario a file. The same files are run
// against the handlers and over HTTP.
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { z } from 'zod';

const FOLDER = new URL('../vectors/wire/', import.meta.url);

/** A fault around the function; a runner that cannot arrange it skips the vector. */
const fault = z.enum([
  'audit-unavailable',
  'policy-missing',
  'key-service-unavailable',
  'key-service-throttled',
  // Of tenants: what their KMS says, and what the gateway lacks.
  'kms-denied',
  'kms-throttled',
  'kms-unreachable',
  'kms-invalid',
  'kms-account',
  'kms-wrap-failed',
  'kms-unwrap-failed',
  'events-unavailable',
  'tenants-missing',
]);

const vectorSchema = z.strictObject({
  /** What breaks for which client if this answer changes. */
  why: z.string().min(20),
  /** A policy document of test/vectors/wire, without `.json`. */
  policy: z.string().default('policy'),
  /** Environment variables of the function. */
  environment: z.record(z.string(), z.string()).default({}),
  fault: fault.optional(),
  request: z.strictObject({
    method: z.string(),
    /** `/2015-03-31/functions/<name>/invocations` is the Invoke API of AWS Lambda: `body` is the event. */
    path: z.string().startsWith('/'),
    headers: z.record(z.string(), z.string()).default({}),
    /** A text is sent as it is, anything else as JSON. */
    body: z.json().default(''),
  }),
  response: z.strictObject({
    status: z.int(),
    /** The relevant headers; names are case-insensitive. */
    headers: z.record(z.string(), z.string()).default({}),
    /**
     * A text is the exact body, anything else what its JSON says; `{"$match": "regular expression"}` stands for a text.
     */
    body: z.json(),
  }),
  /** What the audit records say, in order: members of `protection`, and `level`, `cnt`, `query_id` of the others. */
  records: z.array(z.record(z.string(), z.json())).optional(),
  /** What the accepted security events say: in order, as far as named, members of all levels; or `any`. */
  events: z.union([z.array(z.record(z.string(), z.json())), z.literal('any')]).optional(),
});

export type WireVector = z.infer<typeof vectorSchema> & { readonly name: string };

/** Reads the vectors of a front end, by file name. Throws for an invalid file. */
export function readWireVectors(frontEnd: string): WireVector[] {
  const folder = new URL(`${frontEnd}/`, FOLDER);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -5), ...parseVector(file, readJson(new URL(file, folder))) }));
}

function parseVector(file: string, document: unknown): z.infer<typeof vectorSchema> {
  const parsed = vectorSchema.safeParse(document);
  if (!parsed.success) throw new Error(`${file} is no wire vector: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The policy document of this name, as people write it. Its keys are `KEYRING` of support/policy.ts. */
export function readWirePolicy(name: string): unknown {
  return readJson(new URL(`${name}.json`, FOLDER));
}

function readJson(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}

export function requestBody({ request: { body } }: WireVector): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** The name of the function that a vector invokes without a gateway. */
export function invokedFunction({ request: { path } }: WireVector): string | undefined {
  return /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/.exec(path)?.[1];
}

/** An HTTP response, or what API Gateway would make one of. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Fails the test unless the response is the one that the vector expects. */
export function expectResponse({ response: expected }: WireVector, { status, headers, body }: WireResponse): void {
  const wanted = lowerCaseNames(expected.headers);
  const shown = Object.entries(lowerCaseNames(headers)).filter(([name]) => name in wanted);
  const plain = typeof expected.body === 'string';
  expect({ status, headers: Object.fromEntries(shown), body: plain ? body : (JSON.parse(body) as unknown) }).toEqual({
    status: expected.status,
    headers: wanted,
    body: withMatchers(expected.body),
  });
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function withMatchers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMatchers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === '$match') return expect.stringMatching(String(entries[0]![1]));
  return Object.fromEntries(entries.map(([name, member]) => [name, withMatchers(member)]));
}

/** Fails the test unless the records (lines of an audit log) say what the vector expects of them. */
export function expectRecords({ records: expected }: WireVector, lines: readonly string[]): void {
  if (expected === undefined) return;
  const records = lines.map((line) => {
    const { additional_info, cnt, level, protection, protector } = JSON.parse(line) as Record<string, object>;
    const { query_id, description } = additional_info as Record<string, unknown>;
    return { query_id, description, cnt, level, vendor: (protector as { vendor: string }).vendor, ...protection };
  });
  expect(records).toEqual(expected.map((record) => expect.objectContaining(record)));
}
