import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { localEnvironment } from '../../../functions/cli/local/environment.ts';
import type { RecordSource } from '../../../functions/cli/options.ts';
import { tenantFacts } from '../../../functions/cli/console/tenant-page.ts';
import { proveOrCheck } from '../../../functions/cli/audit/prove.run.ts';
import { AuditRecords } from '../../../functions/cli/trail/records.ts';
import { verifyWorkspace } from '../../../functions/cli/trail/verify.ts';
import { type Workspace, workspace } from '../../../functions/cli/workspace/workspace.ts';
import { reloadingPolicy } from '../../../functions/runtime/reload/policy.ts';
import { currentTenants } from '../../../functions/runtime/reload/tenants.ts';
import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import {
  createInsecureLocalKey,
  insecureLocalKeyService,
} from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { insecureLocalTenantKms } from '../../../lib/adapters/file/insecure-local-tenant-kms.ts';
import { createKeyFile } from '../../../lib/adapters/file/key-file.ts';
import { readSigningKeyId } from '../../../lib/adapters/file/signing-key.ts';
import { unwrapKey, wrapKey } from '../../../lib/adapters/file/wrapped-key.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { CachedKey } from '../../../lib/client/cached-key.ts';
import { decryptField, encryptField } from '../../../lib/client/document.ts';
import { decryptPieces, encryptPieces } from '../../../lib/client/document-stream.ts';
import type { Fields } from '../../../lib/client/documents.ts';
import { ProtectorClient } from '../../../lib/client/protector-client.ts';
import { AesGcm } from '../../../lib/crypto/aes-gcm.ts';
import { AesSiv } from '../../../lib/crypto/aes-siv.ts';
import type { ByteStrings } from '../../../lib/crypto/byte-strings.ts';
import { Ff1 } from '../../../lib/crypto/ff1.ts';
import { deriveKey } from '../../../lib/crypto/hkdf.ts';
import { openKey, sealKey } from '../../../lib/crypto/key-wrap.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openBundle, sealBundle } from '../../../lib/crypto/sealed-bundle.ts';
import { Keyring, type KeyPurpose } from '../../../lib/policy/keyring.ts';
import { openKeyring, sealKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { Access } from '../../../lib/policy-tests/access.ts';
import { engineOver } from '../../../lib/policy-tests/engine.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { runPolicyTests } from '../../../lib/policy-tests/run.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { compileMethod } from '../../../lib/protect/methods/registry.ts';
import { canaryAnswers, withCanary } from '../../../lib/publication/canary.ts';
import { ensureSigningKey } from '../../../lib/publication/durable-keys.ts';
import { reviewPolicy } from '../../../lib/publication/review.ts';
import { openTenants, sealTenants } from '../../../lib/tenants/bundle.ts';
import { destroyTenants } from '../../../lib/tenants/content.ts';
import { deriveInto, destroyDerived, placesFor } from '../../../lib/tenants/derive.ts';
import { directEdek } from '../../../lib/tenants/edek.ts';
import { TenantError } from '../../../lib/tenants/errors.ts';
import { KeyJournal } from '../../../lib/tenants/key-journal.ts';
import { KeyOperations } from '../../../lib/tenants/key-operations.ts';
import { KeyService as TenantKeys } from '../../../lib/tenants/key-service.ts';
import { Leases } from '../../../lib/tenants/leases.ts';
import { SharedKey } from '../../../lib/tenants/open-keys.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import type { TenantKms } from '../../../lib/tenants/ports.ts';
import { withSecrets } from '../../../lib/tenants/secrets.ts';
import { newTenantSecret } from '../../../lib/tenants/tenant-secret.ts';
import { KEY_OPERATIONS } from '../../../lib/wire/tsp/operations.ts';
import { bufferedIo } from '../../support/command.ts';
import { elementOf, fixedKeyContext } from '../../support/fixed-key.ts';
import { by, LEASING, tenant, tenantsOf } from '../../support/key-service.ts';
import { KEYRING, policyContent } from '../../support/policy.ts';
import { MemoryDocuments } from '../../support/publication/memory-documents.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';
import { type Wipes, wipesOf } from '../../support/wipes.ts';

const bytesOf = (seed: string): Buffer => createHash('sha256').update(seed).digest();
const KEY = bytesOf('key');
const OTHER = new Secret(bytesOf('another key'));
const CLEAR = Buffer.from('Jim Bridger of Bozeman, Montana');
const NONE = new Uint8Array(0);
const IV = Buffer.alloc(12, 3);
const ROOT = Buffer.from(KEYRING.rootKeys[0]!.key, 'base64');
const ID = '00000000-0000-4000-8000-000000000001';

/** A copy of the key that the code under test owns. */
const owned = (key: Uint8Array = KEY): Secret => new Secret(Uint8Array.from(key));
const lastBitFlipped = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.map((byte, i) => byte ^ Number(i === bytes.length - 1)));
const strings = (...values: readonly Uint8Array[]): ByteStrings => {
  const ends: number[] = [];
  for (const { length } of values) ends.push((ends.at(-1) ?? 0) + length);
  return { bytes: Buffer.concat(values), ends: Uint32Array.from(ends) };
};
const failing =
  (work: () => unknown, how: object = { code: expect.any(String) }) =>
  async (): Promise<void> => {
    await expect((async () => work())()).rejects.toMatchObject(how);
  };
