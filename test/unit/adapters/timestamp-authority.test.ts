import { afterEach, describe, expect, test } from '@jest/globals';
import { httpTimestampAuthority } from '../../../lib/adapters/http/timestamp-authority.ts';
import { outboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { bodyOf, serve, type TestServer } from '../../support/http-server.ts';

const servers: TestServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** The client of an authority that answers so. */
async function authority(answer: Parameters<typeof serve>[0], { loopback = true, timeoutMs = 5_000 } = {}) {
  const server = await serve(answer);
  servers.push(server);
  return httpTimestampAuthority({
    url: new URL(`${server.endpoint}/tsr`),
    guard: outboundGuard({ loopback }),
    timeoutMs,
  });
}

describe('a timestamp authority over HTTP', () => {
  test('gets the request as its media type, and gives the bytes of its reply', async () => {
    const seen: unknown[] = [];
    const client = await authority(async (request, response) => {
      seen.push([request.method, request.url, request.headers['content-type'], [...(await bodyOf(request))]]);
      response.end(Uint8Array.of(0x30, 0xff, 0x00));
    });
    expect([...(await client.ask(Uint8Array.of(1, 0xfe)))]).toEqual([0x30, 0xff, 0x00]);
    expect(seen).toEqual([['POST', '/tsr', 'application/timestamp-query', [1, 0xfe]]]);
  });

  test('that answers with another status refuses', async () => {
    const client = await authority((_, response) => void response.writeHead(503).end('busy'));
    await expect(client.ask(Uint8Array.of(1))).rejects.toMatchObject({ code: 'LOG_TIMESTAMP_REFUSED' });
  });

  test('that does not answer in time is unavailable', async () => {
    const client = await authority(() => {}, { timeoutMs: 50 });
    const error = { code: 'LOG_TIMESTAMP_UNAVAILABLE', message: expect.stringContaining('time-out') };
    await expect(client.ask(Uint8Array.of(1))).rejects.toMatchObject(error);
  });

  test('in a private network is not asked', async () => {
    const client = await authority((_, response) => void response.end('x'), { loopback: false });
    const error = { code: 'LOG_TIMESTAMP_UNAVAILABLE', message: expect.stringContaining('ADDRESS_FORBIDDEN') };
    await expect(client.ask(Uint8Array.of(1))).rejects.toMatchObject(error);
  });

  test.each(['http://tsa.example.com/', 'https://tsa.example.com/'])('may be %s', (url) => {
    const { name } = httpTimestampAuthority({ url: new URL(url), guard: outboundGuard(), timeoutMs: 1 });
    expect(name).toBe('tsa.example.com');
  });

  test('has no other scheme', () => {
    const url = new URL('ftp://tsa.example.com/');
    expect(() => httpTimestampAuthority({ url, guard: outboundGuard(), timeoutMs: 1 })).toThrow(RangeError);
  });
});
