// Sends syslog messages (RFC 5424) over TLS (RFC 5425): each after its length in octets, on one connection.
import { isIP } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { RELEASE } from '../../contract/release.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfFailure } from '../outbound/failure.ts';
import type { OutboundGuard } from '../outbound/guard.ts';
import { shortened } from './shorten.ts';

export interface SyslogSinkOptions {
  readonly host: string;
  /** @default 6514 */
  readonly port?: number | undefined;
  /** PEM. @default the authorities that Node trusts */
  readonly ca?: string | undefined;
  /** PEM of the client's certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /**
   * The private enterprise number (IANA) of the structured data with tenant, event, id and sequence.
   * @default none: receivers find them in the message
   */
  readonly enterpriseId?: number | undefined;
  /**
   * The longest message in octets: receivers keep the rest of a longer one as messages of its own. At least 2,048.
   * @default 8,000: receivers should take 8,192 (RFC 5425, 4.3.1), and rsyslog takes 8,096
   */
  readonly maxMessageBytes?: number | undefined;
  readonly guard?: OutboundGuard | undefined;
  /** The limit of the handshake, and again of a call's write. @default 10,000 */
  readonly timeoutMs?: number | undefined;
  /** @default `syslog` */
  readonly name?: string;
}

/**
 * Syslog has no acknowledgement. Messages are delivered when the system took the last byte and the connection was not
 * closed or reset by then. Messages that a receiver loses after that are lost unnoticed, so it must not be the only
 * place that keeps events. A call that fails half way is repeated whole. Sends at most 500 messages and 1 MB a call;
 * events may have 32 KB, and longer messages than the limit are cut.
 */
export function syslogSink(options: SyslogSinkOptions): DeliverySink {
  const { name = 'syslog', timeoutMs = 10_000 } = options;
  let socket: TLSSocket | undefined;

  return {
    name,
    maxParcels: 500,
    maxBytes: 1_000_000,
    async deliver(parcels) {
      const messages = parcels.map((parcel) => messageOf(parcel, options));
      const frames = Buffer.concat(messages.map(({ octets }) => frameOf(octets)));
      let verdict: Verdict;
      try {
        await turn(); // lets a connection that ended while the process slept report its end before the write
        if (socket === undefined || !isUsable(socket)) socket = await connected(options, timeoutMs);
        await written(socket, frames, timeoutMs);
        verdict = { kind: 'delivered' };
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        verdict = verdictOfFailure(error);
      }
      return messages.map(({ isCut }) => (isCut && verdict.kind === 'delivered' ? { ...verdict, isCut } : verdict));
    },
  };
}

function isUsable({ destroyed, writable, readableEnded }: TLSSocket): boolean {
  return !destroyed && writable && !readableEnded;
}

class SyslogTimeout extends Error {
  override readonly name = 'TimeoutError';
}

function connected(options: SyslogSinkOptions, timeoutMs: number): Promise<TLSSocket> {
  const { host, port = 6514, ca, cert, key, guard } = options;
  return new Promise((resolve, reject) => {
    guard?.check(host);
    const lookup = guard === undefined ? {} : { lookup: guard.lookup };
    const servername = isIP(host) === 0 ? { servername: host } : {}; // RFC 6066, 3: no addresses
    const socket = connect({ host, port, ca, cert, key, minVersion: 'TLSv1.2', ...servername, ...lookup });
    const give = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => give(new SyslogTimeout()));
    socket.once('error', give);
    socket.once('secureConnect', () => {
      socket.removeListener('error', give);
      socket.setTimeout(0);
      socket.on('error', () => {}); // the next write reports it
      socket.resume(); // a receiver sends nothing but its end
      socket.unref();
      resolve(socket);
    });
  });
}

/** Writes bytes. Rejects unless the system took all of them while the connection was up. */
function written(socket: TLSSocket, bytes: Buffer, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => done(new Error('closed by the receiver'));
    const timer = setTimeout(() => done(new SyslogTimeout()), timeoutMs);
    const done = (error?: Error | null): void => {
      clearTimeout(timer);
      for (const event of ['close', 'end']) socket.removeListener(event, ended);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    socket.once('close', ended);
    socket.once('end', ended);
    socket.write(bytes, done);
  });
}

/** Frames a message as LEN SP MSG (RFC 5425, 4.3). */
function frameOf(octets: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${octets.length} `), octets]);
}

const LOG_AUDIT = 13;
const NOTICE = 5;
const WARNING = 4;
const SOURCE = 'serverless-protector';
const MAX_SEQUENCE_ID = 2_147_483_647;

interface Message {
  readonly octets: Buffer;
  readonly isCut: boolean;
}

/**
 * Writes a message in UTF-8 without the byte order mark of RFC 5424, 6.4, which breaks parsers of JSON and CEF: the RFC
 * counts it as MSG-ANY. A message holds no line end, so receivers that split at them also see one message. A longer one
 * than the limit is cut inside of MSG; structured data that would take half of it are left out.
 */
function messageOf(parcel: Parcel, options: SyslogSinkOptions): Message {
  const { maxMessageBytes: limit = 8_000 } = options;
  const body = parcel.body.replaceAll(/[\0\r\n]/g, ' ');
  const octets = Buffer.from(`${headOf(parcel, options)} ${body}`);
  if (octets.length <= limit) return { octets, isCut: false };
  const full = headOf(parcel, options);
  const head = Buffer.byteLength(full) * 2 <= limit ? full : headOf(parcel, { ...options, enterpriseId: undefined });
  const room = limit - Buffer.byteLength(head) - 1;
  return { octets: Buffer.from(`${head} ${shortened(body, parcel.about?.content ?? 'json', room)}`), isCut: true };
}

/** Returns header and structured data. */
function headOf({ id, timeMs, about }: Parcel, { enterpriseId }: Pick<SyslogSinkOptions, 'enterpriseId'>): string {
  const priority = LOG_AUDIT * 8 + (about?.severity === 'warning' ? WARNING : NOTICE);
  const header = [
    `<${priority}>1`,
    new Date(timeMs).toISOString(),
    SOURCE,
    SOURCE,
    '-',
    printable(about?.event ?? '').slice(0, 32) || '-',
  ];
  const own = { tenant: about?.tenantId, event: about?.event, id, sequence: about?.sequence };
  const data = [
    element('timeQuality', { tzKnown: 1 }),
    element('origin', { software: SOURCE, swVersion: RELEASE, enterpriseId }),
    about !== undefined && about.sequence > 0
      ? element('meta', { sequenceId: ((about.sequence - 1) % MAX_SEQUENCE_ID) + 1 })
      : '',
    enterpriseId === undefined ? '' : element(`event@${enterpriseId}`, own),
  ];
  return `${header.join(' ')} ${data.join('')}`;
}

/** Replaces characters outside PRINTUSASCII (RFC 5424, 6). */
function printable(text: string): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, '_');
}

/** Writes an SD-ELEMENT with the parameters that have a value (RFC 5424, 6.3). Escapes `"`, `\` and `]` only. */
function element(name: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([parameter, value]) => ` ${parameter}="${oneLine(String(value)).replaceAll(/["\\\]]/g, '\\$&')}"`);
  return `[${name}${pairs.join('')}]`;
}

/** Replaces control characters, which have no escape and end the message for some receivers. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the characters to replace
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, '\ufffd');
}