const refusing = (work: () => unknown) => (): void => expect(work()).toBeUndefined();

/** What a piece of work handles in secret, the work, and what must become of the buffers. */
interface Site {
  readonly file: string;
  readonly what: string;
  readonly secrets: readonly Uint8Array[];
  /** Buffers that are overwritten. Those that the caller is given are left. */
  readonly expected: Partial<Wipes>;
  /** Prepared before the buffers are watched. */
  readonly work: () => (() => unknown) | Promise<() => unknown>;
}

const gcm = new AesGcm(KEY, () => Buffer.alloc(24, 5));
const siv = new AesSiv(Buffer.concat([KEY, KEY]));
const SHORT = Buffer.from('Jim');

const CRYPTO: readonly Site[] = [
  {
    file: 'lib/crypto/key-wrap.ts',
    what: 'a key whose tag is wrong',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const sealed = lastBitFlipped(sealKey(OTHER, owned(), IV, NONE));
      return refusing(() => openKey(OTHER, sealed, NONE));
    },
  },
  {
    file: 'lib/crypto/aes-gcm.ts',
    what: 'the strings before an altered one, and that one',
    secrets: [CLEAR, SHORT],
    expected: { wiped: 3 },
    work: () => {
      const { bytes, ends } = gcm.sealAll(NONE, strings(CLEAR, SHORT));
      const sealed = { bytes: lastBitFlipped(bytes), ends };
      return () => expect(gcm.openAll(NONE, sealed)).toEqual({ failed: 1 });
    },
  },
  {
    file: 'lib/crypto/aes-gcm.ts',
    what: 'the copy of each string that is opened, and not the answer',
    secrets: [CLEAR, SHORT],
    expected: { wiped: 2, left: 1 },
    work: () => {
      const sealed = gcm.sealAll(NONE, strings(CLEAR, SHORT));
      return () => expect(gcm.openAll(NONE, sealed).failed).toBeUndefined();
    },
  },
  {
    file: 'lib/crypto/aes-siv.ts',
    what: 'the strings beside an altered one',
    secrets: [CLEAR],
    expected: { wiped: 1 },
    work: () => {
      const { bytes, ends } = siv.sealAll([], strings(CLEAR, SHORT));
      const sealed = { bytes: lastBitFlipped(bytes), ends };
      return () => expect(siv.openAll([], sealed)).toEqual({ failed: 1 });
    },
  },
  {
    file: 'lib/crypto/aes-siv.ts',
    what: 'the strings before one that is too short',
    secrets: [CLEAR],
    expected: { wiped: 1 },
    work: () => {
      const sealed = strings(siv.seal([], CLEAR), SHORT);
      return () => expect(siv.openAll([], sealed)).toEqual({ failed: 1 });
    },
  },
  {
    file: 'lib/crypto/sealed-bundle.ts',
    what: 'the data key of a sealed bundle',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const keys = keyService();
      return () => sealBundle(keys, {}, {}, { name: 'x' }, IV);
    },
  },
  {
    file: 'lib/crypto/sealed-bundle.ts',
    what: 'the data key when the content cannot be sealed',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const keys = keyService();
      return failing(() => sealBundle(keys, {}, {}, undefined, IV));
    },
  },
  ...(['as it was sealed', 'whose tag is wrong', 'that is no JSON'] as const).map(
    (what): Site => ({
      file: 'lib/crypto/sealed-bundle.ts',
      what: `data key and clear text of a bundle ${what}`,
      secrets: [KEY, CLEAR],
      expected: { wiped: 2 },
      work: () => {
        const keys = keyService();
        const text = what === 'that is no JSON' ? CLEAR.toString() : JSON.stringify(CLEAR.toString());
        const bundle = bundleOf(text, what === 'whose tag is wrong' ? lastBitFlipped : (tag) => tag);
        const open = (): unknown => openBundle(keys, bundle, () => ({}));
        return what === 'as it was sealed' ? open : failing(open);
      },
    }),
  ),
];

/** A key service whose data key is `KEY`, of which each call gives a copy. */
function keyService(): KeyService {
  const [made, opened] = [owned(), owned()];
  return {
    generateDataKey: async () => ({ keyId: 'k', plaintext: made, wrapped: Uint8Array.of(1) }),
    unwrapDataKey: async () => opened,
  };
}

function bundleOf(text: string, alter: (tag: Buffer) => Buffer): object {
  const cipher = createCipheriv('aes-256-gcm', KEY, IV);
  cipher.setAAD(Buffer.from('{"format":"serverless-protector/1","kmsKeyId":"k"}'));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  return {
    format: 'serverless-protector/1',
    kmsKeyId: 'k',
    wrappedKey: 'AQ==',
    iv: IV.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: alter(cipher.getAuthTag()).toString('base64'),
  };
}

const METHODS = 'lib/protect/methods';
const elementKey = (purpose: KeyPurpose): Uint8Array => fixedKeyContext(ID).key(purpose).expose();

