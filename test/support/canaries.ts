// Recognisable secrets, and the search for them in whatever a program leaves behind: as they are, and in the forms that
// programs write secrets in by accident.
import { constants, gunzipSync, inflateRawSync } from 'node:zlib';

interface Canary {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Shorter secrets would be found by chance. */
const LEAST_BYTES = 8;
/** Gzip inside gzip inside gzip is deep enough. */
const MAX_DEPTH = 3;

export class Canaries {
  readonly #canaries: Canary[] = [];

  /** Plants a secret under a name. Throws `RangeError` for one that chance could produce. */
  plant(name: string, secret: string | Uint8Array): void {
    const bytes = Buffer.from(secret);
    if (bytes.length < LEAST_BYTES) throw new RangeError(`${name} is too short to be recognised`);
    this.#canaries.push({ name, forms: [...new Set(formsOf(bytes))] });
  }

  get names(): readonly string[] {
    return [...new Set(this.#canaries.map(({ name }) => name))];
  }

  /** Returns the names of the secrets in an output, each once. */
  in(output: string | Uint8Array): string[] {
    const found = new Set<string>();
    for (const text of layersOf(Buffer.from(output), MAX_DEPTH)) {
      for (const { name, forms } of this.#canaries) if (forms.some((form) => text.includes(form))) found.add(name);
    }
    return [...found].toSorted();
  }
}

/** The forms of a secret, each as latin1 text of its bytes. */
function formsOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return [
    bytes.toString('latin1'),
    ...(isText ? [latin1(JSON.stringify(text).slice(1, -1)), latin1(asciiJson(text))] : []),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...[0, 1, 2].flatMap((before) => {
      const base64 = base64Within(bytes, before);
      return [base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
    }),
  ];
}

/** The base64 of bytes that stand `before` bytes behind a multiple of three, without what their neighbours decide. */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  return text.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
}

function asciiJson(text: string): string {
  const units = JSON.stringify(text).slice(1, -1).split('');
  return units
    .map((unit) => (unit <= '\u007f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('');
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** The output itself, and what is in each gzip stream of it, also of one in base64. */
function* layersOf(bytes: Buffer, depth: number): Generator<string> {
  const text = bytes.toString('latin1');
  yield text;
  if (depth === 0) return;
  for (let at = text.indexOf('\u001f\u008b\u0008'); at >= 0; at = text.indexOf('\u001f\u008b\u0008', at + 1)) {
    const unzipped = unzip(bytes.subarray(at));
    if (unzipped !== undefined) yield* layersOf(unzipped, depth - 1);
  }
  for (const [stream] of text.matchAll(/H4sI[A-Za-z0-9+/_-]{16,}/g)) {
    const unzipped = unzip(Buffer.from(stream, 'base64'));
    if (unzipped !== undefined) yield* layersOf(unzipped, depth - 1);
  }
}

/** The header of a gzip stream without optional fields (RFC 1952, 2.3). */
const HEADER_BYTES = 10;

/** Unzips a stream that may be cut off, or have other bytes behind it: the deflated part says itself where it ends. */
function unzip(bytes: Buffer): Buffer | undefined {
  try {
    const limits = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 26 };
    return bytes[3] === 0 ? inflateRawSync(bytes.subarray(HEADER_BYTES), limits) : gunzipSync(bytes, limits);
  } catch {
    return undefined;
  }
}
