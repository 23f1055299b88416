// Protects or unprotects values as a user, as the REST function of a deployment would, and finds the record that it left.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { TryReply, TryRequest } from '../../../lib/console/messages.ts';
import { membersOf } from '../../../lib/base/json.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import type { Io } from '../core/io.ts';
import { readPart } from '../files/appended-lines.ts';
import { type LocalEnvironment, localEnvironment } from '../local/environment.ts';
import { localFunctions } from '../local/functions.ts';
import type { Workspace } from '../workspace/workspace.ts';

const MOST_VALUES = 100;
const LONGEST_VALUE = 4096;

const NAME = z.string().min(1).max(1024);
const REQUEST = z.strictObject({
  user: NAME,
  operation: z.enum(['protect', 'unprotect', 'reprotect']),
  element: NAME,
  oldElement: NAME.optional(),
  values: z.array(z.string().max(LONGEST_VALUE)).min(1).max(MOST_VALUES),
});

/** Reads a request; undefined for one of another form. */
export function readTry(body: unknown): TryRequest | undefined {
  const { success, data } = REQUEST.safeParse(body);
  return success ? data : undefined;
}

/** Carries out trials over a workspace. Its keys are opened by the first one. */
export class Trials {
  readonly #ws: Workspace;
  readonly #io: Io;
  #environment: Promise<LocalEnvironment> | undefined;

  constructor(ws: Workspace, io: Io) {
    this.#ws = ws;
    this.#io = io;
  }

  /** Resolves to what the policy gives. Rejects as `localEnvironment` does. */
  async try({ user, operation, element, oldElement, values }: TryRequest): Promise<TryReply> {
    const environment = await (this.#environment ??= localEnvironment(this.#ws, this.#io));
    // The page is no client with a token: its user is the one in the body, as on a laptop without settings.
    const { rest } = localFunctions(environment, { ...this.#io, env: {} });
    const [before, id] = [await sizeOf(this.#ws.auditTrail), `console-${randomUUID()}`];
    const body = JSON.stringify({
      user,
      data_element: element,
      ...(oldElement !== undefined && { old_data_element: oldElement }),
      query_id: id,
      data: values,
    });
    const headers = [['content-type', 'application/json']] as const;
    const reply = await rest(gatewayEvent('POST', `/pty/v1/${operation}`, headers, body));
    return { ...resultOf(JSON.parse(reply.body)), record: await this.#recordOf(id, before) };
  }

  /** Closes the trail, so that nothing is left unwritten. */
  async close(): Promise<void> {
    await (await this.#environment?.catch(() => undefined))?.close();
  }

  async #recordOf(id: string, from: number): Promise<string | undefined> {
    const { lines } = await readPart(this.#ws.auditTrail, from);
    return lines.find(({ line }) => line.includes(id))?.line;
  }
}

function resultOf(body: unknown): Pick<TryReply, 'results' | 'refusal'> {
  const { success, results, error_msg: message, detail } = membersOf(body);
  if (success === true && Array.isArray(results)) {
    return { results: results.map((value) => (value === null ? null : String(value))), refusal: undefined };
  }
  const texts = [message, detail].filter((text) => typeof text === 'string');
  return { results: undefined, refusal: texts.length > 0 ? texts.join(' ') : 'The request was refused' };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