/** The method of an element, made under the keys of these purposes. */
const method = (file: string, element: object, ...purposes: readonly KeyPurpose[]): Site => ({
  file,
  what: `the keys of an element ${JSON.stringify(element)}`,
  secrets: purposes.map(elementKey),
  expected: { wiped: purposes.length },
  work: () => {
    const { type, ...options } = element as { readonly type: 'integer' };
    const [definition, context] = [elementOf(type, options), fixedKeyContext(ID)];
    return () => compileMethod(definition, context);
  },
});

const GCM = { method: 'encryption', type: 'aes-256-gcm' };
const SIV = { method: 'encryption', type: 'aes-256-siv' };

const PROTECT: readonly Site[] = [
  method(`${METHODS}/element-ciphers.ts`, { type: 'integer', size: 4 }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'credit-card' }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'decimal' }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'date' }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'binary' }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'unicode-bytes' }, 'ff1'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'numeric', shortData: 'error' }, 'ff1', 'perm'),
  method(`${METHODS}/element-ciphers.ts`, { type: 'unicode-script', shortData: 'error' }, 'perm'),
  method(`${METHODS}/cipher/encryption.ts`, GCM, 'gcm'),
  method(`${METHODS}/cipher/encryption.ts`, SIV, 'siv'),
  method(`${METHODS}/cipher/hmac.ts`, { method: 'hash', type: 'hmac-sha256' }, 'hmac'),
  ...[{ type: 'integer', size: 4 }, { type: 'numeric', shortData: 'error' }, SIV].map(
    (element): Site => ({
      file: `${METHODS}/${element === SIV ? 'cipher/encryption.ts' : 'element-ciphers.ts'}`,
      what: `a key that the cipher refuses, of ${element.type}`,
      secrets: [SHORT],
      expected: { wiped: 1 },
      work: () => {
        const { type, ...options } = element;
        const definition = elementOf(type as 'integer', options);
        const context = fixedKeyContext(ID, { key: () => owned(SHORT) });
        return failing(() => compileMethod(definition, context));
      },
    }),
  ),
  ...[GCM, SIV].map(
    ({ type, ...options }): Site => ({
      file: `${METHODS}/cipher/encryption.ts`,
      what: `the strings of a column with a cell that ${type} did not seal`,
      secrets: [CLEAR],
      expected: { wiped: type === GCM.type ? 2 : 1 },
      work: () => {
        const sealer = compileMethod(elementOf(type as 'aes-256-gcm', options), fixedKeyContext(ID));
        const column = [...sealer.protect([CLEAR.toString()], undefined).column, 'ff'];
        return failing(() => sealer.unprotect(column, undefined));
      },
    }),
  ),
  {
    file: 'lib/protect/compile.ts',
    what: 'the root keys of a policy that is destroyed',
    secrets: [ROOT],
    expected: { wiped: 2 },
    work: () => {
      const content = policyContent();
      return () => {
        compilePolicy({ version: '1', content }, () => NONE).destroy();
        using _ = compilePolicy({ version: '1', content }, () => NONE);
      };
    },
  },
  {
    file: 'lib/policy/keyring.ts',
    what: 'the root keys of a keyring that is destroyed',
    secrets: [ROOT],
    expected: { wiped: 2 },
    work: () => () => {
      new Keyring(KEYRING).destroy();
      using _ = new Keyring(KEYRING);
    },
  },
  {
    file: 'lib/policy/sealed-keyring.ts',
    what: 'the root keys that are checked before a keyring is sealed, and after it is opened',
    secrets: [ROOT],
    expected: { wiped: 2 },
    work: () => {
      const keys = memoryKeyService();
      return async () =>
        openKeyring(keys, await sealKeyring(keys, { dataStore: 'D', version: 1, content: KEYRING }, new Date(0), IV));
    },
  },
];

const PUBLICATION: readonly Site[] = [
  {
    file: 'lib/publication/review.ts',
    what: 'the root keys of a reviewed policy',
    secrets: [ROOT],
    expected: { wiped: 1 },
    work: () => {
      const content = policyContent();
      const keyring = { dataStore: content.policy.dataStore, version: 1, content: KEYRING };
      return () => reviewPolicy(content, keyring, new Set(), 0);
    },
  },
  {
    file: 'lib/policy-tests/run.ts',
    what: 'the root keys of the engine that values of policy tests go through',
    secrets: [ROOT],
    expected: { wiped: 1 },
    work: () => {
      const { policy } = policyContent();
      const access = new Access(policy, 0);
      const value = { user: 'test_user', unprotect: 'deSSN', value: '900-12-3456', gives: '900-12-3456' };
      const tests = parsePolicyTests({ tests: [value] }, access);
      const engine = engineOver(policy, KEYRING, () => NONE);
      return async () => expect(await runPolicyTests(access, tests, engine)).toHaveLength(1);
    },
  },
  {
    file: 'lib/publication/canary.ts',
    what: 'the root keys that the answers of a canary are made with',
    secrets: [ROOT],
    expected: { wiped: 1 },
    work: () => {
      const content = policyContent();
      const withAnswers = { ...content, policy: withCanary(content.policy, 7, KEYRING) };
      return () => canaryAnswers(7, withAnswers, () => NONE);
    },
  },
  {
    file: 'lib/publication/durable-keys.ts',
    what: 'a new signing key, of which the stored copy is answered',
    secrets: [KEY],
    expected: { wiped: 1, left: 1 },
    work: () => {
      const made = owned();
      const place = {
        documents: new MemoryDocuments(),
        keys: memoryKeyService(),
        random: () => IV,
        now: () => new Date(0),
      };
      return () => ensureSigningKey(place, () => ({ id: 'key', key: made }));
    },
  },
];

