// The HTTP front of local mode: plays the AWS services in front of the functions, over the same handlers.
//
// Lambda's Invoke API (AWS Lambda API Reference, Invoke: path, headers, status codes and error bodies) and API
// Gateway's proxy integration, for Snowflake, REST and tenant-security clients that only need another host.

import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { FRONT_ENDS, type FrontEnd } from '../contract/front-ends.ts';
import type { GatewayEvent, GatewayReply } from '../wire/gateway.ts';
import { gatewayEvent } from './gateway-event.ts';

/** A Lambda function: takes any event, checks it, and returns its reply. */
export type LocalFunction = (event: never) => Promise<unknown>;
/** A Lambda function behind API Gateway. */
export type GatewayFunction = (event: GatewayEvent) => Promise<GatewayReply>;

export interface HttpFrontOptions {
  /** The functions that the Invoke API knows, by name: every front end, and any others. */
  readonly functions: Readonly<Record<FrontEnd, LocalFunction> & Record<string, LocalFunction>>;
  readonly snowflake: GatewayFunction;
  readonly rest: GatewayFunction;
  readonly tenants: GatewayFunction;
  /** Called with the error of a function. Its caller only learns that the function failed. */
  readonly onFault: (error: unknown) => void;
  /**
   * Allowed values of `Host`, so that a web page cannot reach the front through a name that resolves to this machine.
   * Undefined: any.
   */
  readonly hosts: readonly string[] | undefined;
}

/** Lambda's limit on the event of a synchronous invocation, and API Gateway's on a body. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const INVOCATIONS = '/2015-03-31/functions/:name/invocations';

export function httpFront(options: HttpFrontOptions): Hono {
  const app = new Hono();
  const behindGateway = (run: GatewayFunction) => (c: Context) => answerThroughGateway(c, run, options.onFault);
  app.use(refuseBrowsers(options.hosts));
  app.get('/', (c) => c.text(`${ENDPOINTS}\n`));
  app.post(INVOCATIONS, bodyLimit({ maxSize: MAX_EVENT_BYTES, onError: eventTooLarge }), (c) => invoke(c, options));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.json({ message: 'Request Too Long' }, 413) }));
  app.all('/snowflake', behindGateway(options.snowflake));
  // Both functions match their paths after any prefix and refuse others; the REST function gets all remaining paths.
  const [tenants, rest] = [behindGateway(options.tenants), behindGateway(options.rest)];
  app.all('*', (c) => (c.req.path.includes('/api/1/') ? tenants(c) : rest(c)));
  app.onError((error, c) => {
    options.onFault(error);
    return c.json({ message: 'Internal server error' }, 500);
  });
  return app;
}

/** What the front serves of each front end besides its invocation. */
const ROUTES = {
  redshift: [], // Redshift invokes the function itself
  snowflake: ['POST /snowflake                                    requests of Snowflake external functions'],
  rest: [
    'POST /pty/v1/{protect|unprotect|reprotect|check}   REST API; GET /pty/v1/version, /pty/v1/openapi.json',
    'POST /pty/{protect|unprotect|reprotect}            REST API, legacy bodies',
  ],
} satisfies Record<FrontEnd, readonly string[]>;

const ENDPOINTS = [
  'serverless-protector, local mode',
  `POST /2015-03-31/functions/{${[...FRONT_ENDS, 'tenants'].join('|')}}/invocations   Lambda Invoke API`,
  ...FRONT_ENDS.flatMap((frontEnd) => ROUTES[frontEnd]),
  'POST /api/1/{document|key|event}/…           keys and security events of tenants',
].join('\n');

/**
 * Refuses requests of web pages, because the front has no authentication. Browsers send `Origin` with every cross-site
 * request of a script, and `Host` shows a name that was pointed at this machine.
 */
function refuseBrowsers(hosts: readonly string[] | undefined) {
  return async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const { hostname } = new URL(c.req.url);
    const foreign = hosts !== undefined && !hosts.includes(hostname);
    if (foreign || c.req.header('origin') !== undefined) return c.json({ message: 'Forbidden' }, 403);
    await next();
    return undefined;
  };
}

/** Answers a request with a function behind API Gateway. */
export async function answerThroughGateway(
  c: Context,
  run: GatewayFunction,
  onFault: (error: unknown) => void,
): Promise<Response> {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const event = gatewayEvent(c.req.method, c.req.url, c.req.raw.headers.entries(), body);
  try {
    const reply = await run(event);
    return new Response(reply.body, { status: reply.statusCode, headers: { ...reply.headers } });
  } catch (error) {
    onFault(error);
    return c.json({ message: 'Internal server error' }, 502);
  }
}

async function invoke(c: Context, { functions, onFault }: HttpFrontOptions): Promise<Response> {
  const name = functionName(c.req.param('name') ?? '');
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (run === undefined) {
    const known = Object.keys(functions).join(', ');
    return invokeError(c, 404, 'ResourceNotFoundException', `Function not found; there are ${known}`);
  }
  const event = parseEvent(await c.req.text());
  if (event === undefined) return invokeError(c, 400, 'InvalidRequestContentException', 'The event is not JSON');
  const type = c.req.header('x-amz-invocation-type') ?? 'RequestResponse';
  if (type === 'DryRun') return c.body(null, 204);
  if (type !== 'RequestResponse') {
    return invokeError(c, 400, 'InvalidParameterValueException', 'Only RequestResponse and DryRun are served here');
  }
  c.header('X-Amz-Executed-Version', '$LATEST');
  try {
    return c.json((await run(event.value as never)) as object);
  } catch (error) {
    onFault(error);
    c.header('X-Amz-Function-Error', 'Unhandled');
    return c.json({ errorType: error instanceof Error ? error.name : 'Error', errorMessage: 'The function failed' });
  }
}

/**
 * Reads the function's name from `name`, `name:qualifier`, or ARN
 * `arn:aws:lambda:region:account:function:name[:qualifier]`.
 */
function functionName(address: string): string {
  const parts = address.split(':');
  return (parts.length > 2 ? parts[6] : parts[0]) ?? '';
}

function parseEvent(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: text === '' ? null : (JSON.parse(text) as unknown) };
  } catch {
    return undefined;
  }
}

function eventTooLarge(c: Context): Response {
  return invokeError(c, 413, 'RequestTooLargeException', `An event has at most ${MAX_EVENT_BYTES} bytes`);
}

function invokeError(c: Context, status: 400 | 404 | 413, type: string, message: string): Response {
  c.header('X-Amzn-ErrorType', type);
  return c.json({ Type: 'User', Message: message }, status);
}
