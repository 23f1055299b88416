// A log over a store, signed with a key that is the same in every run.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyList } from '../../lib/evidence/key-list.ts';
import { LogWriter, type LogWriterOptions } from '../../lib/transparency/log-writer.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import type { CheckpointSigner, TileStore } from '../../lib/transparency/ports.ts';

export const ORIGIN = 'logs.example.com/protector';

/** Epoch milliseconds at which the tests' clocks begin. */
export const START_MS = 1_800_000_000_000;

/** An Ed25519 signer whose key is `seed`, 32 times. */
export function fixedSigner(seed = 1): CheckpointSigner {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    publicKey: { algorithm: 'ed25519', spki: createPublicKey(key).export({ format: 'der', type: 'spki' }) },
    sign: (message) => Promise.resolve(sign(null, message, key)),
  };
}

/** A writer whose clock advances by a second at each reading. */
export function fixedLog(store: TileStore, change: Partial<LogWriterOptions> = {}): LogWriter {
  let now = START_MS;
  const nowMs = (): number => (now += 1000);
  return new LogWriter({ store, signer: fixedSigner(), origin: ORIGIN, nowMs, ...change });
}

/** The key list for a verifier of `fixedLog`. */
export function fixedKeys(seed = 1): KeyList {
  return {
    origin: ORIGIN,
    checkpointKeys: [{ key: noteKey(ORIGIN, fixedSigner(seed).publicKey) }],
    recordKeys: [],
  };
}