const SECRET_TEXTS = ['acme-splunk', 'acme-datadog', 'acme-search'].map((name) => Buffer.from(SECRETS.get(name)!));
const KIND = { derivationType: 'sha256', secretType: 'search' } as const;
const PATHS = new Map([['secret path', new Set(['derivation path'])]]);
const PATH_SECRET = Uint8Array.from(
  deriveKey(owned(), NONE, ['tenant-secret', 'search', 'sha256', 'secret path'], 64).expose(),
);
const DERIVED = createHmac('sha256', PATH_SECRET).update('derivation path').digest();
const ABOUT = { tenantSecretId: 1, current: true };

const refused = async (): Promise<never> => {
  throw new TenantError('KMS_UNREACHABLE', 'The KMS was told to fail');
};

/** A KMS whose every key is `KEY`, apart from what a test says. It keeps nothing. */
const kmsOf = (change: Partial<TenantKms> = {}): TenantKms => ({
  generate: async () => ({ plaintext: owned(), wrapped: Uint8Array.of(1) }),
  wrap: async () => Uint8Array.of(1),
  unwrap: async () => owned(),
  ...change,
});
const leasesOf = (kms: TenantKms): Leases => new Leases({ kms, random: () => IV, nowMs: () => 0 });
const EDEK = directEdek(1, Uint8Array.of(1));

/** The key service over a KMS. No event becomes durable, so that no key may be answered. */
function mute(kms: TenantKms = kmsOf()): TenantKeys {
  return new TenantKeys({ kms, leases: leasesOf(kms), random: () => KEY, events: { accept: refused } });
}

const ACME = tenantsOf(tenant('acme', { secrets: [{ id: 1, edek: EDEK, current: true }] }));
const recorded = (
  what: string,
  wiped: number,
  run: (service: TenantKeys) => Promise<unknown>,
  kms?: () => TenantKms,
): Site => ({
  file: 'lib/tenants/key-service.ts',
  what,
  secrets: what.includes('derived') ? [KEY, DERIVED] : [KEY],
  expected: { wiped },
  work: () => {
    const service = mute(kms?.());
    return failing(() => run(service));
  },
});

