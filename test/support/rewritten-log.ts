// What an operator can do who holds the record key and the checkpoint key of the clean log of test/vectors/trail: write
// another history of it, whose every signature and time is right.
import { readFileSync } from 'node:fs';
import { createSigner, type Signable } from '../../lib/audit/sign.ts';
import { Secret } from '../../lib/base/secret.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { parseCheckpoint } from '../../lib/transparency/checkpoint.ts';
import { LogWriter } from '../../lib/transparency/log-writer.ts';
import { parseNote } from '../../lib/transparency/note.ts';
import { fixedSigner, ORIGIN } from './log.ts';
import { MemoryTileStore } from './memory-tile-store.ts';
import { type Objects, readObjects, sealedLines } from './tamper.ts';

const directory = new URL('../vectors/trail/log/', import.meta.url);

export const CLEAN: Objects = readObjects(new URL('clean/', directory));
export const CLEAN_LINES = sealedLines(CLEAN, ['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']);
export const CLEAN_KEYS = readFileSync(new URL('keys.json', directory), 'utf8');
export const CLEAN_RECORD_KEY_ID = '95f5a194-b0a4-4351-a';

/** The record key of the clean log. */
export function cleanRecordKeys(): ReadonlyMap<string, Secret> {
  return new Map([[CLEAN_RECORD_KEY_ID, new Secret(Uint8Array.from({ length: 32 }, (_, i) => i))]]);
}

/** Signs every record anew, with another user in the first one. */
function rewrittenLines(): readonly string[] {
  const signer = createSigner(CLEAN_RECORD_KEY_ID, cleanRecordKeys().get(CLEAN_RECORD_KEY_ID)!);
  const heads = new Map<string, string>();
  return CLEAN_LINES.map((line, i) => {
    const record = JSON.parse(i === 0 ? line.replace('"policy_user":"', '"policy_user":"not_') : line) as Signable;
    const { chain_id: chainId, previous: _, ...signature } = record.signature;
    const previous = heads.get(chainId);
    const chained = { ...signature, chain_id: chainId, ...(previous !== undefined && { previous }) };
    const checksum = signer.checksum({ ...record, signature: chained });
    heads.set(chainId, checksum);
    return JSON.stringify({ ...record, signature: { ...chained, checksum } });
  });
}

/** Seals the rewritten records under checkpoints of the same numbers, sizes and times. */
export async function rewrittenLog(): Promise<{ readonly objects: Objects; readonly lines: readonly string[] }> {
  const store = new MemoryTileStore();
  const lines = rewrittenLines();
  let now = 0;
  const options = { store, signer: fixedSigner(), origin: ORIGIN, nowMs: () => now, dueAfterS: 600 };
  const sealer = new Sealer(new LogWriter(options), store);
  let sealed = 0;
  for (let number = 0; number < 6; number++) {
    const { size, time = 0 } = parseCheckpoint(parseNote(CLEAN.get(`checkpoints/00${number}`)!).text);
    now = time * 1000;
    if (size === sealed) await sealer.tick(now, 0);
    else await sealer.seal(lines.slice(sealed, size));
    sealed = size;
  }
  store.objects.delete('heads.json');
  return { objects: store.objects, lines };
}
