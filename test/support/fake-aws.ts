// A stand-in for AWS KMS, CloudWatch Logs, Kinesis and Secrets Manager on 127.0.0.1: AWS JSON 1.1 over HTTP, with the services' own
// validations.
import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { kinesisOperations, type StoredRecord } from './fake-kinesis.ts';
import { invalidParameter, type Json, ServiceFault, text } from './aws-json.ts';
import { type FaultKind, FaultPlan, type Faulty, type PlannedFault } from './faults.ts';
import { bodyOf, serve } from './http-server.ts';

/**
 * `reject`: PutLogEvents rejects the events of `rejected`. `partial`: PutRecords leaves out every other record.
 * `error`: the service answers with `error`. `reply`: it answers any request with `reply`.
 */
export interface Fault extends PlannedFault {
  readonly kind: FaultKind | 'reject' | 'error' | 'reply';
  readonly error?: { readonly type: string; readonly status?: number };
  readonly reply?: Json;
  /** For `reject`: the `rejectedLogEventsInfo` of a reply that says 200. Those events are not kept. */
  readonly rejected?: RejectedInfo;
}

interface RejectedInfo {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

export interface FakeAws extends Faulty<Fault> {
  readonly endpoint: string;
  /** The operation of each call, in order of arrival, failed calls included. */
  readonly calls: string[];
  /** Creates a key for encryption, or with a KMS spec for signing. */
  createKey(spec?: string, kind?: { readonly multiRegion: boolean }): string;
  /** Puts a key into another Region, as KMS replicates a multi-Region key, and returns the ARN of the replica. */
  replicateKey(keyId: string, region: string): string;
  disableKey(keyId: string): void;
  createLogGroup(name: string): void;
  deleteLogStream(group: string, stream: string): void;
  /** Returns the messages of a log stream in the order of arrival. */
  logged(group: string, stream: string): readonly string[];
  /** Returns the events of all streams of a log group. */
  loggedIn(group: string): readonly StoredEvent[];
  createStream(name: string): void;
  /** Gives a secret a new current version, of a text or of bytes; undefined removes the secret. */
  putSecret(name: string, content: string | Uint8Array | undefined): void;
  /** Returns the records of a Kinesis stream in the order of arrival. */
  streamed(name: string): readonly StoredRecord[];
  /** Sets the services' clock this far ahead of the machine's. Requests must be signed by the services' clock. */
  setClock(aheadMs: number): void;
  close(): Promise<void>;
}

interface StoredEvent {
  readonly timestamp: number;
  readonly message: string;
}
interface WrappedKey {
  readonly keyId: string;
  readonly context: string;
  readonly plaintext: Buffer;
}

interface FakeKey {
  readonly enabled: boolean;
  readonly spec?: string;
  readonly pair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const DAY_MS = 86_400_000;

export async function startFakeAws(): Promise<FakeAws> {
  const groups = new Map<string, Map<string, StoredEvent[]>>();
  const keys = new Map<string, FakeKey>();
  const wrappedKeys = new Map<string, WrappedKey>();
  const calls: string[] = [];
  const streams = new Map<string, StoredRecord[]>();
  const secrets = new Map<string, { readonly version: string; readonly content: string | Uint8Array }>();
  const plan = new FaultPlan<Fault>();
  let aheadMs = 0;

  function stream(body: Json): StoredEvent[] {
    const group = groups.get(text(body, 'logGroupName'));
    if (group === undefined) {
      throw new ServiceFault('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    const events = group.get(text(body, 'logStreamName'));
    if (events === undefined) {
      throw new ServiceFault('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return events;
  }

  function usableKey(keyId: string): string {
    const arn = keyId.startsWith('arn:') ? keyId : `arn:aws:kms:us-east-1:000000000000:key/${keyId}`;
    const key = keys.get(arn);
    if (key === undefined) throw new ServiceFault('NotFoundException', `Key '${arn}' does not exist`);
    if (!key.enabled) throw new ServiceFault('DisabledException', `${arn} is disabled.`);
    return arn;
  }

  const operations: Readonly<Record<string, (body: Json, fault: Fault | undefined) => Json>> = {
    ...kinesisOperations(streams),
    'TrentService.GenerateDataKey': (body) => {
      const keyId = usableKey(text(body, 'KeyId'));
      if (body['KeySpec'] !== 'AES_256')
        throw new ServiceFault('ValidationException', 'Only AES_256 is supported here');
      const plaintext = randomBytes(32);
      const blob = randomBytes(120).toString('base64');
      wrappedKeys.set(blob, { keyId, context: contextOf(body), plaintext });
      return { KeyId: keyId, CiphertextBlob: blob, Plaintext: plaintext.toString('base64') };
    },
    'TrentService.Encrypt': (body) => {
      const keyId = usableKey(text(body, 'KeyId'));
      const plaintext = Buffer.from(text(body, 'Plaintext'), 'base64');
      if (plaintext.length > 4096) throw new ServiceFault('ValidationException', 'Plaintext is longer than 4096');
      const blob = randomBytes(120).toString('base64');
      wrappedKeys.set(blob, { keyId, context: contextOf(body), plaintext });
      return { KeyId: keyId, CiphertextBlob: blob, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    'TrentService.Decrypt': (body) => {
      const wrapped = wrappedKeys.get(text(body, 'CiphertextBlob'));
      const keyId = usableKey(text(body, 'KeyId'));
      if (wrapped === undefined) throw new ServiceFault('InvalidCiphertextException', '');
      // Related keys have one id.
      if (wrapped.keyId.split('/')[1] !== keyId.split('/')[1])
        throw new ServiceFault('IncorrectKeyException', 'Another key was used');
      if (wrapped.context !== contextOf(body)) throw new ServiceFault('InvalidCiphertextException', '');
      return {
        KeyId: keyId,
        Plaintext: wrapped.plaintext.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
    'TrentService.GetPublicKey': (body) => {
      const keyId = usableKey(text(body, 'KeyId'));
      const { spec = 'SYMMETRIC_DEFAULT', pair } = keys.get(keyId)!;
      if (pair === undefined) throw new ServiceFault('UnsupportedOperationException', 'Not an asymmetric key');
      const der = pair.publicKey.export({ format: 'der', type: 'spki' });
      const algorithms = [SIGNING_ALGORITHMS[spec]];
      return { KeyId: keyId, KeySpec: spec, SigningAlgorithms: algorithms, PublicKey: der.toString('base64') };
    },
    'TrentService.Sign': (body) => {
      const keyId = usableKey(text(body, 'KeyId'));
      const { spec = '', pair } = keys.get(keyId)!;
      const message = Buffer.from(text(body, 'Message'), 'base64');
      if (message.length > 4096) throw new ServiceFault('ValidationException', 'Message is longer than 4096');
      const algorithm = SIGNING_ALGORITHMS[spec];
      if (pair === undefined || body['SigningAlgorithm'] !== algorithm) {
        throw new ServiceFault('InvalidKeyUsageException', 'The key cannot sign with this algorithm');
      }
      if (body['MessageType'] !== 'RAW') throw new ServiceFault('ValidationException', 'Only RAW is supported here');
      const signature = sign(algorithm === 'ED25519_SHA_512' ? null : 'sha256', message, pair.privateKey);
      return { KeyId: keyId, Signature: signature.toString('base64'), SigningAlgorithm: algorithm };
    },
    'secretsmanager.GetSecretValue': (body) => {
      const id = text(body, 'SecretId');
      const secret = secrets.get(id);
      if (secret === undefined) {
        throw new ServiceFault('ResourceNotFoundException', `Secrets Manager can't find the specified secret ${id}.`);
      }
      const { version, content } = secret;
      const value =
        typeof content === 'string'
          ? { SecretString: content }
          : { SecretBinary: Buffer.from(content).toString('base64') };
      return { Name: id, VersionId: version, VersionStages: ['AWSCURRENT'], ...value };
    },
    'Logs_20140328.CreateLogGroup': (body) => {
      groups.set(text(body, 'logGroupName'), new Map());
      return {};
    },
    'Logs_20140328.CreateLogStream': (body) => {
      const group = groups.get(text(body, 'logGroupName'));
      if (group === undefined) {
        throw new ServiceFault('ResourceNotFoundException', 'The specified log group does not exist.');
      }
      const name = text(body, 'logStreamName');
      if (group.has(name)) {
        throw new ServiceFault('ResourceAlreadyExistsException', 'The specified log stream already exists');
      }
      group.set(name, []);
      return {};
    },
    'Logs_20140328.PutLogEvents': (body, fault) => {
      const stored = stream(body);
      const events = validEvents(body);
      const rejected = fault?.rejected ?? rejectedByAge(events, Date.now() + aheadMs);
      const from = Math.max(rejected?.tooOldLogEventEndIndex ?? 0, rejected?.expiredLogEventEndIndex ?? 0);
      stored.push(...events.slice(from, rejected?.tooNewLogEventStartIndex ?? events.length));
      return {
        nextSequenceToken: randomUUID(),
        ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
      };
    },
    'Logs_20140328.FilterLogEvents': (body) => {
      const group = groups.get(text(body, 'logGroupName'));
      if (group === undefined) throw new ServiceFault('ResourceNotFoundException', 'The log group does not exist.');
      const from = Number(body['startTime'] ?? 0);
      const to = Number(body['endTime'] ?? Number.MAX_SAFE_INTEGER);
      const events = [...group]
        .flatMap(([logStreamName, found]) =>
          found.map((event, n) => ({ ...event, logStreamName, eventId: `${logStreamName}/${n}` })),
        )
        .filter(({ timestamp }) => timestamp >= from && timestamp < to);
      const at = Number(body['nextToken'] ?? 0);
      const next = at + 5; // a small page, to have several
      return { events: events.slice(at, next), ...(next < events.length && { nextToken: String(next) }) };
    },
    'Logs_20140328.GetLogEvents': (body) => {
      // By time, and for equal times by arrival: sort() is stable.
      const events = stream(body).toSorted((a, b) => a.timestamp - b.timestamp);
      const from = Number((typeof body['nextToken'] === 'string' ? body['nextToken'] : 'f/0').slice(2));
      const page = events.slice(from, from + 10_000);
      const token = `f/${from + page.length}`;
      return { events: page.map((event) => ({ ...event, ingestionTime: event.timestamp })), nextForwardToken: token };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target']);
    const operation = target.slice(target.indexOf('.') + 1);
    const body = await readJson(request);
    calls.push(operation);
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    checkSignatureTime(request, Date.now() + aheadMs);
    const fault = plan.next(operation);
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'hang') return; // the caller's time-out ends it, or close()
    if (fault?.kind === 'throttle') throw new ServiceFault('ThrottlingException', 'Rate exceeded');
    if (fault?.kind === 'deny') throw new ServiceFault('AccessDeniedException', 'Not authorized');
    if (fault?.kind === 'status500') throw new ServiceFault('InternalFailure', 'Internal failure', 500);
    if (fault?.kind === 'status503') throw new ServiceFault('ServiceUnavailableException', 'Unavailable', 503);
    if (fault?.kind === 'error') throw new ServiceFault(fault.error!.type, 'As planned', fault.error!.status);
    if (fault?.kind === 'reply') return reply(response, 200, fault.reply!);
    const run = operations[target];
    if (run === undefined) throw new ServiceFault('UnknownOperationException', 'Unknown operation');
    if (fault?.kind === 'drop') response.destroy(); // the reply is lost
    const answered = run(body, fault);
    if (fault?.kind === 'malformed') return void response.writeHead(200).end('<html>Please sign in</html>');
    reply(response, 200, answered);
  }

  const server = await serve((request, response) =>
    answer(request, response).catch((error: unknown) => {
      const { type, message, status } =
        error instanceof ServiceFault ? error : new ServiceFault('InternalFailure', '', 500);
      reply(response, status, { __type: type, message });
    }),
  );

  return {
    ...server,
    ...plan.controls,
    calls,
    createKey: (spec, kind) => {
      const id = kind?.multiRegion === true ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID();
      const arn = `arn:aws:kms:us-east-1:000000000000:key/${id}`;
      keys.set(arn, { enabled: true, ...signingKey(spec) });
      return arn;
    },
    replicateKey: (keyId, region) => {
      const replica = keyId.replace('us-east-1', region);
      keys.set(replica, keys.get(keyId)!);
      return replica;
    },
    disableKey: (keyId) => {
      keys.set(keyId, { enabled: false });
    },
    createLogGroup: (name) => {
      groups.set(name, new Map());
    },
    deleteLogStream: (group, name) => {
      groups.get(group)?.delete(name);
    },
    logged: (group, name) => (groups.get(group)?.get(name) ?? []).map(({ message }) => message),
    loggedIn: (group) => [...(groups.get(group)?.values() ?? [])].flat(),
    createStream: (name) => {
      streams.set(name, []);
    },
    putSecret: (name, content) => {
      if (content === undefined) secrets.delete(name);
      else secrets.set(name, { version: randomUUID(), content });
    },
    streamed: (name) => streams.get(name) ?? [],
    setClock: (ahead) => {
      aheadMs = ahead;
    },
  };
}

/** The one algorithm of KMS for each spec that signs here. */
const SIGNING_ALGORITHMS: Readonly<Record<string, string>> = {
  ECC_NIST_EDWARDS25519: 'ED25519_SHA_512',
  ECC_NIST_P256: 'ECDSA_SHA_256',
  ECC_NIST_P384: 'ECDSA_SHA_384',
};

function signingKey(spec: string | undefined): Omit<FakeKey, 'enabled'> {
  if (spec === undefined || SIGNING_ALGORITHMS[spec] === undefined) return {};
  if (spec === 'ECC_NIST_EDWARDS25519') return { spec, pair: generateKeyPairSync('ed25519') };
  const namedCurve = spec === 'ECC_NIST_P256' ? 'prime256v1' : 'secp384r1';
  return { spec, pair: generateKeyPairSync('ec', { namedCurve }) };
}

/** Checks the limits of one PutLogEvents call (API reference). */
function validEvents(body: Json): readonly StoredEvent[] {
  const events = readEvents(body['logEvents']);
  if (events.length < 1 || events.length > 10_000) throw invalidParameter('1 to 10000 log events');
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  if (bytes > 1_048_576) throw invalidParameter('Upload too large: at most 1048576 bytes');
  const times = events.map(({ timestamp }) => timestamp);
  if (times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > DAY_MS) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  return events;
}

function readEvents(value: unknown): readonly StoredEvent[] {
  if (!Array.isArray(value)) throw invalidParameter('logEvents is a list');
  return value.map((event: unknown) => {
    if (typeof event !== 'object' || event === null || !('timestamp' in event) || !('message' in event)) {
      throw invalidParameter('a log event has a timestamp and a message');
    }
    const { timestamp, message } = event;
    if (!Number.isSafeInteger(timestamp) || typeof message !== 'string' || message === '') {
      throw invalidParameter('a log event has a whole timestamp and a message');
    }
    return { timestamp: Number(timestamp), message };
  });
}

/**
 * Finds events older than 14 days or more than 2 hours ahead: the service drops them, keeps the others and answers 200.
 */
function rejectedByAge(events: readonly StoredEvent[], nowMs: number): RejectedInfo | undefined {
  const old = events.filter(({ timestamp }) => timestamp < nowMs - 14 * DAY_MS).length;
  const ahead = events.findIndex(({ timestamp }) => timestamp > nowMs + 2 * 3_600_000);
  if (old === 0 && ahead < 0) return undefined;
  return {
    ...(old > 0 && { tooOldLogEventEndIndex: old }),
    ...(ahead >= 0 && { tooNewLogEventStartIndex: ahead }),
  };
}

function contextOf(body: Json): string {
  return JSON.stringify(Object.entries(body['EncryptionContext'] ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Refuses a request whose time is more than 5 minutes from the service's (Signature Version 4). */
function checkSignatureTime(request: IncomingMessage, nowMs: number): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
  const signedMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Math.abs(signedMs - nowMs) <= 5 * 60_000) return;
  throw new ServiceFault('InvalidSignatureException', 'Signature expired: the clock of the caller is wrong');
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const body: unknown = JSON.parse((await bodyOf(request)).toString());
  if (typeof body !== 'object' || body === null) throw new ServiceFault('SerializationException', 'not an object');
  return { ...body };
}

function reply(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
