// The tenant gateway of `tsp.ts` over HTTP, and a server with scripted replies, for clients.
import type { IncomingMessage } from 'node:http';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { bodyOf, serve, type TestServer } from './http-server.ts';
import { lambdaContext } from './policy.ts';
import type { TspUnderTest } from './tsp.ts';

export function serveGateway({ handler }: TspUnderTest): Promise<TestServer> {
  return serve(async (request, response) => {
    const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value) => [name, value] as const),
    );
    const event = gatewayEvent(request.method!, request.url!, headers, await bodyOf(request));
    const { statusCode, headers: replied, body } = await handler(event, lambdaContext());
    response.writeHead(statusCode, replied).end(body);
  });
}

/** `drop`: the connection ends without an answer. `hang`: there is none, ever. */
export type Scripted = 'drop' | 'hang' | readonly [status: number, body: string, headers?: Record<string, string>];

export interface ScriptedServer extends TestServer {
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }[];
  /** For the requests to come; the last one stays. */
  script: Scripted[];
}

export async function serveScript(...script: Scripted[]): Promise<ScriptedServer> {
  const requests: ScriptedServer['requests'] = [];
  const server = await serve(async (request, response) => {
    const body: unknown = JSON.parse((await bodyOf(request)).toString());
    requests.push({ path: request.url!, headers: request.headers, body });
    const scripted = running.script.length > 1 ? running.script.shift()! : running.script[0]!;
    if (scripted === 'hang') return;
    if (scripted === 'drop') request.socket.destroy();
    else response.writeHead(scripted[0], scripted[2]).end(scripted[1]);
  });
  const running: ScriptedServer = { ...server, requests, script };
  return running;
}