const TENANT_KEYS: readonly Site[] = [
  {
    file: 'lib/tenants/derive.ts',
    what: 'the secret of a path',
    secrets: [PATH_SECRET],
    expected: { wiped: 1 },
    work: () => {
      const secret = owned();
      return () => deriveInto(placesFor(PATHS), secret, KIND, ABOUT);
    },
  },
  {
    file: 'lib/tenants/derive.ts',
    what: 'derived keys that are answered no more',
    secrets: [DERIVED],
    expected: { wiped: 1 },
    work: () => {
      const [places, secret] = [placesFor(PATHS), owned()];
      deriveInto(places, secret, KIND, ABOUT);
      return () => destroyDerived(places);
    },
  },
  {
    file: 'lib/tenants/tenant-secret.ts',
    what: 'a new tenant secret, which is kept wrapped only',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => () => newTenantSecret(kmsOf(), 'acme', { id: 1, key: 'k' }),
  },
  ...[kmsOf(), kmsOf({ wrap: refused })].map(
    (kms, i): Site => ({
      file: 'lib/tenants/secrets.ts',
      what: `a tenant secret that is wrapped anew ${i === 0 ? 'in time' : 'in vain'}`,
      secrets: [KEY],
      expected: { wiped: 1 },
      work: () => {
        const [from, to] = [1, 2].map((id) => ({ id, key: `k${id}`, state: 'active', primary: id === 2 }) as const);
        const secrets = [{ id: 1, edek: Buffer.from(EDEK).toString('base64'), current: true }];
        const acme = { id: 'acme', kms: [from!, to!], secrets, dataStores: [], sinks: [] };
        const content = { apiKeys: [], unconfigured: 'discard' as const, tenants: [acme], former: [] };
        return async () => {
          const { rewrapped, failures } = await withSecrets(content, kms, () => IV);
          if (rewrapped.length !== 1 - i || failures.length !== i) throw new RangeError('another outcome than planned');
        };
      },
    }),
  ),
  {
    file: 'lib/tenants/key-operations.ts',
    what: 'a new document key that no lease can wrap',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const kms = kmsOf({ generate: refused });
      const fresh = Uint8Array.from(KEY);
      const operations = new KeyOperations({ kms, leases: leasesOf(kms), random: () => fresh });
      const leasing = tenant('acme', { leasing: LEASING });
      return failing(() => operations.wrap(leasing, by('acme'), new KeyJournal()));
    },
  },
  {
    file: 'lib/tenants/key-operations.ts',
    what: 'the tenant secret, and the keys of the first one when the second cannot be opened',
    secrets: [KEY, DERIVED],
    expected: { wiped: 2 },
    work: () => {
      let calls = 0;
      const kms = kmsOf({ unwrap: () => (calls++ === 0 ? Promise.resolve(owned()) : refused()) });
      const operations = new KeyOperations({ kms, leases: leasesOf(kms), random: () => KEY });
      const secrets = [EDEK, directEdek(1, Uint8Array.of(2))].map((edek, id) => ({ id, edek, current: id === 1 }));
      return failing(() => operations.derive(tenant('acme', { secrets }), by('acme'), PATHS, KIND, new KeyJournal()));
    },
  },
  recorded('a document key whose wrap is not on record', 1, (keys) => keys.wrap(ACME, by('acme'))),
  recorded('a document key whose unwrap is not on record', 1, (keys) => keys.unwrap(ACME, by('acme'), EDEK)),
  recorded('every document key of a batch that is not on record', 2, (keys) =>
    keys.batchWrap(ACME, by('acme'), new Set(['a', 'b'])),
  ),
  recorded('the tenant secret and the derived keys that are not on record', 2, (keys) =>
    keys.derive(ACME, by('acme'), PATHS, KIND),
  ),
  recorded(
    'a document key that the new KMS does not wrap',
    1,
    (keys) => keys.rekey(ACME, by('acme'), EDEK, 'acme'),
    () => kmsOf({ wrap: refused }),
  ),
  {
    file: 'lib/tenants/open-keys.ts',
    what: 'a shared key that its last holder has let go of',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const key = new SharedKey(Promise.resolve(owned()), 0);
      return async () => {
        await key.use(() => {});
        await new Promise(setImmediate);
      };
    },
  },
  {
    file: 'lib/tenants/content.ts',
    what: 'the secrets of sinks',
    secrets: SECRET_TEXTS,
    expected: { wiped: 3 },
    work: async () => {
      const tenants = await openTenants(memoryKeys, await sealedTenants(1));
      return () => destroyTenants(tenants);
    },
  },
  {
    file: 'lib/wire/tsp/operations.ts',
    what: 'a key that is answered',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const dek = owned();
      const keys = { wrap: async () => ({ dek, edek: EDEK }) } as unknown as TenantKeys;
      return () => KEY_OPERATIONS.wrap({ keys, tenants: ACME, metadata: by('acme'), body: {} });
    },
  },
];

const CLEAR_NUMERALS = Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

/** FF1 over a value, or over its token. */
const enciphered = (what: string, direction: 'encrypt' | 'decrypt'): Site => ({
  file: 'lib/crypto/ff1-lockstep.ts',
  what,
  secrets: [Buffer.from(CLEAR_NUMERALS.buffer)],
  expected: { wiped: 1 },
  work: () => {
    const ff1 = new Ff1(KEY);
    const numerals = CLEAR_NUMERALS.slice();
    const batch = { radix: 10, length: 9, numerals, tweaks: NONE, tweakLength: 0 };
    if (direction === 'decrypt') ff1.encrypt(batch);
    return () => ff1[direction](batch);
  },
});

const FF1: readonly Site[] = [
  enciphered('a value that is checked, in the memory of the kernels', 'encrypt'),
  enciphered('a value that is deciphered, in the memory of the kernels', 'decrypt'),
];

const memoryKeys = memoryKeyService();
const sealedTenants = (version: number, keys: KeyService = memoryKeys): Promise<object> =>
  sealTenants(
    keys,
    nextContent(parseTenants(TENANTS, SECRETS), SECRETS, undefined),
    { version, createdAt: new Date(0) },
    IV,
  );

const FIELD = encryptField(owned(), 'acme', CLEAR);
const METADATA = { tenantId: 'acme', requestingUserOrServiceId: 'test', dataLabel: 'PII' };

const KEY_REPLY = { dek: KEY.toString('base64'), edek: 'ZWRlaw==' };

/** A client of a gateway whose every answer holds `KEY`, unless `reply` says otherwise. */
function client(reply = JSON.stringify({ ...KEY_REPLY, keys: { a: KEY_REPLY, b: KEY_REPLY }, failures: {} })) {
  const fetch = async (): Promise<Response> => new Response(reply);
  return new ProtectorClient({
    url: 'https://gateway.example.com',
    apiKey: 'k',
    fetch,
  });
}

const called = (what: string, wiped: number, run: (client: ProtectorClient) => Promise<unknown>): Site => ({
  file: 'lib/client/protector-client.ts',
  what,
  secrets: [KEY],
  expected: { wiped },
  work: () => {
    const gateway = client();
    return () => run(gateway);
  },
});

/** The documents `a` and `b`, whose keys are in a reply with `b` changed. */
const replied = (what: string, b: object, expected: Partial<Wipes>): Site => ({
  file: 'lib/client/replies.ts',
  what,
  secrets: [KEY.subarray(0, 16)],
  expected,
  work: () => {
    const gateway = client(JSON.stringify({ keys: { a: KEY_REPLY, b: { ...KEY_REPLY, ...b } }, failures: {} }));
    return failing(() => gateway.wrapKeys(['a', 'b'], METADATA));
  },
});

