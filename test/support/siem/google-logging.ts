// Google Cloud Logging: entries.write with its limits and partial success, and the token endpoint for service accounts.
import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { parseJson } from '../../../lib/base/json.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { type Call, Inbox, type Reply, startHttpReceiver } from './http-receiver.ts';
import { HTTP_FAULTS, type Receiver, type ReceiverOptions } from './receiver.ts';

const DAY_MS = 86_400_000;
const ACCOUNT = 'siem@project.iam.gserviceaccount.com';

interface Entry {
  readonly timestamp?: unknown;
  readonly insertId?: unknown;
  readonly jsonPayload?: unknown;
  readonly textPayload?: unknown;
}

/** One key for all receivers of a process: RSA takes its time. */
let keyPair: ReturnType<typeof rsaKeyPair> | undefined;
const rsaKeyPair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startGoogleLogging(options: ReceiverOptions = {}): Promise<Receiver> {
  keyPair ??= rsaKeyPair();
  const { publicKey, privateKey } = keyPair;
  const inbox = new Inbox(true);
  const tokens = new Set<string>();

  function token({ body, headers }: Call, audience: string): Reply {
    const form = new URLSearchParams(body);
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return { status: 400 };
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return { status: 400 };
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const key = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
    const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
    const { iss, aud, iat, exp, scope } = parsed(claims);
    const nowS = Date.now() / 1000;
    const isTimely = Number(iat) <= nowS + 60 && Number(exp) > nowS && Number(exp) - Number(iat) <= 3600;
    const isGranted = iss === ACCOUNT && aud === audience && scope === 'https://www.googleapis.com/auth/logging.write';
    if (!isSigned || !isTimely || !isGranted) return { status: 400, body: { error: 'invalid_grant' } };
    const issued = randomUUID();
    tokens.add(issued);
    return { status: 200, body: { access_token: issued, expires_in: 3599, token_type: 'Bearer' } };
  }

  function write({ headers, body, fault, isBad }: Call): Reply {
    if (!tokens.has(String(headers.authorization).replace(/^Bearer /, ''))) return said(401, 'UNAUTHENTICATED');
    if (Buffer.byteLength(body) > 10_000_000) return said(400, 'INVALID_ARGUMENT');
    const { entries, logName, partialSuccess } = parseJson(body) as Record<string, unknown>;
    if (logName !== 'projects/project/logs/security%2Fevents' || !Array.isArray(entries)) {
      return said(400, 'INVALID_ARGUMENT');
    }
    const list = entries as readonly Entry[];
    const left = list.flatMap((entry, i) => {
      const isLeft = (fault === 'partial' && i % 2 === 0) || !isValid(entry) || isBad(bodyOfEntry(entry));
      return isLeft ? [i] : [];
    });
    if (left.length > 0 && partialSuccess !== true) return said(400, 'INVALID_ARGUMENT');
    for (const [i, entry] of list.entries()) {
      if (left.includes(i)) continue;
      const timeMs = Date.parse(String(entry.timestamp));
      inbox.take({ id: String(entry.insertId), body: bodyOfEntry(entry), timeMs });
    }
    if (left.length === 0) return { status: 200, body: {} };
    if (left.length === list.length) return said(400, 'INVALID_ARGUMENT');
    const logEntryErrors = Object.fromEntries(left.map((i) => [i, { code: 3, message: 'Log entry is invalid' }]));
    return said(400, 'INVALID_ARGUMENT', [
      { '@type': 'type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors', logEntryErrors },
    ]);
  }

  const receiver = await startHttpReceiver(
    {
      operationOf: ({ pathname }) => (pathname === '/token' ? 'token' : 'send'),
      refusals: {
        throttle: said(429, 'RESOURCE_EXHAUSTED'),
        status500: said(500, 'INTERNAL'),
        status503: said(503, 'UNAVAILABLE'),
        deny: said(401, 'UNAUTHENTICATED'),
      },
      answer(call) {
        if (call.method === 'POST' && call.url.pathname === '/token') return token(call, `${receiver.endpoint}/token`);
        return call.method === 'POST' && call.url.pathname === '/v2/entries:write'
          ? write(call)
          : said(404, 'NOT_FOUND');
      },
    },
    options,
  );
  const file = {
    type: 'service_account',
    client_email: ACCOUNT,
    private_key_id: 'key',
    private_key: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    token_uri: 'http://169.254.169.254/token', // requests must not go where the key file says
  };
  return Object.assign(receiver, {
    settings: {
      kind: 'google-logging' as const,
      project: 'project',
      log: 'security/events',
      serviceAccount: new Secret(Buffer.from(JSON.stringify(file))),
      url: receiver.endpoint,
      tokenUrl: `${receiver.endpoint}/token`,
    },
    accepted: () => inbox.events,
    deduplicates: true,
    faults: [...HTTP_FAULTS, 'partial' as const],
  });
}

function bodyOfEntry({ jsonPayload, textPayload }: Entry): string {
  return typeof textPayload === 'string' ? textPayload : JSON.stringify(jsonPayload);
}

/** Checks an entry: within the retention, at most a day ahead and at most 256 KB. */
function isValid(entry: Entry): boolean {
  const timeMs = Date.parse(String(entry.timestamp));
  const isTimely = timeMs > Date.now() - 30 * DAY_MS && timeMs < Date.now() + DAY_MS;
  return isTimely && typeof entry.insertId === 'string' && JSON.stringify(entry).length <= 256_000;
}

function said(code: number, status: string, details?: unknown): Reply {
  return {
    status: code,
    body: { error: { code, status, message: 'refused', ...(details !== undefined && { details }) } },
  };
}

function parsed(claims: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Readonly<Record<string, unknown>>;
}
