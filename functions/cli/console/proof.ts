// The proof that a record is in the Merkle log.
import { readFile } from 'node:fs/promises';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { isoTime } from '../../../lib/base/clock.ts';
import type { ProofReply } from '../../../lib/console/messages.ts';
import { parseKeyList } from '../../../lib/evidence/key-list.ts';
import { proveRecord, type RecordProof } from '../../../lib/evidence/prove.ts';
import { objectsAt } from '../files/place.ts';

const NOT_SEALED = 'It is under no checkpoint yet: "protector audit seal" seals what is new.';

/** The place of a record in the trail. */
interface Place {
  readonly text: string;
  readonly line: number;
  readonly chainId: string;
  readonly sequence: number;
}

/** Proves a record. Resolves to the reason where that is not possible. */
export async function proofOf(log: string | undefined, keyList: string | undefined, place: Place): Promise<ProofReply> {
  if (log === undefined || keyList === undefined) {
    return { why: 'The console looks at no Merkle log: "protector audit seal" makes one, --log and --keys name one.' };
  }
  try {
    const keys = await readFile(keyList, 'utf8');
    const proof = await prove(log, keys, place);
    if (proof === undefined) return { why: NOT_SEALED };
    const { origin, size, time } = proof.checkpoint;
    return {
      proof: proof.text,
      index: proof.index,
      size,
      origin,
      time: time === undefined ? undefined : isoTime(time),
      keys,
    };
  } catch (error) {
    if (error instanceof ProtectorError) return { why: error.message };
    throw error;
  }
}

/** Tries the leaf that the line would have where every record was sealed in the order of the file; the search reads the whole log. */
async function prove(log: string, keyList: string, { text, line, ...id }: Place): Promise<RecordProof | undefined> {
  const [reader, keys] = [await objectsAt(log), parseKeyList(keyList)];
  const guessed = await proveRecord(reader, keys, line - 1).catch((error: unknown) => {
    if (error instanceof ProtectorError) return undefined;
    throw error;
  });
  return guessed?.record === text ? guessed : proveRecord(reader, keys, id);
}