const PLAIN = { name: CLEAR };
const NO_FIELDS = { name: null as unknown as Uint8Array };
const ENCRYPTED = { encryptedDocument: { name: FIELD }, edek: 'ZWRlaw==' };
const both = <T>(one: T, other: T): Map<string, T> =>
  new Map([
    ['a', one],
    ['b', other],
  ]);

async function drained(pieces: AsyncIterable<Uint8Array>, most = Number.POSITIVE_INFINITY): Promise<void> {
  let seen = 0;
  for await (const _ of pieces) if (++seen === most) break;
}

const CLIENT: readonly Site[] = [
  {
    file: 'lib/client/document.ts',
    what: 'the clear text of a field whose tag is wrong',
    secrets: [CLEAR],
    expected: { wiped: 1 },
    work: () => {
      const [dek, field] = [owned(), lastBitFlipped(FIELD)];
      return failing(() => decryptField(dek, field));
    },
  },
  ...(
    [
      ['encrypted to the end', (dek: Secret) => drained(encryptPieces(dek, 'acme', [CLEAR]))],
      ['encrypted by a reader that stops', (dek: Secret) => drained(encryptPieces(dek, 'acme', [CLEAR]), 1)],
      ['decrypted to the end', (dek: Secret) => drained(decryptPieces(dek, [FIELD]))],
      ['decrypted by a reader that stops', (dek: Secret) => drained(decryptPieces(dek, [FIELD]), 1)],
      ['that does not decrypt', (dek: Secret) => failing(() => drained(decryptPieces(dek, [lastBitFlipped(FIELD)])))()],
    ] as const
  ).map(
    ([what, run]): Site => ({
      file: 'lib/client/document-stream.ts',
      what: `the key of a stream ${what}`,
      secrets: [KEY],
      expected: { wiped: 1 },
      work: () => {
        const dek = owned();
        return () => run(dek);
      },
    }),
  ),
  called('the key of a rekeyed EDEK', 1, (gateway) => gateway.rekey('ZWRlaw==', 'globex', METADATA)),
  called('the key of an encrypted document', 1, (gateway) => gateway.encryptDocument(PLAIN, METADATA)),
  called('the key of a decrypted document', 1, (gateway) => gateway.decryptDocument(ENCRYPTED, METADATA)),
  called('the key of a document that is encrypted already', 1, (gateway) =>
    failing(() => gateway.encryptDocument(ENCRYPTED.encryptedDocument, METADATA))(),
  ),
  called('the key of a document that does not decrypt', 1, (gateway) =>
    failing(() => gateway.decryptDocument({ ...ENCRYPTED, encryptedDocument: PLAIN }, METADATA))(),
  ),
  called('the keys of encrypted documents, one of which fails', 2, (gateway) =>
    gateway.encryptDocuments(both<Fields>(PLAIN, ENCRYPTED.encryptedDocument), METADATA),
  ),
  called('the keys of decrypted documents, one of which fails', 2, (gateway) =>
    gateway.decryptDocuments(both(ENCRYPTED, { ...ENCRYPTED, encryptedDocument: PLAIN }), METADATA),
  ),
  called('the keys of documents, the first of which is none', 2, (gateway) =>
    failing(() => gateway.encryptDocuments(both<Fields>(NO_FIELDS, PLAIN), METADATA), { name: 'TypeError' })(),
  ),
  replied('the keys of a batch before one that is malformed', { edek: '' }, { wiped: 1 }),
  replied('a key of another length', { dek: KEY.toString('base64', 0, 16) }, { wiped: 2 }),
  ...(
    [
      ['closed', {}, (key: CachedKey) => key.close()],
      ['used up', { maxUses: 1 }, (key: CachedKey) => void key.encryptDocument(PLAIN)],
      ['too old', { maxAgeMs: 1000 }, () => jest.advanceTimersByTime(1000)],
    ] as const
  ).map(
    ([what, options, end]): Site => ({
      file: 'lib/client/cached-key.ts',
      what: `a cached key that is ${what}`,
      secrets: [KEY],
      expected: { wiped: 1 },
      work: () => {
        const key = new CachedKey('acme', { dek: owned(), edek: 'ZWRlaw==' }, async () => {}, options);
        return () => end(key);
      },
    }),
  ),
];

const FOLDER = mkdtempSync(join(tmpdir(), 'wipes-'));
const keyFile = (name: string, keyId: string): string => {
  const path = join(FOLDER, name);
  writeFileSync(path, JSON.stringify({ key_id: keyId, key: KEY.toString('base64') }));
  return path;
};
const LOCAL = 'insecure-local:acme';

const local = (what: string, run: (kms: TenantKms, wrapped: Uint8Array) => unknown, keyId = LOCAL): Site => ({
  file: 'lib/adapters/file/insecure-local-tenant-kms.ts',
  what,
  secrets: [KEY],
  expected: { wiped: 1 },
  work: () => {
    keyFile('acme.json', keyId);
    const wrapped = wrapKey(owned(), OTHER.expose(), {});
    const kms = insecureLocalTenantKms(FOLDER);
    return () => run(kms, wrapped);
  },
});

