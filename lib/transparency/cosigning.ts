// The log's side of C2SP tlog-witness: asks every witness to cosign a checkpoint, within a bounded time.
import { attempt } from '../base/attempt.ts';
import { utf8 } from '../base/bytes.ts';
import { formatAddCheckpoint } from './add-checkpoint.ts';
import { verifyCosignatures, type WitnessKey } from './cosignature.ts';
import { formatSignatures, type Note, type NoteSignature, parseNote } from './note.ts';
import type { WitnessClient, WitnessReply } from './ports.ts';
import type { TreeHead } from './proofs.ts';

export interface Cosigner {
  readonly key: WitnessKey;
  readonly client: WitnessClient;
}

/**
 * What came of asking a witness:
 *
 * - `cosigned`
 * - `unavailable`: no answer within the time, or a passing failure; asked again with the next checkpoint
 * - `inconsistent`: the witness knows another tree (422; 409 of the very size): the log was rewritten, or there are two logs of
 *   this name
 * - `ahead`: the witness knows a larger tree: another writer went on, or the log was rolled back
 * - `unknown-log`: the witness does not know the log (404)
 * - `refused`: another refusal; the witness does not know the key of the log, or takes no such request (400, 403)
 * - `unverifiable`: an answer without a valid cosignature of the witness
 */
export type WitnessOutcome =
  | 'cosigned'
  | 'unavailable'
  | 'inconsistent'
  | 'ahead'
  | 'unknown-log'
  | 'refused'
  | 'unverifiable';

export interface AskedWitness {
  /** Name of the witness's key. */
  readonly name: string;
  readonly outcome: WitnessOutcome;
}

/** A checkpoint to cosign. */
export interface CosignRequest {
  readonly head: TreeHead;
  /** The signed checkpoint. */
  readonly checkpoint: Uint8Array;
  /** Size of the tree before, which a witness knows that cosigned every checkpoint. */
  readonly before: number;
  /** Returns the proof that the tree of `size` leaves is a prefix of the one to cosign. */
  readonly proof: (size: number) => Promise<readonly Uint8Array[]>;
}

export interface Cosigned {
  /** Signature lines, empty where no witness cosigned. */
  readonly lines: string;
  readonly asked: readonly AskedWitness[];
}

/** How often a witness may name another size before it is left for the next checkpoint. */
const MAX_SIZES = 3;

/**
 * Asks witnesses for cosignatures. Remembers the size that each one knows, which it learns from an answer at the latest.
 */
export class Cosigners {
  readonly #cosigners: readonly Cosigner[];
  readonly #budget: () => AbortSignal;
  readonly #sizes = new Map<Cosigner, number>();

  /** `budget` returns a signal that aborts when no cosignature of this checkpoint is waited for any longer. */
  constructor(cosigners: readonly Cosigner[], budget: () => AbortSignal) {
    this.#cosigners = cosigners;
    this.#budget = budget;
  }

  /** Asks all witnesses side by side. Never rejects, and resolves when the budget is used up at the latest. */
  async cosign(request: CosignRequest): Promise<Cosigned> {
    const signal = this.#budget();
    const note = parseNote(request.checkpoint);
    const answers = await Promise.all(
      this.#cosigners.map(async (cosigner) => {
        const late: Answer = { outcome: 'unavailable' };
        return { cosigner, ...(await orWhenAborted(this.#ask(cosigner, note, request), signal, late)) };
      }),
    );
    return {
      lines: formatSignatures(answers.flatMap(({ cosignature }) => cosignature ?? [])),
      asked: answers.map(({ cosigner, outcome }) => ({ name: cosigner.key.name, outcome })),
    };
  }

  async #ask(cosigner: Cosigner, note: Note, { head, checkpoint, before, proof }: CosignRequest): Promise<Answer> {
    const remembered = this.#sizes.get(cosigner) ?? before;
    // What a witness knew beyond this tree may be of another writer; the witness says so itself.
    let old = remembered > head.size ? before : remembered;
    for (let tries = 0; tries < MAX_SIZES; tries++) {
      const body = formatAddCheckpoint({ old, proof: await proof(old) }, Buffer.from(checkpoint).toString('utf8'));
      const reply = await cosigner.client.addCheckpoint(body);
      const size = reply.status === 409 ? sizeOf(reply) : undefined;
      // Of its own size a witness can refuse another tree only: 422, and 409 before the text of July 2026.
      if (reply.status === 409 && old === head.size && (size ?? old) === old) return { outcome: 'inconsistent' };
      if (size === undefined) {
        const answer = await answerOf(cosigner, note, reply);
        if (answer.outcome === 'cosigned') this.#sizes.set(cosigner, head.size);
        return answer;
      }
      this.#sizes.set(cosigner, size);
      if (size > head.size) return { outcome: 'ahead' };
      old = size;
    }
    return { outcome: 'unavailable' };
  }
}

interface Answer {
  readonly outcome: WitnessOutcome;
  readonly cosignature?: NoteSignature;
}

async function answerOf({ key }: Cosigner, note: Note, { status, text }: WitnessReply): Promise<Answer> {
  switch (status) {
    case 200: {
      const cosignature = await cosignatureIn(text, note, key);
      return cosignature === undefined ? { outcome: 'unverifiable' } : { outcome: 'cosigned', cosignature };
    }
    case 404:
      return { outcome: 'unknown-log' };
    case 422:
      return { outcome: 'inconsistent' };
    default:
      return { outcome: status >= 500 || status === 429 || status === 408 ? 'unavailable' : 'refused' };
  }
}

/** Resolves to the valid signature line of the witness; ignores those of other keys. */
async function cosignatureIn(lines: string, { text }: Note, key: WitnessKey): Promise<NoteSignature | undefined> {
  const note = attempt(() => parseNote(utf8(`${text}\n${lines}`)));
  for (const each of note.ok ? note.value.signatures : []) {
    const { valid } = await verifyCosignatures({ text, signatures: [each] }, [key]);
    if (valid.length > 0) return each;
  }
  return undefined;
}

/** Reads the size in a 409 answer. */
function sizeOf({ text }: WitnessReply): number | undefined {
  const size = Number(text.trim());
  return /^(?:0|[1-9]\d*)\n?$/.test(text) && Number.isSafeInteger(size) ? size : undefined;
}

/** Resolves to the outcome of `work`, or to `late` when it fails or the signal aborts first. */
function orWhenAborted<T>(work: Promise<T>, signal: AbortSignal, late: T): Promise<T> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve(late);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, giveUp);
  });
}
