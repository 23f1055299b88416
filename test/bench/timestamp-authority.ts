// A timestamp authority as a process of its own, for the benchmark of witnesses: prints its address.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { localAuthority } from '../support/local-authority.ts';

const authority = await localAuthority(Date.now);
const server = createServer((request, response) => {
  void buffer(request)
    .then((body) => authority.ask(body))
    .then((reply) => response.setHeader('content-type', 'application/timestamp-reply').end(reply));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
