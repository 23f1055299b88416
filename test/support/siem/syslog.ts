// A syslog receiver over TLS (RFC 5425): octet counting, and messages strictly by RFC 5424.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { certificateAuthority } from '../certificates.ts';
import { FaultPlan } from '../faults.ts';
import { type AcceptedEvent, idInBody, type Receiver, type ReceiverFault, type ReceiverOptions } from './receiver.ts';

export interface SyslogMessage {
  readonly priority: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly procId: string;
  readonly msgId: string;
  /** Parameters by element and name. */
  readonly data: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly message: string;
  /** The length of the whole message. */
  readonly octets: number;
}

export interface SyslogReceiver extends Receiver {
  readonly messages: readonly SyslogMessage[];
  readonly connections: number;
  /** Ends every open connection, as a restart does. Resolves when the clients have ended their side too. */
  hangUp(): Promise<void>;
  /** Forgets what it has. */
  forget(): void;
}

/** rsyslog takes no more than this by default, and keeps the rest as a message of its own. */
const MAX_MESSAGE_BYTES = 8_096;

/** Starts a receiver. Faults are of connections (`connect`) or of data on them (`send`). */
export async function startSyslog(options: ReceiverOptions = {}): Promise<SyslogReceiver> {
  const authority = certificateAuthority();
  const { certificate = authority.issue(['127.0.0.1', 'localhost']), ca = authority.ca } = options;
  const plan = new FaultPlan<ReceiverFault>();
  const events: AcceptedEvent[] = [];
  const messages: SyslogMessage[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let calls = 0;

  const server = createServer((raw) => {
    sockets.add(raw);
    raw.on('close', () => sockets.delete(raw)).on('error', () => {});
    connections += 1;
    const fault = plan.next('connect');
    if (fault?.kind === 'reset') raw.destroy();
    if (fault?.kind === 'reset' || fault?.kind === 'hang') return; // no handshake
    const socket = new TLSSocket(raw, { isServer: true, ...certificate });
    socket.on('error', () => {});
    let unread: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      calls += 1;
      const failing = plan.next('send');
      if (failing?.kind !== 'reset') unread = take(Buffer.concat([unread, chunk]), socket);
      if (failing !== undefined) raw.destroy();
    });
  });

  /** Takes whole messages and returns the rest. Ends the connection when octets are not counted. */
  function take(bytes: Buffer, socket: TLSSocket): Buffer {
    let rest = bytes;
    for (;;) {
      const [, length] = /^([1-9]\d{0,9}) /.exec(rest.subarray(0, 12).toString('latin1')) ?? [];
      if (length === undefined) {
        if (rest.length > 11) socket.destroy();
        return rest;
      }
      const from = length.length + 1;
      if (rest.length < from + Number(length)) return rest;
      const octets = rest.subarray(from, from + Number(length));
      for (let at = 0; at < octets.length; at += MAX_MESSAGE_BYTES) {
        const message = parseSyslog(octets.subarray(at, at + MAX_MESSAGE_BYTES));
        if (message === undefined) socket.destroy();
        else keep(message);
      }
      rest = rest.subarray(from + Number(length));
    }
  }

  function keep(message: SyslogMessage): void {
    messages.push(message);
    const id = idInBody(message.message);
    events.push({ id, body: message.message, timeMs: Date.parse(message.timestamp) });
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    settings: { kind: 'syslog', host: 'localhost', port, ca },
    environment: {},
    faults: ['reset', 'hang', 'drop'],
    deduplicates: false,
    messages,
    forget: () => {
      messages.length = 0;
      events.length = 0;
    },
    accepted: () => events,
    get calls() {
      return calls;
    },
    get connections() {
      return connections;
    },
    ...plan.controls,
    fail: (fault) => plan.fail({ operation: 'connect', ...fault }),
    refuse: () => {}, // the protocol cannot refuse
    hangUp: async () => {
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.end();
      await Promise.all(closed);
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

const HEADER = /^<(\d{1,3})>1 (\S+) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) /;

/** Parses a message. Returns undefined when it violates RFC 5424, 6. */
function parseSyslog(bytes: Buffer): SyslogMessage | undefined {
  const text = bytes.toString();
  const header = HEADER.exec(text);
  if (header === null) return undefined;
  const [all, priority, timestamp = '', hostname = '', appName = '', procId = '', msgId = ''] = header;
  if (Number(priority) > 191 || Number.isNaN(Date.parse(timestamp))) return undefined;
  const data: Record<string, Record<string, string>> = {};
  let at = all.length;
  if (text[at] === '-') at += 1;
  else {
    while (text[at] === '[') {
      const element = /^\[([^\s=\]"]{1,32})/.exec(text.slice(at));
      if (element === null) return undefined;
      at += element[0].length;
      const parameters: Record<string, string> = {};
      for (;;) {
        const parameter = /^ ([^\s=\]"]{1,32})="((?:[^"\\\]]|\\.)*)"/s.exec(text.slice(at));
        if (parameter === null) break;
        at += parameter[0].length;
        parameters[parameter[1]!] = parameter[2]!.replaceAll(/\\(["\\\]])/g, '$1');
      }
      if (text[at] !== ']') return undefined;
      at += 1;
      data[element[1]!] = parameters;
    }
  }
  if (text[at] !== ' ') return undefined;
  return {
    priority: Number(priority),
    timestamp,
    hostname,
    appName,
    procId,
    msgId,
    data,
    message: text.slice(at + 1),
    octets: bytes.length,
  };
}
