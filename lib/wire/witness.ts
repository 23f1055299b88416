// HTTP of a witness (C2SP tlog-witness): POST <prefix>/add-checkpoint, GET <prefix>/<origin hash>/checkpoint.
import { type GatewayEvent, type GatewayReply, readGatewayRequest } from './gateway.ts';

/** What the witness says: status, media type and body of a reply. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Origin of the log that a request was about, if the witness knows it. */
  readonly log?: string;
}

/** A witness. */
export interface WitnessService {
  addCheckpoint(request: Uint8Array): Promise<Answer>;
  /** Returns the newest cosigned checkpoint of the log with this origin hash. */
  checkpoint(originHash: string): Promise<Answer>;
}

/** The largest request: 63 hashes and a note. */
const MAX_REQUEST_BYTES = 72 * 1024;

/** Answers a request, below any prefix. Rejects as the witness does. */
export async function serveWitness(event: GatewayEvent, witness: WitnessService): Promise<GatewayReply> {
  const { method, path } = readGatewayRequest(event);
  const [, hash] = /\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
  if (hash !== undefined) {
    if (method !== 'GET') return plainReply(405, 'Only GET is served here\n');
    const { status, body, type } = await witness.checkpoint(hash);
    return plainReply(status, body, type);
  }
  if (!path.endsWith('/add-checkpoint')) return plainReply(404, 'There is no such route\n');
  if (method !== 'POST') return plainReply(405, 'Only POST is served here\n');
  const request = bodyOf(event);
  if (request.length > MAX_REQUEST_BYTES) return plainReply(413, 'The request is too large\n');
  const { status, body, type } = await witness.addCheckpoint(request);
  return plainReply(status, body, type);
}

/** Makes a reply of plain text. */
export function plainReply(statusCode: number, body: string, type = 'text/plain; charset=utf-8'): GatewayReply {
  return { statusCode, headers: { 'Content-Type': type }, body, isBase64Encoded: false };
}

function bodyOf({ body, isBase64Encoded }: GatewayEvent): Buffer {
  return Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded === true ? 'base64' : 'utf8');
}