const ADAPTERS: readonly Site[] = [
  {
    file: 'lib/adapters/file/wrapped-key.ts',
    what: 'a key whose tag is wrong',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const wrapped = wrapKey(OTHER, KEY, {});
      wrapped[12]! ^= 1; // iv (12 bytes) ‖ tag
      return refusing(() => unwrapKey(OTHER, wrapped, {}));
    },
  },
  {
    file: 'lib/adapters/file/insecure-local-checkpoint-signer.ts',
    what: 'the private key, and its PKCS #8 form',
    secrets: [KEY],
    expected: { wiped: 2 },
    work: () => {
      const path = keyFile('signer.json', 'signer');
      return () => insecureLocalCheckpointSigner(path);
    },
  },
  {
    file: 'lib/adapters/file/key-file.ts',
    what: 'a new key once its file is written',
    secrets: [KEY],
    expected: { wiped: 1 },
    work: () => {
      const key = owned();
      return () => createKeyFile(join(FOLDER, 'new.json'), ID, key);
    },
  },
  local('the key of a file that generates', (kms) => kms.generate(LOCAL, {})),
  local('the key of a file that wraps', (kms) => kms.wrap(LOCAL, OTHER, {})),
  local('the key of a file that cannot wrap', (kms) => failing(() => kms.wrap(LOCAL, OTHER, { lone: '\ud800' }))()),
  local('the key of a file that unwraps', (kms, wrapped) => kms.unwrap(LOCAL, wrapped, {})),
  local('the key of a file that does not unwrap', (kms) => failing(() => kms.unwrap(LOCAL, NONE, {}))()),
  local('the key of a file that is named after another key', (kms) => failing(() => kms.wrap(LOCAL, OTHER, {}))(), 'x'),
];

const signingKey = (what: string, run: (ws: Workspace) => unknown): Site => ({
  file: 'lib/adapters/file/signing-key.ts',
  what,
  secrets: [KEY],
  expected: { wiped: 1 },
  work: () => {
    const ws = workspaceWithKey();
    return () => run(ws);
  },
});

/** A workspace that has no more than a sealed policy, which is never opened, and a signing key. */
function workspaceWithKey(): Workspace {
  const ws = workspace(mkdtempSync(join(FOLDER, 'workspace-')));
  mkdirSync(dirname(ws.signingKey));
  writeFileSync(ws.sealedPolicy, '');
  writeFileSync(ws.signingKey, JSON.stringify({ key_id: ID, key: KEY.toString('base64') }));
  return ws;
}

/** The whole trail of a workspace. */
function sourceIn({ dir }: Workspace): RecordSource {
  const none = undefined;
  return { dir, file: none, s3: none, logGroup: none, keyFile: none, from: none, to: none };
}

const COMMANDS: readonly Site[] = [
  {
    file: 'functions/cli/console/tenant-page.ts',
    what: 'the secrets of tenants whose lanes a page shows',
    secrets: SECRET_TEXTS,
    expected: { wiped: 4 },
    work: async () => {
      const ws = workspaceWithKey();
      await createInsecureLocalKey(ws.localKey);
      const keys = insecureLocalKeyService(ws.localKey);
      writeFileSync(ws.sealedTenants, JSON.stringify(await sealedTenants(1, keys)));
      const forwarder = { dir: ws.dir, store: undefined, function: undefined, region: undefined };
      return () => tenantFacts(ws, forwarder);
    },
  },
  signingKey('a signing key of which only the id is read', (ws) => readSigningKeyId(ws.signingKey)),
  {
    ...signingKey('the signing key of a workspace', (ws) => localEnvironment(ws, bufferedIo({ cwd: FOLDER }).io)),
    file: 'functions/cli/workspace/audit-trail.ts',
  },
  {
    ...signingKey('the record keys of a trail that is verified', (ws) => failing(() => verifyWorkspace(ws, 0))()),
    file: 'functions/cli/trail/verify.ts',
  },
  ...(
    [
      ['a workspace whose trail is read', (ws: Workspace) => AuditRecords.open(sourceIn(ws))],
      [
        'a copy of the trail that is read',
        (ws: Workspace) => AuditRecords.open({ ...sourceIn(ws), file: 'copy.jsonl', keyFile: [ws.signingKey] }),
      ],
    ] as const
  ).map(
    ([what, open]): Site => ({
      ...signingKey(`the record keys of ${what}`, open),
      file: 'functions/cli/trail/records.ts',
    }),
  ),
  ...(
    [
      ['that is made', { record: '0' }],
      ['that is checked', { check: 'no-proof' }],
    ] as const
  ).map(
    ([what, request]): Site => ({
      ...signingKey(`the record keys of a proof ${what}`, (ws) => failing(() => proveNothing(ws, request))()),
      file: 'functions/cli/audit/prove.run.ts',
    }),
  ),
];

