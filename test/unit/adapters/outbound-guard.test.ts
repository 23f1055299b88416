import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { postTo } from '../../../lib/adapters/http/post.ts';
import { outboundGuard, type OutboundRules } from '../../../lib/adapters/outbound/guard.ts';
import { syslogSink } from '../../../lib/adapters/tls/syslog.ts';
import { certificateAuthority } from '../../support/certificates.ts';
import { serve, type TestServer } from '../../support/http-server.ts';

const FORBIDDEN = 'ADDRESS_FORBIDDEN';

function codeOf(host: string, rules?: OutboundRules): string {
  try {
    outboundGuard(rules).check(host);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** Addresses that are no host of the public internet, and what they are. */
const SPECIAL: readonly (readonly [host: string, what: string])[] = [
  ['0.0.0.0', 'this host'],
  ['10.1.2.3', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.100.100.200', 'metadata behind carrier-grade NAT'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['168.63.129.16', 'the host of a virtual machine'],
  ['169.254.169.254', 'metadata'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.192', 'metadata'],
  ['192.168.1.1', 'private'],
  ['198.18.0.1', 'benchmarks'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['[::]', 'this host'],
  ['[::1]', 'loopback'],
  ['[::10.1.2.3]', 'IPv4-compatible'],
  ['[::ffff:10.1.2.3]', 'mapped private'],
  ['[::ffff:a9fe:a9fe]', 'mapped metadata'],
  ['[64:ff9b::169.254.169.254]', 'metadata through NAT64'],
  ['[64:ff9b::a01:203]', 'private through NAT64'],
  ['[64:ff9b:1::a01:203]', 'a NAT64 of the network'],
  ['[2001:db8::1]', 'documentation'],
  ['[2001:0:a01:203::]', 'Teredo'],
  ['[2002:a01:203::1]', '6to4'],
  ['[fc00::1]', 'unique local'],
  ['[fd00:ec2::254]', 'metadata'],
  ['[fe80::1]', 'link-local'],
  ['[fec0::1]', 'site-local'],
  ['[ff02::1]', 'multicast'],
  ['[4000::1]', 'unassigned'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4 relays'],
  ['198.51.100.1', 'documentation'],
  ['240.0.0.1', 'reserved'],
  ['[2001:10::1]', 'ORCHID'],
  ['[3fff::1]', 'documentation'],
  ['[::ffff:0:10.1.2.3]', 'translated private'],
];

describe('an outbound guard', () => {
  test('is tried with more than 39 special addresses', () => {
    expect(new Set(SPECIAL.map(([host]) => host)).size).toBeGreaterThanOrEqual(39);
  });

  test.each(SPECIAL)('refuses %s (%s)', (host) => expect(codeOf(host)).toBe(FORBIDDEN));

  test.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '[2606:4700::1111]', '[::ffff:1.1.1.1]', '[64:ff9b::101:101]'])(
    'allows %s',
    (host) => expect(codeOf(host)).toBe('allowed'),
  );

  test.each([
    ['10.1.2.3', 'allowed'],
    ['[::ffff:10.1.2.3]', 'allowed'],
    ['10.2.0.1', FORBIDDEN],
    ['[fd12::1]', 'allowed'],
    ['[fd13::1]', FORBIDDEN],
    ['127.0.0.1', FORBIDDEN],
  ])('with allowed networks maps %s to %s', (host, code) => {
    expect(codeOf(host, { allowedNetworks: ['10.1.0.0/16', 'fd12::/16'] })).toBe(code);
  });

  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]'])('on a laptop allows %s', (host) => {
    expect(codeOf(host, { loopback: true })).toBe('allowed');
    expect(codeOf('10.1.2.3', { loopback: true })).toBe(FORBIDDEN);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'example.com/8', '10.0.0.0/8/8', '', '10.0.0.0/-1', 'fd00::/129'])(
    'refuses %p as a network',
    (network) => expect(() => outboundGuard({ allowedNetworks: [network] })).toThrow(RangeError),
  );
});

/** A guard of a laptop, where every name resolves to these addresses. */
const names = (...addresses: string[]) => outboundGuard({ loopback: true, resolve: () => Promise.resolve(addresses) });
const isLoopback = () => Promise.resolve(['127.0.0.1']);

describe('a connection that is guarded', () => {
  let server: TestServer;
  let visits: number;
  const port = () => new URL(server.endpoint).port;
  beforeEach(async () => {
    visits = 0;
    server = await serve((_request, response) => {
      visits += 1;
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
  });
  afterEach(() => server.close());

  test('reaches an allowed address of a name', async () => {
    const post = postTo({ url: new URL(`http://localhost:${port()}`), headers: {}, guard: names('127.0.0.1') });
    expect((await post('x')).status).toBe(302);
  });

  test.each([
    ['one that is forbidden', ['10.0.0.1']],
    ['several that are', ['192.168.0.1', 'fd00::1', '169.254.169.254']],
    ['none', []],
    ['something else', ['localhost', '']],
  ])('is not made where a name has %s', async (_, addresses) => {
    const post = postTo({ url: new URL(`http://localhost:${port()}`), headers: {}, guard: names(...addresses) });
    await expect(post('x')).rejects.toMatchObject({ code: FORBIDDEN });
    expect(visits).toBe(0);
  });

  test('uses only the allowed ones of several addresses', async () => {
    const guard = names('10.0.0.1', '127.0.0.1', '169.254.169.254');
    const post = postTo({ url: new URL(`http://localhost:${port()}`), headers: {}, guard });
    expect((await post('x')).status).toBe(302);
  });

  test('is checked again at each lookup, whatever the name resolved to before', async () => {
    let address = '127.0.0.1';
    const guard = outboundGuard({ loopback: true, resolve: () => Promise.resolve([address]) });
    const post = () => postTo({ url: new URL(`http://localhost:${port()}`), headers: {}, guard })('x');
    expect((await post()).status).toBe(302);
    address = '169.254.169.254';
    await expect(post()).rejects.toMatchObject({ code: FORBIDDEN });
  });

  test.each(['http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://0x7f.1', 'http://127.1'])(
    'is not made to %s, which is an address already',
    async (origin) => {
      const post = postTo({ url: new URL(`${origin}:${port()}`), headers: {}, guard: outboundGuard() });
      await expect(post('x')).rejects.toMatchObject({ code: FORBIDDEN });
      expect(visits).toBe(0);
    },
  );

  test('follows no redirect', async () => {
    const post = postTo({ url: new URL(server.endpoint), headers: {}, guard: outboundGuard({ loopback: true }) });
    expect(await post('x')).toMatchObject({ status: 302 });
    expect(visits).toBe(1);
  });

  test('passes on why a name cannot be resolved', async () => {
    const guard = outboundGuard({
      resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    });
    const post = postTo({ url: new URL('https://siem.example.com'), headers: {}, guard });
    await expect(post('x')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('gives one address of the requested family to a caller that asks for one', async () => {
    const guard = names('127.0.0.1', '::1');
    const family = await new Promise((resolve, reject) => {
      const socket = connect({ host: 'localhost', port: Number(port()), family: 4, lookup: guard.lookup });
      socket.on('connect', () => {
        resolve(socket.remoteFamily);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    expect(family).toBe('IPv4');
  });

  test.each(['127.0.0.1', 'localhost', '0x7f.1', '::ffff:127.0.0.1'])('by syslog is not made to %s', async (host) => {
    const sink = syslogSink({
      host,
      port: Number(port()),
      guard: outboundGuard({ resolve: isLoopback }),
      timeoutMs: 1_000,
    });
    const [verdict] = await sink.deliver([{ id: 'a', timeMs: 0, body: '{}' }]);
    expect(verdict).toEqual({ kind: 'config', reason: FORBIDDEN });
    expect(visits).toBe(0);
  });
});

describe('a TLS server without a valid certificate', () => {
  const authority = certificateAuthority();
  const day = 86_400_000;
  test.each([
    ['whose authority is unknown', certificateAuthority('Test CA').issue(['localhost']), /CERT|LEAF/],
    ['whose name is another', authority.issue(['other.example']), /^ERR_TLS_CERT_ALTNAME_INVALID$/],
    [
      'whose certificate has expired',
      authority.issue(['localhost'], { fromMs: Date.now() - 2 * day, toMs: Date.now() - day }),
      /^CERT_HAS_EXPIRED$/,
    ],
    [
      'whose certificate is not valid yet',
      authority.issue(['localhost'], { fromMs: Date.now() + day, toMs: Date.now() + 2 * day }),
      /^CERT_NOT_YET_VALID$/,
    ],
  ])('%s gets nothing', async (_, certificate, code) => {
    let visits = 0;
    const server = await serve(() => void (visits += 1), certificate);
    try {
      const post = postTo({ url: new URL(server.endpoint), headers: {}, ca: authority.ca });
      await expect(post('x')).rejects.toMatchObject({ code: expect.stringMatching(code) });
      expect(visits).toBe(0);
    } finally {
      await server.close();
    }
  });
});
