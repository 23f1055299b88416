// Google Cloud Logging, entries.write (cloud.google.com/logging/docs/reference/v2/rest/v2/entries/write), as a service
// account (RFC 7523; developers.google.com/identity/protocols/oauth2/service-account).
import { isObject, membersOf, parseJson } from '../../base/json.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { apiUrl, type Post, type PostReply, type PostTarget, postTo } from './post.ts';
import { isSuccess, jsonOf, type StatusTable, VerdictError, verdictOfStatus, verdictsOf } from './reply.ts';

export interface GoogleLoggingSinkOptions {
  readonly project: string;
  readonly log: string;
  /** JSON key file of a service account with `logging.logEntries.create`. */
  readonly serviceAccount: string;
  /** The server, possibly with a path to the API. @default `https://logging.googleapis.com` */
  readonly url?: string | undefined;
  /**
   * @default `https://oauth2.googleapis.com/token`, whatever the key file says: only settings decide where requests go
   */
  readonly tokenUrl?: string | undefined;
  readonly connection?: Pick<PostTarget, 'ca' | 'guard' | 'timeoutMs'>;
  /** @default `google-logging` */
  readonly name?: string;
}

/** A token is renewed minutes before its end, so that none expires during a call. */
const RENEW_BEFORE_MS = 300_000;

const STATUSES: StatusTable = { 400: 'split', 408: 'retry', 413: 'split', 429: 'retry' };
const TOKEN_STATUSES: StatusTable = { 408: 'retry', 429: 'retry' };
/**
 * google.rpc.Code: PERMISSION_DENIED and NOT_FOUND. Other errors of single entries are permanent errors of the entry.
 */
const CONFIG_CODES: ReadonlySet<unknown> = new Set([5, 7]);

/**
 * Cloud Logging drops repeats (same `insertId`, time and log) from queries, but not from exports. Sends at most 1,000
 * entries and 2 MB a call; the limits are 10 MB, and 256 KB for an entry.
 */
export function googleLoggingSink(options: GoogleLoggingSinkOptions): DeliverySink {
  const { url = 'https://logging.googleapis.com', connection, name = 'google-logging' } = options;
  const post = postTo({ ...connection, url: apiUrl(url, 'v2/entries:write'), headers: {} });
  const tokens = tokenSource(options);

  /**
   * Repeats a refused call once with a new token, since a token may be revoked early. Only the second refusal counts.
   */
  async function write(body: string): Promise<PostReply> {
    const token = await tokens.current();
    const reply = await send(post, body, token);
    if (reply.status !== 401) return reply;
    await tokens.forget(token);
    return send(post, body, await tokens.current());
  }

  return {
    name,
    maxParcels: 1_000,
    maxBytes: 2_000_000,
    deliver: (parcels) =>
      verdictsOf(
        parcels,
        () => write(JSON.stringify(requestOf(parcels, options))),
        (reply) => verdictOfReply(parcels, reply),
      ),
  };
}

function send(post: Post, body: string, token: string): Promise<PostReply> {
  return post(body, { authorization: `Bearer ${token}`, 'content-type': 'application/json' });
}

function requestOf(parcels: readonly Parcel[], { project, log }: GoogleLoggingSinkOptions): object {
  return {
    logName: `projects/${project}/logs/${encodeURIComponent(log)}`,
    resource: { type: 'global', labels: { project_id: project } },
    entries: parcels.map(({ id, timeMs, body, about }) => ({
      timestamp: new Date(timeMs).toISOString(),
      severity: about?.severity === 'warning' ? 'WARNING' : 'NOTICE',
      insertId: id,
      ...(about?.content === 'text' ? { textPayload: body } : { jsonPayload: parseJson(body) }),
    })),
    partialSuccess: true,
  };
}

/** Reads the reply. A partial error lists the rejected entries by index; the others were written. */
function verdictOfReply(parcels: readonly Parcel[], reply: PostReply): Verdict | readonly Verdict[] {
  const left = entryErrorsOf(reply);
  if (left === undefined) {
    const rejects = isSuccess(reply) && isObject(jsonOf(reply)?.['error']);
    return rejects ? { kind: 'split', reason: 'error in the reply' } : verdictOfStatus(reply, STATUSES);
  }
  return parcels.map((_, i): Verdict => {
    if (!Object.hasOwn(left, i)) return { kind: 'delivered' };
    const code = membersOf(left[i])['code'];
    return { kind: CONFIG_CODES.has(code) ? 'config' : 'data', reason: `entry code ${String(code)}` };
  });
}

function entryErrorsOf(reply: PostReply): Readonly<Record<string, unknown>> | undefined {
  const details = membersOf(jsonOf(reply)?.['error'])['details'];
  const found = Array.isArray(details) ? details.map((one) => membersOf(one)['logEntryErrors']) : [];
  return found.find(isObject);
}

interface TokenSource {
  /** Rejects with `VerdictError`, or with the error of a call without a reply. */
  current(): Promise<string>;
  forget(token: string): Promise<void>;
}

interface Token {
  readonly token: string;
  readonly endMs: number;
}

/** Returns a source of tokens. Concurrent calls share a token, and the request for one. */
function tokenSource(options: GoogleLoggingSinkOptions): TokenSource {
  const { tokenUrl = 'https://oauth2.googleapis.com/token', connection } = options;
  const post = postTo({ ...connection, url: new URL(tokenUrl), headers: {} });
  let held: Promise<Token> | undefined;

  async function request(): Promise<Token> {
    const askedMs = Date.now();
    const { signedAssertion } = await import('./service-account.ts'); // loaded on demand: few deployments need it
    const assertion = await signedAssertion(options.serviceAccount, tokenUrl, askedMs);
    if (assertion === undefined) throw new VerdictError({ kind: 'config', reason: 'token: unusable service account' });
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await post(new URLSearchParams(grant).toString(), form);
    const { access_token: token, expires_in: lifetimeS } = jsonOf(reply) ?? {};
    if (reply.status !== 200) throw new VerdictError(tokenRefusal(reply));
    if (typeof token !== 'string') throw new VerdictError({ kind: 'retry', reason: 'token: malformed reply' });
    return { token, endMs: askedMs + Number(lifetimeS ?? 0) * 1000 - RENEW_BEFORE_MS };
  }

  return {
    async current() {
      const now = held;
      if (now !== undefined) {
        const { token, endMs } = await now;
        if (Date.now() < endMs) return token;
      }
      // Another call may have asked meanwhile.
      if (held === now) {
        held = request();
        held.catch(() => {
          held = undefined;
        });
      }
      return (await held!).token;
    },
    async forget(token) {
      const now = held;
      const { token: other } = (await now?.catch(() => undefined)) ?? {};
      if (other === token && held === now) held = undefined;
    },
  };
}

function tokenRefusal(reply: PostReply): Verdict {
  const verdict = verdictOfStatus(reply, TOKEN_STATUSES);
  return verdict.kind === 'delivered' ? verdict : { ...verdict, reason: `token: ${verdict.reason}` };
}
