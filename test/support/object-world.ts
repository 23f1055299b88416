// Buckets, documents and a trail in memory, for the work on objects; every call may fail, before or after it has happened.
import { createHash } from 'node:crypto';
import { Chain } from '../../lib/audit/chain.ts';
import type { AuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { ProtectorError } from '../../lib/base/errors.ts';
import { Secret } from '../../lib/base/secret.ts';
import { ObjectError } from '../../lib/files/errors.ts';
import { type FileJob, parseFileJob } from '../../lib/files/objects/job.ts';
import { ObjectWork } from '../../lib/files/objects/object-work.ts';
import type { ObjectSizes, ObjectWorld } from '../../lib/files/objects/world.ts';
import type { OutputPart, ParquetFiles } from '../../lib/files/ports.ts';
import { decodedText } from '../../lib/local/files/text-bytes.ts';
import type { CompiledPolicy } from '../../lib/protect/compile.ts';
import type { Budgets } from '../../lib/protect/budgets.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { HOST } from './audit.ts';
import { compiledPolicy, TEST_NOW_MS } from './policy.ts';

export const JOB = {
  name: 'people',
  source: 's3://incoming/people/',
  target: 's3://outgoing/people/',
  columns: { ssn: 'deSSN' },
  user: 'test_user',
  format: 'csv',
} as const;

/** Small enough that a few rows are several ranges, pieces and parts. */
export const SMALL: ObjectSizes = {
  rangeBytes: 200,
  pieceBytes: 64,
  partBytes: 48,
  minPartBytes: 16,
  groupBytes: 1e5,
};

/** A call fails at this place: before it does anything, or with its answer lost. */
export class Died extends ProtectorError<'DIED'> {}

interface Upload {
  readonly key: string;
  readonly work: string;
  readonly parts: Map<number, Uint8Array>;
}

/** Bytes that a reader gets at once: not the multiple of anything. */
const READ_BYTES = 290;

const POLICY = compiledPolicy();

const SIGNING_KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';

export class ObjectWorldInMemory {
  readonly objects = new Map<string, Buffer>();
  readonly outputs = new Map<string, { readonly body: Buffer; readonly work: string }>();
  readonly uploads = new Map<string, Upload>();
  readonly documents = new Map<string, { readonly body: Buffer; readonly tag: string }>();
  readonly lines: string[] = [];
  /** Lines that are about no object. */
  readonly otherLines: string[] = [];
  readonly calls: string[] = [];
  /** Asked before and after each call; what it throws is what the caller gets. */
  trouble: (call: string, when: 'before' | 'after') => void = () => {};
  /** What counts the values that users see. */
  budgets: Budgets | undefined;
  /** What reads Parquet. */
  parquet: ParquetFiles | undefined;
  #tags = 0;

  /** Makes the work of a job, as another process would: nothing is shared but what is durable. */
  work(change: object = {}, policy: CompiledPolicy = POLICY, sizes: ObjectSizes = SMALL): ObjectWork {
    const job: FileJob = parseFileJob({ ...JOB, ...change });
    return new ObjectWork(this.world(policy, sizes), job);
  }

  world(policy: CompiledPolicy, sizes: ObjectSizes): ObjectWorld {
    const nothing = { record: (): void => {} };
    return {
      source: {
        find: (key) =>
          this.#call('find', () => {
            const body = this.objects.get(key);
            return body === undefined ? undefined : { size: body.length, tag: tagOf(body) };
          }),
        read: (key, tag, from, to) => this.#read(key, tag, from, to),
      },
      outputs: {
        makerOf: (key) => this.#call('makerOf', () => this.outputs.get(key)?.work),
        begin: (key, work) =>
          this.#call('begin', () => {
            const upload = `upload ${++this.#tags}`;
            this.uploads.set(upload, { key, work, parts: new Map() });
            return upload;
          }),
        open: (key, id) => ({
          put: (part, bytes) =>
            this.#call('put part', () => {
              const upload = this.uploads.get(id);
              if (upload === undefined) throw new ObjectError('FILES_UPLOAD_ENDED', 'gone');
              upload.parts.set(part, Uint8Array.from(bytes));
            }),
          name: (parts) => this.#call('name', () => this.#name(key, id, parts, sizes.minPartBytes)),
          abandon: () => this.#call('abandon', () => void this.uploads.delete(id)),
        }),
      },
      store: {
        get: (key) => this.#call('get', () => this.documents.get(key)),
        put: (key, body, expected) =>
          this.#call('put', () => {
            const tag = this.documents.get(key)?.tag;
            if (expected === 'absent' ? tag !== undefined : expected !== undefined && tag !== expected.tag) {
              throw new ProtectorError('STORE_CONFLICT', 'another writer');
            }
            const next = String(++this.#tags);
            this.documents.set(key, { body: Buffer.from(body), tag: next });
            return next;
          }),
      },
      protector: new Protector(
        () => Promise.resolve(policy),
        nothing,
        () => TEST_NOW_MS,
        undefined,
        this.budgets,
      ),
      policy,
      records: {
        signed: (chainId, entries) => {
          const signer = createSigner(SIGNING_KEY_ID, new Secret(new Uint8Array(32).fill(9)));
          const chain = new Chain({ signer, chainId, host: HOST, nowMs: () => TEST_NOW_MS + ++this.#tags });
          return entries.map((entry) => chain.seal(entry));
        },
        append: (lines) => this.#call('append', () => void this.lines.push(...lines.map(({ line }) => line))),
      },
      trail: {
        open: () => ({
          record: (entry) => void this.otherLines.push(JSON.stringify(entry)),
          flush: () => Promise.resolve(),
        }),
      },
      decoded: decodedText,
      parquet: this.parquet,
      sizes,
    };
  }

  /** The records that readers of the trail count: the same line again is no other one. */
  records(): AuditRecord[] {
    return [...new Set(this.lines)].map((line) => JSON.parse(line) as AuditRecord);
  }

  output(key: string): string | undefined {
    return this.outputs.get(key)?.body.toString();
  }

  async *#read(key: string, tag: string, from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += READ_BYTES) {
      // oxlint-disable-next-line no-await-in-loop -- a call each
      yield await this.#call('read', () => {
        const body = this.objects.get(key);
        if (body === undefined || tagOf(body) !== tag) throw new ObjectError('FILES_CHANGED', 'changed');
        return Uint8Array.from(body.subarray(at, Math.min(to, at + READ_BYTES)));
      });
    }
  }

  #name(key: string, id: string, parts: readonly OutputPart[], least: number): 'named' | 'taken' | 'gone' {
    const upload = this.uploads.get(id);
    if (upload === undefined || parts.some(({ number, bytes }) => upload.parts.get(number)?.length !== bytes))
      return 'gone';
    if (this.outputs.has(key)) return 'taken';
    const numbers = parts.map(({ number }) => number);
    if (numbers.some((number, i) => i > 0 && number <= numbers[i - 1]!)) throw new RangeError('parts out of order');
    if (parts.slice(0, -1).some(({ bytes }) => bytes < least)) throw new RangeError('EntityTooSmall');
    this.outputs.set(key, {
      body: Buffer.concat(numbers.map((number) => upload.parts.get(number)!)),
      work: upload.work,
    });
    this.uploads.delete(id);
    return 'named';
  }

  async #call<T>(name: string, work: () => T): Promise<T> {
    await Promise.resolve();
    this.calls.push(name);
    this.trouble(name, 'before');
    const result = work();
    this.trouble(name, 'after');
    return result;
  }
}

function tagOf(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

/** A CSV file of so many rows. */
export function people(rows: number, ssn: (row: number) => string = (row) => String(100_000_000 + row)): Buffer {
  return Buffer.from(`id,ssn,note\n${Array.from({ length: rows }, (_, i) => `${i},${ssn(i)},x${i}\n`).join('')}`);
}
