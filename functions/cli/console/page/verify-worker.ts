// The verifier of the product, over files that are dropped on the page. It runs in the browser, and sends nothing.
import { Secret, scopeOf } from '../../../../lib/base/secret.ts';
import { fromBase64, textOf, utf8 } from '../../../../lib/base/bytes.ts';
import { ProtectorError } from '../../../../lib/base/errors.ts';
import { isObject } from '../../../../lib/base/json.ts';
import { type KeyList, parseKeyList } from '../../../../lib/evidence/key-list.ts';
import { checkProof } from '../../../../lib/evidence/prove.ts';
import { checkReceipt } from '../../../../lib/evidence/receipt.ts';
import { type EvidenceFinding, type EvidenceReport, verifyEvidence } from '../../../../lib/evidence/verify-evidence.ts';
import { COSIGNATURES, TIMESTAMPS } from '../../../../lib/transparency/layout.ts';
import type { TileReader } from '../../../../lib/transparency/ports.ts';
import { DEFAULT_WITHIN_S, type TimestampRules } from '../../../../lib/transparency/verify-timestamps.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../../../lib/transparency/witness-policy.ts';

/** A file, and its path below what was dropped. */
export interface GivenFile {
  readonly path: string;
  readonly file: File;
}

export type VerifierRequest =
  | { readonly do: 'proof'; readonly proof: string; readonly keys: string }
  | { readonly do: 'files'; readonly files: readonly GivenFile[]; readonly isExcerpt: boolean };

/** What the files were taken for, by path. */
export interface Taken {
  readonly records: readonly string[];
  readonly log: number;
  readonly keys: readonly string[];
  readonly recordKeys: readonly string[];
  readonly policies: readonly string[];
  /** Certificates of timestamp authorities. */
  readonly authorities: readonly string[];
  /** Objects of the log that hold cosignatures and timestamps. */
  readonly cosignatures: number;
  readonly timestamps: number;
  readonly proofs: readonly ProofResult[];
  readonly ignored: readonly string[];
}

export interface ProofResult {
  readonly path: string;
  /** Absent where it holds. */
  readonly fault?: string;
  readonly says?: string;
}

export type VerifierAnswer =
  | { readonly is: 'proof'; readonly fault: string | undefined; readonly record?: string }
  | { readonly is: 'report'; readonly taken: Taken; readonly report: EvidenceReport | undefined }
  | { readonly is: 'failed'; readonly why: string };

addEventListener('message', ({ data }: MessageEvent<VerifierRequest>) => {
  void answer(data).then((reply) => postMessage(reply));
});

