// A witness over HTTP on this machine: the same function as behind API Gateway.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { answerThroughGateway, type GatewayFunction } from './http-front.ts';

/** More than any request of C2SP tlog-witness. */
const MAX_BODY_BYTES = 128 * 1024;

/** Serves the function of a witness. Calls `onFault` with an error of the function. */
export function witnessFront(witness: GatewayFunction, onFault: (error: unknown) => void): Hono {
  const app = new Hono();
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.all('*', (c) => answerThroughGateway(c, witness, onFault));
  return app;
}
