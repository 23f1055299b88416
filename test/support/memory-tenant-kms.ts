// Tenants' KMS in memory: keys that are made by naming them, and that can be told to fail.
import { randomBytes } from 'node:crypto';
import { Secret } from '../../lib/base/secret.ts';
import { canonicalJson } from '../../lib/crypto/canonical-json.ts';
import type { EncryptionContext } from '../../lib/crypto/ports.ts';
import { TenantError } from '../../lib/tenants/errors.ts';
import type { TenantKms } from '../../lib/tenants/ports.ts';

type Method = keyof TenantKms;

export interface MemoryTenantKms extends TenantKms {
  /** Every call in order, failed ones included. */
  readonly calls: readonly { readonly method: Method; readonly key: string }[];
  /** Calls of one key, or of one method, or all. */
  count(filter?: { readonly key?: string; readonly method?: Method }): number;
  /**
   * From here on every call for `key` (default: any) rejects with this code, `times` times or until `heal`: `deny` is revoked
   * access, `throttle` too many calls, `unreachable` no network, `disable` a key that cannot be used.
   */
  fail(fault: Fault | TenantError['code'], options?: { readonly key?: string; readonly times?: number }): void;
  /** Forgets faults that have not happened yet. */
  heal(): void;
}

export type Fault = 'deny' | 'throttle' | 'unreachable' | 'disable';

const CODES: Readonly<Record<Fault, TenantError['code']>> = {
  deny: 'KMS_AUTHORIZATION_FAILED',
  throttle: 'KMS_THROTTLED',
  unreachable: 'KMS_UNREACHABLE',
  disable: 'KMS_CONFIGURATION_INVALID',
};

/** Keeps the promises of `TenantKms`. Keys need not be made; a wrapped key is 48 random bytes that only this object knows. */
export function memoryTenantKms(): MemoryTenantKms {
  const held = new Map<string, { readonly key: string; readonly context: string; readonly plaintext: Uint8Array }>();
  const calls: { method: Method; key: string }[] = [];
  let faults: { readonly code: TenantError['code']; readonly key: string | undefined; left: number }[] = [];

  async function called(method: Method, key: string): Promise<void> {
    calls.push({ method, key });
    await Promise.resolve();
    const fault = faults.find((one) => one.left > 0 && (one.key ?? key) === key);
    if (fault === undefined) return;
    fault.left -= 1;
    throw new TenantError(fault.code, 'The KMS was told to fail');
  }

  function hold(key: string, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
    const wrapped = randomBytes(48);
    held.set(wrapped.toString('hex'), { key, context: canonicalJson(context), plaintext: Uint8Array.from(plaintext) });
    return wrapped;
  }

  return {
    calls,
    count: ({ key, method } = {}) =>
      calls.filter((call) => (key ?? call.key) === call.key && (method ?? call.method) === call.method).length,
    fail: (fault, { key, times = Number.POSITIVE_INFINITY } = {}) => {
      faults.push({ code: fault in CODES ? CODES[fault as Fault] : (fault as TenantError['code']), key, left: times });
    },
    heal: () => {
      faults = [];
    },

    async generate(key, context) {
      await called('generate', key);
      const plaintext = randomBytes(32);
      return { wrapped: hold(key, plaintext, context), plaintext: new Secret(plaintext) };
    },

    async wrap(key, plaintext, context) {
      await called('wrap', key);
      return hold(key, plaintext.expose(), context);
    },

    async unwrap(key, wrapped, context) {
      await called('unwrap', key);
      const found = held.get(Buffer.from(wrapped).toString('hex'));
      if (found?.key !== key || found.context !== canonicalJson(context)) {
        throw new TenantError('INVALID_PROVIDED_EDEK', 'Another key, another context or altered bytes');
      }
      return new Secret(Uint8Array.from(found.plaintext));
    },
  };
}
