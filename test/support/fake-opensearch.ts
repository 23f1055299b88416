// The Bulk API of an OpenSearch on 127.0.0.1: newline-delimited JSON in, one status per item out.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultPlan, type PlannedFault } from './faults.ts';
import { bodyOf, serve } from './http-server.ts';

export interface OpenSearchFault extends PlannedFault {
  readonly kind: 'throttle' | 'status500' | 'status503' | 'hang' | 'reset' | 'drop' | 'malformed' | 'deny' | 'partial';
}

export interface FakeOpenSearch {
  readonly endpoint: string;
  /** Documents by id. */
  readonly documents: ReadonlyMap<string, Record<string, unknown>>;
  /** Calls that were read, failed ones included. */
  readonly calls: number;
  fail(fault: OpenSearchFault): void;
  heal(): void;
  /** From here on a document for which this is true gets status 400, alone or by the whole call. */
  refuse(isBad: (body: string) => boolean, how: 'item' | 'call'): void;
  close(): Promise<void>;
}

const nothingIsBad = (_body: string): boolean => false;

export async function startFakeOpenSearch(): Promise<FakeOpenSearch> {
  const documents = new Map<string, Record<string, unknown>>();
  const plan = new FaultPlan<OpenSearchFault>();
  let calls = 0;
  let isBad = nothingIsBad;
  let how: 'item' | 'call' = 'item';

  function create(id: string, body: string): Record<string, unknown> {
    if (how === 'item' && isBad(body)) return itemError(id, 400, 'mapper_parsing_exception');
    if (documents.has(id)) return itemError(id, 409, 'version_conflict_engine_exception');
    documents.set(id, JSON.parse(body) as Record<string, unknown>);
    return { create: { _index: 'audits', _id: id, _version: 1, result: 'created', status: 201 } };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await bodyOf(request)).toString();
    calls += 1;
    const fault = plan.next('bulk');
    const send = (status: number, reply: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    };
    switch (fault?.kind) {
      case 'reset':
        return void request.socket.destroy();
      case 'hang':
        return;
      case 'throttle':
        return send(429, { error: { type: 'circuit_breaking_exception' }, status: 429 });
      case 'status500':
      case 'status503':
        return send(Number(fault.kind.slice(6)), { error: 'unavailable' });
      case 'deny':
        return send(401, 'Unauthorized');
      default:
    }
    if (request.method !== 'POST' || !/^\/[^/]+\/_bulk$/.test(request.url ?? '')) return send(404, {});
    if (
      request.headers['content-type'] !== 'application/x-ndjson' ||
      request.headers['transfer-encoding'] !== undefined
    ) {
      return send(406, {});
    }
    if (!body.endsWith('\n')) return send(400, { error: { reason: 'must be terminated by a newline' }, status: 400 });
    const lines = body.split('\n').slice(0, -1);
    if (how === 'call' && lines.some(isBad))
      return send(400, { error: { type: 'illegal_argument_exception' }, status: 400 });
    const items = [];
    for (let i = 0; i < lines.length; i += 2) {
      const { create: action } = JSON.parse(lines[i]!) as { create: Record<'_id', string> };
      const id = action['_id'];
      const left = fault?.kind === 'partial' && i % 4 === 0;
      items.push(left ? itemError(id, 429, 'rejected_execution') : create(id, lines[i + 1]!));
    }
    if (fault?.kind === 'drop') return void response.destroy();
    if (fault?.kind === 'malformed') return void response.writeHead(200).end('<html>Please sign in</html>');
    send(200, { took: 1, errors: items.some((item) => 'error' in (item['create'] as object)), items });
  }

  const server = await serve(answer);
  return {
    ...server,
    documents,
    get calls() {
      return calls;
    },
    fail: (fault) => plan.add(fault),
    heal: () => plan.clear(),
    refuse: (bad, where) => {
      isBad = bad;
      how = where;
    },
  };
}

function itemError(id: string, status: number, type: string): Record<string, unknown> {
  return { create: { _index: 'audits', _id: id, status, error: { type, reason: 'refused' } } };
}
