// Which addresses a connection to a host that a tenant named may go to: the world, but not the house. Looked at are the
// addresses that are connected to, not the name: a name may stand for anything, and for something else the next time.
import { lookup as lookupName, promises as dns } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { settled } from '../../base/attempt.ts';
import { ProtectorError } from '../../base/errors.ts';

export interface OutboundRules {
  /** Networks in CIDR notation that may be connected to although they are not the world's. @default none */
  readonly allowedNetworks?: readonly string[];
  /** This machine too: for a laptop. @default false */
  readonly loopback?: boolean;
  /** Addresses of a host name. @default what DNS says */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

/** For the sockets of one caller; see `outboundGuard`. */
export interface OutboundGuard {
  /** Throws `OutboundError` for an address: where no name has to be looked up, `lookup` is not asked. */
  check(host: string): void;
  /** For `net.connect` and everything on top of it: the allowed addresses of a name, or `OutboundError`. */
  readonly lookup: LookupFunction;
}

/** The host is, or stands for, an address that may not be connected to. Somebody has to change a setting. */
export class OutboundError extends ProtectorError<'ADDRESS_FORBIDDEN'> {}

const forbidden = (): OutboundError =>
  new OutboundError('ADDRESS_FORBIDDEN', 'The host has no address that may be connected to');

/** IANA's special-purpose registry of IPv4, multicast, and one public address that is a cloud's own service. */
const NOT_THE_WORLD_V4 = [
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

/** Of IPv6 only global unicast is the world, and of that not what is set aside or tunnels to IPv4. */
const THE_WORLD_V6 = '2000::/3';
const NOT_THE_WORLD_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** IPv6 networks whose last 32 bits are an IPv4 address that is what is reached: mapped (RFC 4291), NAT64 (RFC 6052). */
const EMBEDDING_V4 = ['::ffff:', '64:ff9b::'];

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Throws `RangeError` for a network that is not in CIDR notation. */
export function outboundGuard(rules: OutboundRules = {}): OutboundGuard {
  const { allowedNetworks = [], loopback = false, resolve = addressesOf } = rules;
  const allowed = networks([...allowedNetworks, ...(loopback ? LOOPBACK : [])]);
  const isAllowed = (address: string): boolean => {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (allowed.check(address, family)) return true;
    if (FORBIDDEN.check(address, family)) return false;
    return family === 'ipv4' || WORLD_V6.check(address, family);
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

const FORBIDDEN = networks([...NOT_THE_WORLD_V4, ...NOT_THE_WORLD_V6]);
const WORLD_V6 = networks([THE_WORLD_V6, ...EMBEDDING_V4.map((prefix) => `${prefix}0.0.0.0/96`)]);

/** Networks of IPv4 are those of IPv6 too that embed them. */
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

/** Tries and time of one DNS question: less than a call may take. */
const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });

/**
 * Asks DNS directly: `getaddrinfo` runs on the two threads that Node has for slow work, and names that are not answered would
 * keep those of all other tenants waiting. Names without a dot are this machine's or this network's, and are left to it.
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