async function answer(request: VerifierRequest): Promise<VerifierAnswer> {
  try {
    if (request.do === 'files') return await verifyFiles(request.files, request.isExcerpt);
    const { fault, record } = await checkProof(utf8(request.proof), parseKeyList(request.keys), { now: nowSeconds() });
    return { is: 'proof', fault: fault && `${fault.kind}: ${fault.detail}`, record };
  } catch (error) {
    return { is: 'failed', why: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof ProtectorError ? error.message : `The verifier met an unexpected error (${String(error)})`;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Objects of a log, wherever below the dropped folder it lies. */
const LOG_OBJECT = /(?:^|\/)((?:tile|checkpoints|cosignatures|timestamps)\/[\w./-]+|checkpoint)$/;
const RECORDS = /\.(?:jsonl|ndjson|log|gz)$/i;
/** Every other kind of file is smaller. */
const SMALL_BYTES = 1024 * 1024;
const RECEIPT_TAG = 0xd2;

class Sorted {
  readonly records: GivenFile[] = [];
  readonly log = new Map<string, File>();
  readonly keyLists: { readonly path: string; readonly list: KeyList }[] = [];
  readonly recordKeys: { readonly path: string; readonly keyId: string; readonly key: Secret }[] = [];
  readonly policies: { readonly path: string; readonly policy: WitnessPolicy }[] = [];
  readonly authorities: { readonly path: string; readonly pem: string }[] = [];
  readonly proofs: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  readonly ignored: string[] = [];

  async add(given: GivenFile): Promise<void> {
    const { path, file } = given;
    const object = LOG_OBJECT.exec(path)?.[1];
    if (object !== undefined) this.log.set(object, file);
    else if (RECORDS.test(path)) this.records.push(given);
    else if (file.size > SMALL_BYTES) this.#addBig(given, await file.slice(0, 4096).text());
    else await this.#addSmall(given, new Uint8Array(await file.arrayBuffer()));
  }

  #addBig(given: GivenFile, start: string): void {
    if (looksLikeRecords(start)) this.records.push(given);
    else this.ignored.push(given.path);
  }

  async #addSmall(given: GivenFile, bytes: Uint8Array): Promise<void> {
    const { path } = given;
    const text = textOf(bytes);
    const value = parsed(text);
    if (bytes[0] === RECEIPT_TAG || text.startsWith('c2sp.org/tlog-proof')) this.proofs.push({ path, bytes });
    else if (isObject(value) && 'checkpoint_keys' in value) this.keyLists.push({ path, list: parseKeyList(text) });
    else if (isObject(value) && typeof value['key_id'] === 'string' && typeof value['key'] === 'string') {
      const key = fromBase64(value['key']);
      if (key === undefined) this.ignored.push(path);
      else this.recordKeys.push({ path, keyId: value['key_id'], key: new Secret(key) });
    } else if (text.includes('-----BEGIN CERTIFICATE-----')) this.authorities.push({ path, pem: text });
    else if (/^\s*(?:#.*\n\s*)*(?:log|witness|group|quorum)\s/.test(text)) {
      this.policies.push({ path, policy: parseWitnessPolicy(text) });
    } else if (looksLikeRecords(text)) this.records.push(given);
    else this.ignored.push(path);
  }
}

function looksLikeRecords(text: string): boolean {
  return /^\s*\{[^\n]*"logtype"/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function verifyFiles(files: readonly GivenFile[], isExcerpt: boolean): Promise<VerifierAnswer> {
  const sorted = new Sorted();
  for (const given of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) await sorted.add(given);
  using _ = scopeOf(sorted.recordKeys.map(({ key }) => key));
  const { records, log, recordKeys, keyLists, policies, authorities } = sorted;
  const keys = keyLists.at(-1)?.list;
  const byId = recordKeys.length === 0 ? undefined : new Map(recordKeys.map(({ keyId, key }) => [keyId, key]));
  const policy = policies.at(-1)?.policy;
  const now = nowSeconds();
  const timestamps = authorities.length === 0 ? undefined : await rulesOf(authorities.map(({ pem }) => pem));
  const lines = new Lines(records);
  const hasTrail = records.length > 0 || log.size > 0;
  const report = hasTrail
    ? await verifyEvidence({
        ...(log.size > 0 && {
          log: { reader: readerOf(log), now, ...(policy && { policy }), ...(timestamps && { timestamps }) },
        }),
        latest: now,
        ...(records.length > 0 && { records: lines }),
        isExcerpt,
        recordKeys: byId,
        keys,
      })
    : undefined;
  const proofs: ProofResult[] = [];
  for (const { path, bytes } of sorted.proofs) proofs.push({ path, ...(await proofResult(bytes, keys, byId, policy)) });
  return {
    is: 'report',
    taken: {
      records: records.map(({ path }) => path),
      log: log.size,
      keys: keyLists.map(({ path }) => path),
      recordKeys: recordKeys.map(({ path }) => path),
      policies: policies.map(({ path }) => path),
      authorities: authorities.map(({ path }) => path),
      cosignatures: [...log.keys()].filter((path) => path.startsWith(COSIGNATURES)).length,
      timestamps: [...log.keys()].filter((path) => path.startsWith(TIMESTAMPS)).length,
      proofs,
      ignored: sorted.ignored,
    },
    report: report && { ...report, findings: report.findings.map((finding) => lines.placed(finding)) },
  };
}

/** Makes the rules for timestamps of these authorities. Rejects with `LogError` for what is no certificate. */
async function rulesOf(pems: readonly string[]): Promise<TimestampRules> {
  const { parseCertificates, splitTokens, verifyTimestamp } = await import('../../../../lib/transparency/timestamp.ts');
  const authorities = pems.flatMap(parseCertificates);
  return {
    withinS: DEFAULT_WITHIN_S,
    split: splitTokens,
    verify: (token, checkpoint) => verifyTimestamp(token, checkpoint, authorities),
  };
}

async function proofResult(
  bytes: Uint8Array,
  keys: KeyList | undefined,
  recordKeys: ReadonlyMap<string, Secret> | undefined,
  policy: WitnessPolicy | undefined,
): Promise<Omit<ProofResult, 'path'>> {
  if (keys === undefined) return { fault: 'drop the list of public keys too: without it no signature can be checked' };
  const now = nowSeconds();
  try {
    if (bytes[0] === RECEIPT_TAG) {
      const { fault, index, size, origin } = await checkReceipt(bytes, keys, { recordKeys, now });
      return { ...faultText(fault), says: `leaf ${index} of ${size} in ${origin}` };
    }
    const { fault, index, checkpoint } = await checkProof(bytes, keys, {
      recordKeys,
      now,
      ...(policy && { policy }),
    });
    return { ...faultText(fault), says: `leaf ${index} of ${checkpoint.size} in ${checkpoint.origin}` };
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}

function faultText(fault: { readonly kind: string; readonly detail: string } | undefined): Pick<ProofResult, 'fault'> {
  return fault === undefined ? {} : { fault: `${fault.kind}: ${fault.detail}` };
}

function readerOf(objects: ReadonlyMap<string, File>): TileReader {
  return {
    read: async (path) => {
      const file = objects.get(path);
      return file === undefined ? undefined : new Uint8Array(await file.arrayBuffer());
    },
    // oxlint-disable-next-line require-await -- the port is asynchronous
    async *list(prefix) {
      for (const path of objects.keys()) if (path.startsWith(prefix)) yield path;
    },
  };
}

/** The lines of several files, one after another; zipped ones are unzipped. */
class Lines implements AsyncIterable<string> {
  readonly #files: readonly GivenFile[];
  readonly #firsts: { readonly path: string; readonly first: number }[] = [];
  #number = 0;

  constructor(files: readonly GivenFile[]) {
    this.#files = files;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (const { path, file } of this.#files) {
      this.#firsts.push({ path, first: this.#number + 1 });
      let rest = '';
      const reader = (await unzipped(file)).getReader();
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      for (;;) {
        const { done, value } = await reader.read();
        const lines = (rest + (value === undefined ? decoder.decode() : decoder.decode(value, { stream: true }))).split(
          '\n',
        );
        rest = done ? '' : lines.pop()!;
        if (done && lines.at(-1) === '') lines.pop();
        for (const line of lines) {
          this.#number += 1;
          yield line;
        }
        if (done) break;
      }
    }
  }

  /** Adds the file and the line in it to a finding about the records. */
  placed(finding: EvidenceFinding): EvidenceFinding {
    const { line } = finding;
    if (line === undefined || finding.where !== 'records') return finding;
    const file = this.#firsts.findLast(({ first }) => first <= line);
    return file === undefined ? finding : { ...finding, place: `${file.path}:${line - file.first + 1}` };
  }
}

async function unzipped(file: File): Promise<ReadableStream<Uint8Array>> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isZipped = start[0] === 0x1f && start[1] === 0x8b;
  return isZipped ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
}
