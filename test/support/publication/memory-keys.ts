import { randomBytes } from 'node:crypto';
import { Secret } from '../../../lib/base/secret.ts';
import { canonicalJson } from '../../../lib/crypto/canonical-json.ts';
import { type KeyService, KeyServiceError } from '../../../lib/crypto/ports.ts';

/** A key service whose wrapped keys are numbers of a list that it keeps. */
export function memoryKeyService(): KeyService {
  const wrapped: { readonly key: Buffer; readonly context: string }[] = [];
  return {
    async generateDataKey(context) {
      await Promise.resolve();
      const key = randomBytes(32);
      wrapped.push({ key, context: canonicalJson(context) });
      return {
        keyId: 'memory',
        plaintext: new Secret(Uint8Array.from(key)),
        wrapped: Buffer.from(String(wrapped.length - 1)),
      };
    },
    async unwrapDataKey(_keyId, bytes, context) {
      await Promise.resolve();
      const found = wrapped[Number(Buffer.from(bytes).toString())];
      if (found?.context !== canonicalJson(context)) throw new KeyServiceError('KEY_REFUSED', 'No such key');
      return new Secret(Uint8Array.from(found.key));
    },
  };
}
