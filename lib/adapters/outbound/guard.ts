// Decides which addresses a connection to a tenant's host may go to: public ones, but not those of our own networks. It
// checks the addresses of each connection, not the name, which may resolve to anything, and differently each time.
import { lookup as lookupName, promises as dns } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { settled } from '../../base/attempt.ts';
import { ProtectorError } from '../../base/errors.ts';

export interface OutboundRules {
  /** Networks in CIDR notation that are allowed although they are not public. @default none */
  readonly allowedNetworks?: readonly string[];
  /** Allows this machine, for use on a laptop. @default false */
  readonly loopback?: boolean;
  /** Resolves a host name. @default DNS */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

/** For the sockets of one caller; see `outboundGuard`. */
export interface OutboundGuard {
  /** Throws `OutboundError` for a forbidden address. Needed because Node does not call `lookup` for addresses. */
  check(host: string): void;
  /** For `net.connect` and its users: gives the allowed addresses of a name, or `OutboundError`. */
  readonly lookup: LookupFunction;
}

/** The host is, or resolves to, a forbidden address. A setting must be changed. */
export class OutboundError extends ProtectorError<'ADDRESS_FORBIDDEN'> {}

const forbidden = (): OutboundError =>
  new OutboundError('ADDRESS_FORBIDDEN', 'The host has no address that may be connected to');

/** IANA's special-purpose registry of IPv4, multicast, and one public address of a cloud's own service. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT, and a metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // the host of a virtual machine in Azure
  '169.254.0.0/16', // link-local: the metadata services
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** In IPv6 only global unicast is public, without its reserved parts and tunnels to IPv4. */
const PUBLIC_V6 = '2000::/3';
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** IPv6 networks that reach the IPv4 address in their last 32 bits: mapped (RFC 4291), NAT64 (RFC 6052). */
const EMBEDDING_V4 = ['::ffff:', '64:ff9b::'];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Returns a guard. Throws `RangeError` for a network that is not in CIDR notation. */
export function outboundGuard(rules: OutboundRules = {}): OutboundGuard {
  const { allowedNetworks = [], loopback = false, resolve = addressesOf } = rules;
  const allowed = networks([...allowedNetworks, ...(loopback ? LOOPBACK : [])]);
  const isAllowed = (address: string): boolean => {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (allowed.check(address, family)) return true;
    if (FORBIDDEN.check(address, family)) return false;
    return family === 'ipv4' || PUBLIC_NETWORKS_V6.check(address, family);
  };
  return {
    check: (host) => {
      const address = host.replace(/^\[|\]$/g, '');
      if (isIP(address) !== 0 && !isAllowed(address)) throw forbidden();
    },
    lookup: (hostname, options, callback) => {
      const answer = async (): Promise<void> => {
        const found = await settled(resolve(hostname));
        const addresses = (found.ok ? found.value : [])
          .filter((address) => isIP(address) !== 0 && isAllowed(address))
          .map((address) => ({ address, family: isIP(address) }))
          .filter(({ family }) => [0, undefined, `IPv${family}`, family].includes(options.family));
        const [first] = addresses;
        if (!found.ok) callback(found.error as NodeJS.ErrnoException, '');
        else if (first === undefined) callback(forbidden(), '');
        else if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      };
      void answer();
    },
  };
}

const FORBIDDEN = networks([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
const PUBLIC_NETWORKS_V6 = networks([PUBLIC_V6, ...EMBEDDING_V4.map((prefix) => `${prefix}0.0.0.0/96`)]);

/** Parses networks. Adds, for each network of IPv4, the networks of IPv6 that embed it. */
function networks(list: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of list) {
    const [address = '', length = '', ...rest] = network.split('/');
    const family = isIP(address);
    const bits = Number(length);
    if (family === 0 || !/^\d+$/.test(length) || bits > (family === 4 ? 32 : 128) || rest.length > 0) {
      throw new RangeError('A network is like 10.0.0.0/8 or fd00::/8');
    }
    blocks.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
    if (family === 6) continue;
    for (const prefix of EMBEDDING_V4) blocks.addSubnet(`${prefix}${address}`, 96 + bits, 'ipv6');
  }
  return blocks;
}

/** One DNS question takes less time than a call may. */
const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });

/**
 * Resolves a name by DNS: `getaddrinfo` runs on Node's few threads for slow work, where one tenant's unanswered names
 * would block those of all others. Leaves names without a dot, which are local, to the system.
 */
async function addressesOf(hostname: string): Promise<readonly string[]> {
  if (!hostname.includes('.')) {
    return new Promise((resolve, reject) => {
      lookupName(hostname, { all: true }, (error, addresses) =>
        error === null ? resolve(addresses.map(({ address }) => address)) : reject(error),
      );
    });
  }
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const found = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length === 0 && v4.status === 'rejected') throw v4.reason;
  return found;
}
