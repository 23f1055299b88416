// C2SP tlog-checkpoint: origin, size and root of a log, signed as a note, with extension lines for its number and
// times.
import { fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { LogError } from './errors.ts';
import { HASH_BYTES } from './hashes.ts';
import { formatNote, type NoteKey, parseNote } from './note.ts';
import type { CheckpointSigner } from './ports.ts';
import type { TreeHead } from './proofs.ts';

/** The content of a checkpoint. Those of other logs may lack the extensions. */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
  /** 0, 1, 2 … without gaps. Extension line `number <n>`. */
  readonly number?: number;
  /** Time of signing, epoch seconds. Extension line `time <s>`. */
  readonly time?: number;
  /**
   * Time by which the next checkpoint is promised, epoch seconds. Extension line `due <s>`. Absent without a promise.
   */
  readonly due?: number;
}

/** Formats the signed text of a checkpoint. */
export function checkpointText({ origin, size, root, ...extensions }: Checkpoint): string {
  const lines = [origin, String(size), toBase64(root)];
  for (const name of EXTENSIONS) if (extensions[name] !== undefined) lines.push(`${name} ${extensions[name]}`);
  return `${lines.join('\n')}\n`;
}

const EXTENSIONS = ['number', 'time', 'due'] as const;

/** Parses the text of a checkpoint. Skips unknown extension lines. Throws `LogError` `LOG_MALFORMED`. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n').slice(0, -1);
  const rootBytes = fromBase64(root);
  if (origin === '' || rest.includes('')) throw malformed('A checkpoint must have an origin and no empty line');
  if (rootBytes?.length !== HASH_BYTES) {
    throw malformed('The third line of a checkpoint must be the base64 of its root');
  }
  const checkpoint = { origin, size: wholeNumber(size), root: rootBytes };
  const extensions = EXTENSIONS.flatMap((name) => {
    const line = rest.find((each) => each.startsWith(`${name} `));
    return line === undefined ? [] : [[name, wholeNumber(line.slice(name.length + 1))]];
  });
  return { ...checkpoint, ...Object.fromEntries(extensions) };
}

/** Signs a checkpoint and returns the note. Rejects as the signer does. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: CheckpointSigner, key: NoteKey): Promise<string> {
  const text = checkpointText(checkpoint);
  const signature = await signer.sign(utf8(text));
  return formatNote({ text, signatures: [{ name: key.name, id: key.id, signature }] });
}

/**
 * Returns the note with the signatures of its log alone, which is what is stored under the number of the checkpoint and
 * has a timestamp. Throws `LogError` `LOG_MALFORMED`.
 */
export function signedByLog(bytes: Uint8Array): Uint8Array {
  const { text, signatures } = parseNote(bytes);
  const { origin } = parseCheckpoint(text);
  return utf8(formatNote({ text, signatures: signatures.filter(({ name }) => name === origin) }));
}

/** Parses a decimal number without leading zeros. Throws `LogError` `LOG_MALFORMED`. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^(?:0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(value)) throw malformed('Not a whole number');
  return value;
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}
