// Builds one hash chain: RFC 8785 canonical JSON, HMAC-SHA-256 (sign.ts), each record naming the one before it.
import { isPolicyEntry, type TrailEntry } from './entry.ts';
import { formsOf } from './forms.ts';
import type { AuditLine } from './ports.ts';
import { toPolicyRecord } from './policy-record.ts';
import { type HostFacts, toAuditRecord } from './record.ts';
import type { Signer } from './sign.ts';

export interface ChainOptions {
  readonly signer: Signer;
  /** Names the chain of this environment. Two writers must not share it: the verifier would report both. */
  readonly chainId: string;
  readonly host: HostFacts;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
}

/** Turns entries into signed lines. Making a line spends its number, whatever becomes of the line. */
export class Chain {
  readonly #options: ChainOptions;
  #sequence = 0;
  #previous: string | undefined;

  constructor(options: ChainOptions) {
    // toAuditRecord caps every other text. A log stream name has at most 512 characters.
    this.#options = { ...options, chainId: options.chainId.slice(0, 512).toWellFormed() };
  }

  /** Returns the next line of the chain. Throws what `checkEntry` throws, and then spends no number. */
  seal(entry: TrailEntry): AuditLine {
    const { signer, chainId, host, nowMs } = this.#options;
    const timeMs = Math.floor(nowMs());
    const place = { key_id: signer.keyId, chain_id: chainId, sequence: this.#sequence + 1 };
    const signature = this.#previous === undefined ? place : { ...place, previous: this.#previous };
    const record = isPolicyEntry(entry) ? toPolicyRecord(entry, host, timeMs) : toAuditRecord(entry, host, timeMs);
    const { json, canonical } = formsOf(Object.assign(record, { signature }));
    const checksum = signer.checksumOfForm(canonical);
    this.#sequence += 1;
    this.#previous = checksum;
    // `signature` is the last member of the record, and `checksum` the last of the signature.
    return { timeMs, line: `${json.slice(0, -2)},"checksum":"${checksum}"}}` };
  }
}