/** Asks for a proof of a record that no log has, or checks one that is no proof. */
function proveNothing(ws: Workspace, request: { readonly record?: string; readonly check?: string }) {
  writeFileSync(ws.keyList, JSON.stringify({ origin: 'o', checkpoint_keys: [], record_keys: [] }));
  const [log, keys, out] = [undefined, undefined, undefined];
  const asked = {
    record: undefined,
    check: undefined,
    log,
    keys,
    out,
    policy: undefined,
    format: 'tlog-proof' as const,
    kms: undefined,
    timestamp: undefined,
    tsa: undefined,
    keyFile: [ws.signingKey],
    asOfMs: undefined,
    json: false,
    ...request,
  };
  return proveOrCheck(ws, asked, bufferedIo({ cwd: FOLDER }).io);
}

const loadedPolicy = async () => compilePolicy({ version: '1', content: policyContent() }, () => NONE);

const RELOAD: readonly Site[] = [
  {
    file: 'functions/runtime/reload/policy.ts',
    what: 'the root keys of a policy a minute after it was replaced',
    secrets: [ROOT],
    expected: { wiped: 1 },
    work: async () => {
      const path = join(FOLDER, 'policy');
      let now = 0;
      const policy = reloadingPolicy(path, loadedPolicy, { nowMs: () => now });
      for (const text of ['1', 'longer']) {
        writeFileSync(path, text);
        await policy();
        now += 2000;
      }
      expect(await wipesOf([ROOT], () => jest.advanceTimersByTime(59_999))).toEqual({ wiped: 0, left: 0 });
      return () => jest.advanceTimersByTime(1);
    },
  },
  {
    file: 'functions/runtime/reload/tenants.ts',
    what: 'the secrets of tenants a quarter of an hour after they were replaced',
    secrets: SECRET_TEXTS,
    expected: { wiped: 3 },
    work: async () => {
      const path = join(FOLDER, 'tenants');
      let now = 0;
      const tenants = currentTenants(path, memoryKeys, { nowMs: () => now });
      for (const version of [1, 10]) {
        writeFileSync(path, JSON.stringify(await sealedTenants(version)));
        await tenants();
        now += 2000;
      }
      expect(await wipesOf(SECRET_TEXTS, () => jest.advanceTimersByTime(899_999))).toEqual({ wiped: 0, left: 0 });
      return () => jest.advanceTimersByTime(1);
    },
  },
];

const SITES: readonly Site[] = [
  ...CRYPTO,
  ...FF1,
  ...PROTECT,
  ...PUBLICATION,
  ...TENANT_KEYS,
  ...CLIENT,
  ...ADAPTERS,
  ...COMMANDS,
  ...RELOAD,
];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(() => rmSync(FOLDER, { recursive: true }));

test.each(SITES)('$file overwrites $what', async ({ secrets, expected, work }) => {
  const watched = await work();
  expect(await wipesOf(secrets, watched)).toEqual({ wiped: 0, left: 0, ...expected });
});

/** What looks like a wipe and is none, or runs where no test watches: inside Lambda, in a thread of its own, in a browser. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'lib/base/secret.ts': 'the wipe itself',
  'lib/base/equal-rows.ts': 'tables that begin empty',
  'lib/crypto/ff1-wide.ts': 'sums that begin at zero',
  'lib/adapters/tls/syslog.ts': 'sockets',
  'lib/adapters/http/exchange.ts': 'streams',
  'lib/local/duckdb/worker.ts': 'handles of the engine',
  'lib/local/duckdb/strings.ts': 'words of a vector that begin empty',
  'lib/local/files/convert.ts': 'handles of the engine',
  'lib/local/files/sniff-csv.ts': 'handles of the engine',
  'lib/files/text-piece.ts': 'counts of columns that begin at zero',
  'functions/cli/aws/ask-function.ts': 'a client of AWS',
  'functions/cli/aws/runs.ts': 'a client of AWS',
  'functions/cli/basics/console.run.ts': 'record keys that are read to see whether they can be',
  'functions/cli/jobs/run-job.ts': 'a line of progress',
  'functions/cli/jobs/worker.ts': 'the policy of a thread, which ends then',
  'functions/cli/console/page/verify-worker.ts': 'record keys in a thread of a browser',
  'functions/runtime/bundle/take-code-cache.ts': 'a signing key of a build, which signs no record that is kept',
  'functions/runtime/protect/rehearsal.ts': 'keys of a rehearsal, whose records and tokens are dropped',
  'functions/runtime/files/environment.ts': 'a signing key that the environment of the file protector has copied',
  'functions/runtime/protect/environment.ts': 'a signing key that the environment of a function has copied',
  'functions/runtime/publish/environment.ts': 'a signing key that the environment of the agent has copied',
};

test('every file that overwrites something has a test here', () => {
  const root = join(import.meta.dirname, '../../..');
  const found = globSync('{lib,functions}/**/*.ts', { cwd: root }).filter((file) =>
    /\.fill\(0\)|\bdestroy\w*\(|(?<!await )\busing \w+ = /.test(codeOf(readFileSync(join(root, file), 'utf8'))),
  );
  const tested = new Set([...SITES.map(({ file }) => file), ...Object.keys(ELSEWHERE)]);
  expect(found.toSorted()).toEqual([...tested].toSorted());
});

/** The text without its comments. */
function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
