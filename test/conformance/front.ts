// Lets the reference product's Java client run unmodified. The client speaks HTTPS only and has the name of its login
// host built in. A TLS server with these names answers the login and passes every other request to the server under
// test; a SOCKS server (RFC 1928) routes all of the client's connections to it. Nothing leaves the machine.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

const LOGIN_HOST = 'api.developer-edition.protegrity.com';
const PASSWORD = 'changeit';
/** The client is told that everything lies at an address of no network (RFC 5737). */
const NOWHERE = '192.0.2.1';

export interface ClientFront {
  /** What the client is told as its server. */
  readonly host: string;
  /** Of the Java runtime: names, trust, and the way through. */
  readonly javaOptions: readonly string[];
  readonly close: () => void;
}

/** `origin` is the server under test; files go to `directory`. Needs the JDK's keytool. */
export async function startClientFront(origin: string, directory: string): Promise<ClientFront> {
  const keystore = join(directory, 'front.p12');
  const hosts = join(directory, 'hosts');
  execFileSync(
    'keytool',
    [
      '-genkeypair',
      '-alias',
      'front',
      '-keyalg',
      'RSA',
      '-validity',
      '2',
      '-storetype',
      'PKCS12',
      '-keystore',
      keystore,
    ].concat(['-storepass', PASSWORD, '-dname', 'CN=front', '-ext', `san=dns:${LOGIN_HOST},dns:protector.test`]),
    { stdio: 'ignore' },
  );
  writeFileSync(hosts, `${NOWHERE} ${LOGIN_HOST}\n${NOWHERE} protector.test\n`);
  const tls = createTlsServer({ pfx: readFileSync(keystore), passphrase: PASSWORD }, (request, response) => {
    handOver(request, response, origin).catch(() => response.destroy());
  });
  const tlsPort = await listen(tls);
  const socks = createServer((client) => passOn(client, tlsPort));
  const socksPort = await listen(socks);
  return {
    host: 'protector.test/pty',
    javaOptions: [
      `-Djdk.net.hosts.file=${hosts}`,
      '-DsocksProxyHost=127.0.0.1',
      `-DsocksProxyPort=${socksPort}`,
      `-Djavax.net.ssl.trustStore=${keystore}`,
      `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`,
    ],
    close: () => {
      tls.closeAllConnections();
      tls.close();
      socks.close();
    },
  };
}

async function handOver(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
  const body = await buffer(request);
  if (request.url === '/auth/login') {
    response.end(JSON.stringify({ jwt_token: 'a.b.c' }));
    return;
  }
  const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
  const answer = await fetch(`${origin}${request.url}`, { method: request.method ?? 'POST', headers, body });
  response.statusCode = answer.status;
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** Greeting, request to connect, and from there on the bytes of the connection; the address asked for does not matter. */
function passOn(client: Socket, port: number): void {
  client.on('error', () => client.destroy());
  client.once('data', () => {
    client.write(Buffer.from([5, 0])); // no authentication
    client.once('data', () => {
      const server = connect(port, '127.0.0.1', () => {
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])); // connected
        client.pipe(server).pipe(client);
      });
      server.on('error', () => client.destroy());
    });
  });
}

function listen(server: Server | HttpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
