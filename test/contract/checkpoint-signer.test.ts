import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, type KeySpec } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  createInsecureLocalCheckpointKey,
  insecureLocalCheckpointSigner,
} from '../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { kmsCheckpointSigner } from '../../lib/adapters/kms/checkpoint-signer.ts';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { signCheckpoint } from '../../lib/transparency/checkpoint.ts';
import { EMPTY_ROOT } from '../../lib/transparency/hashes.ts';
import { noteKey, parseNote, parseVerifierKey, verifyNote } from '../../lib/transparency/note.ts';
import type { CheckpointAlgorithm, CheckpointSigner } from '../../lib/transparency/ports.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { ORIGIN } from '../support/log.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';

const aws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const CHECKPOINT = { origin: ORIGIN, size: 0, root: EMPTY_ROOT, number: 0, time: 1_800_000_000, due: 1_800_000_600 };

interface SignersUnderTest {
  readonly signer: CheckpointSigner;
  /** The same kind of signer over another key. */
  readonly other: CheckpointSigner;
  dispose(): Promise<void>;
}

/** The promises of `CheckpointSigner`, for every adapter. With `skipped`, they are printed as skipped for that reason. */
function checkpointSignerContract(
  name: string,
  algorithm: CheckpointAlgorithm,
  make: () => Promise<SignersUnderTest>,
  skipped?: string,
): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`a checkpoint signer over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: SignersUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.dispose());

    test(`signs with ${algorithm}, and its public key verifies what it signed, also as a verifier key`, async () => {
      expect(under.signer.publicKey.algorithm).toBe(algorithm);
      const key = noteKey(ORIGIN, under.signer.publicKey);
      const note = parseNote(Buffer.from(await signCheckpoint(CHECKPOINT, under.signer, key)));
      expect(await verifyNote(note, [key])).toEqual({ valid: [key], wrong: [] });
      const read = parseVerifierKey(key.verifierKey);
      expect(await verifyNote(note, [read])).toEqual({ valid: [read], wrong: [] });
      expect(await verifyNote({ ...note, text: `${note.text}x\n` }, [key])).toEqual({ valid: [], wrong: [key] });
    });

    test('has another key than another signer', async () => {
      const keys = [under.signer, under.other].map(({ publicKey }) => noteKey(ORIGIN, publicKey));
      expect(keys[0]!.id).not.toBe(keys[1]!.id);
      const note = parseNote(Buffer.from(await signCheckpoint(CHECKPOINT, under.signer, keys[0]!)));
      expect(await verifyNote(note, [keys[1]!])).toEqual({ valid: [], wrong: [] });
    });

    test('signs the most that KMS takes in one message', async () => {
      const signature = await under.signer.sign(Buffer.alloc(4096, 7));
      expect(signature.length).toBeGreaterThanOrEqual(64);
    });
  });
}

checkpointSignerContract('a key file', 'ed25519', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'signer-'));
  const paths = [join(directory, 'keys', 'a.json'), join(directory, 'keys', 'b.json')] as const;
  for (const path of paths) await createInsecureLocalCheckpointKey(path);
  return {
    signer: await insecureLocalCheckpointSigner(paths[0]),
    other: await insecureLocalCheckpointSigner(paths[1]),
    dispose: () => rm(directory, { recursive: true }),
  };
});

for (const [spec, algorithm] of [
  ['ECC_NIST_EDWARDS25519', 'ed25519'],
  ['ECC_NIST_P256', 'ecdsa-p256'],
] as const) {
  checkpointSignerContract(`KMS ${spec} (fake)`, algorithm, async () => {
    const fake = await startFakeAws();
    const client = kmsClient({ ...aws, endpoint: fake.endpoint });
    return {
      signer: await kmsCheckpointSigner({ client, keyId: fake.createKey(spec) }),
      other: await kmsCheckpointSigner({ client, keyId: fake.createKey(spec) }),
      dispose: async () => {
        client.destroy();
        await fake.close();
      },
    };
  });
}

checkpointSignerContract(
  'KMS ECC_NIST_P256 (moto, which has no Ed25519)',
  'ecdsa-p256',
  async () => {
    const client = kmsClient({ ...aws, endpoint: MOTO_URL });
    const create = new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const keyId = async (): Promise<string> => (await client.send(create)).KeyMetadata?.KeyId ?? '';
    return {
      signer: await kmsCheckpointSigner({ client, keyId: await keyId() }),
      other: await kmsCheckpointSigner({ client, keyId: await keyId() }),
      dispose: () => Promise.resolve(client.destroy()),
    };
  },
  MOTO_MISSING,
);

describe('the KMS checkpoint signer', () => {
  let fake: FakeAws;
  beforeAll(async () => {
    fake = await startFakeAws();
  });
  afterAll(() => fake.close());
  const signerOf = (keyId: string): Promise<CheckpointSigner> => {
    const requestHandler = { requestTimeout: 100, throwOnRequestTimeout: true };
    const client = kmsClient({ ...aws, endpoint: fake.endpoint, maxAttempts: 2, requestHandler });
    return kmsCheckpointSigner({ client, keyId });
  };

  test.each([
    ['throttle', 'LOG_SIGNER_UNAVAILABLE'],
    ['status500', 'LOG_SIGNER_UNAVAILABLE'],
    ['drop', 'LOG_SIGNER_UNAVAILABLE'],
    ['hang', 'LOG_SIGNER_UNAVAILABLE'],
    ['deny', 'LOG_SIGNER_REFUSED'],
  ] as const)('rejects %s on every attempt with %s', async (kind, code) => {
    const keyId = fake.createKey('ECC_NIST_EDWARDS25519');
    const signer = await signerOf(keyId);
    fake.fail({ kind, times: 4 });
    await expect(signer.sign(Buffer.from('a'))).rejects.toMatchObject({ code });
    await expect(signerOf(keyId)).rejects.toMatchObject({ code });
    fake.heal();
  });

  test.each<[string, KeySpec]>([
    ['for encryption', 'SYMMETRIC_DEFAULT'],
    ['of another curve', 'ECC_NIST_P384'],
  ])('refuses a key %s', async (_, spec) => {
    await expect(signerOf(fake.createKey(spec))).rejects.toMatchObject({ code: 'LOG_SIGNER_REFUSED' });
  });
});

describe('the checkpoint key file', () => {
  test('is readable by its owner only, is never overwritten, and is never quoted', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'signer-'));
    const path = join(directory, 'checkpoint.json');
    await createInsecureLocalCheckpointKey(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(createInsecureLocalCheckpointKey(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXISTS' });
    await writeFile(path, '{"key_id":"PROBE","key":"UFJPQkU="}');
    const failure: unknown = await insecureLocalCheckpointSigner(path).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'LOG_SIGNER_REFUSED', message: expect.not.stringContaining('PROBE') });
    await rm(directory, { recursive: true });
  });
});
