// The records that the console shows: read once, read on as the trail grows, and marked with what the verifier finds.
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { readRecord, rowFault, toRow } from '../../../lib/audit/columns.ts';
import { isUnfiltered, matcherOf, type TrailFilter, filterParameters } from '../../../lib/console/filter.ts';
import type { Progress, RecordList, Verdict } from '../../../lib/console/messages.ts';
import { type RecordRow, recordRow, type RowState, type TrailRow, trailRow } from '../../../lib/console/trail-row.ts';
import type { EvidenceFinding, EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import type { Feed, FeedLine } from './feed.ts';
import { impossible, verdictOf } from './verdict.ts';

interface Entry {
  readonly row: RecordRow;
  readonly listed: TrailRow;
  readonly state: RowState;
}

export interface TrailBookOptions {
  readonly feed: Feed;
  /** Verifies the whole trail, until the signal ends it. Rejects with `ProtectorError` where that cannot be done. */
  readonly verify: (signal: AbortSignal) => Promise<EvidenceReport>;
  /** The range of time that is shown. The verifier looks at everything. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly nowMs: () => number;
  /** Called when what the pages show has changed. */
  readonly onChange: () => void;
}

/** A record takes about half a kilobyte. */
const MOST_RECORDS = 400_000;
/** Some milliseconds of work. */
const SLICE_LINES = 512;
const LOOK_EVERY_MS = 250;
/** A trail that grows is verified again, but a tenth of the time at most, and not at each look. */
const SHORTEST_PAUSE_MS = 3000;
const PAUSE_FACTOR = 10;
const PAUSE_LOOKS = 6;

/** Kinds of findings about a record that no sum may hold. */
const REJECTED: readonly string[] = ['modified', 'unknown-key', 'unsigned', 'malformed', 'forked'];

export class TrailBook {
  readonly #options: TrailBookOptions;
  readonly #stopping = new AbortController();
  #entries: Entry[] = [];
  #version = 0;
  #leftOut = 0;
  #malformed = 0;
  #isReading = true;
  /** The last look was refused. */
  #isFailing = false;
  #isStale = true;
  #report: EvidenceReport | undefined;
  #verdict: Verdict = { is: 'checking' };
  /** The list of the filter that was asked for last: scrolling asks for part after part of it. */
  #list: { readonly key: string; readonly rows: readonly TrailRow[] } | undefined;

  constructor(options: TrailBookOptions) {
    this.#options = options;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  get progress(): Progress {
    return {
      version: this.#version,
      isReading: this.#isReading,
      isFollowed: this.#options.feed.isLive,
      records: this.#entries.length,
      leftOut: this.#leftOut,
      malformed: this.#malformed,
      uncounted: this.#entries.reduce((sum, { state }) => sum + (isCounted(state) ? 0 : 1), 0),
      verdict: this.#verdict.is,
    };
  }

  /** Reads, verifies, and goes on with what comes, until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    const verifying = this.#keepVerifying(signal);
    while (!signal.aborted) {
      await this.#readNew();
      if (!this.#options.feed.isLive) break;
      await sleep(this.#options.feed.lookEveryMs, undefined, { signal }).catch(() => {});
    }
    await verifying;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** The rows that sums may hold. */
  *counted(): Generator<RecordRow> {
    for (const { row, state } of this.#entries) if (isCounted(state)) yield row;
  }

  /** @param upTo the last line that is listed: what came since would move those that are read */
  list(filter: TrailFilter, from: number, count: number, upTo = Infinity): RecordList {
    const key = `${this.#version} ${upTo} ${filterParameters(filter).toString()}`;
    if (this.#list?.key !== key) this.#list = { key, rows: this.#filtered(filter, upTo) };
    const { rows } = this.#list;
    return { version: this.#version, total: rows.length, from, rows: rows.slice(from, from + count) };
  }

  /** Returns a record in full; undefined where there is no such line. */
  async inFull(
    line: number,
  ): Promise<
    { readonly row: TrailRow; readonly text: string; readonly findings: readonly EvidenceFinding[] } | undefined
  > {
    const entry = this.#entries.find(({ listed }) => listed.line === line);
    const text = await this.#options.feed.textOf(line);
    if (entry === undefined || text === undefined) return undefined;
    const { chain_id: chainId, sequence } = entry.row;
    const findings = (this.#report?.findings ?? []).filter(
      (finding) =>
        (finding.where === 'records' && finding.line === line) ||
        (finding.where === 'log' && finding.chainId === chainId && finding.sequence === sequence),
    );
    return { row: entry.listed, text, findings };
  }

  #filtered(filter: TrailFilter, upTo: number): readonly TrailRow[] {
    const listed = this.#entries.map((entry) => entry.listed).filter(({ line }) => line <= upTo);
    const newestFirst = listed.toReversed();
    return isUnfiltered(filter) ? newestFirst : newestFirst.filter(matcherOf(filter));
  }

  async #readNew(): Promise<void> {
    try {
      const wasFailing = this.#isFailing;
      this.#isFailing = false;
      for await (const { lines, isFirst } of this.#options.feed.more()) {
        if (isFirst) this.#restart();
        for (let at = 0; at < lines.length; at += SLICE_LINES) {
          this.#add(lines.slice(at, at + SLICE_LINES));
          // The pages are answered between two slices.
          await immediate();
        }
        this.#isStale = true;
        this.#changed();
        if (this.#stopping.signal.aborted) return;
      }
      // The verdict said that the trail cannot be read.
      if (wasFailing) this.#isStale = true;
    } catch (error) {
      this.#isFailing = true;
      this.#fail(error);
    }
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#changed();
  }

  #restart(): void {
    this.#entries = [];
    this.#report = undefined;
    this.#malformed = 0;
    this.#leftOut = 0;
  }

  #add(lines: readonly FeedLine[]): void {
    for (const { number, text } of lines) {
      if (text.trim() === '') continue;
      const record = readRecord(text);
      const row = record && toRow(record);
      if (row === undefined || rowFault(row) !== undefined) this.#malformed += 1;
      else if (this.#isInRange(String(row.time))) this.#entries.push(entryOf(recordRow(row), number, 'unchecked'));
    }
    const surplus = this.#entries.length - MOST_RECORDS;
    if (surplus <= 0) return;
    this.#entries.splice(0, surplus);
    this.#leftOut += surplus;
  }

  #isInRange(time: string): boolean {
    const { from, to } = this.#options;
    return (from === undefined || time >= from.toISOString()) && (to === undefined || time < to.toISOString());
  }

  async #keepVerifying(signal: AbortSignal): Promise<void> {
    let pauseMs = 0;
    while (!signal.aborted) {
      if (this.#isStale && !this.#isReading) {
        this.#isStale = false;
        const began = this.#options.nowMs();
        await this.#verify();
        const looksMs = PAUSE_LOOKS * this.#options.feed.lookEveryMs;
        pauseMs = Math.max(SHORTEST_PAUSE_MS, looksMs, PAUSE_FACTOR * (this.#options.nowMs() - began));
        if (!this.#options.feed.isLive) return;
      }
      await sleep(this.#isReading ? LOOK_EVERY_MS : Math.max(LOOK_EVERY_MS, pauseMs), undefined, { signal }).catch(
        () => {},
      );
    }
  }

  async #verify(): Promise<void> {
    const upTo = this.#entries.at(-1)?.listed.line ?? 0;
    try {
      const report = await this.#options.verify(this.#stopping.signal);
      this.#report = report;
      this.#verdict = verdictOf(report, this.#options.nowMs());
      this.#mark(report, upTo);
    } catch (error) {
      this.#fail(error);
    }
    this.#changed();
  }

  #fail(error: unknown): void {
    const verdict = impossible(error);
    // What cannot be read is tried again and again: it is told once.
    if (JSON.stringify(verdict) === JSON.stringify(this.#verdict)) return;
    this.#verdict = verdict;
    this.#changed();
  }

  /** Marks the records up to a line: the verifier may not have met those that came since. */
  #mark(report: EvidenceReport, upTo: number): void {
    const stateOf = statesOf(report);
    this.#entries = this.#entries.map((entry) => {
      if (entry.listed.line > upTo) return entry;
      const state = stateOf(entry);
      return state === entry.state ? entry : entryOf(entry.row, entry.listed.line, state);
    });
  }

  #changed(): void {
    this.#version += 1;
    this.#options.onChange();
  }
}

function entryOf(row: RecordRow, line: number, state: RowState): Entry {
  return { row, listed: trailRow(row, line, state), state };
}

function isCounted(state: RowState): boolean {
  return state !== 'bad' && state !== 'repeated';
}

/** Returns what tells the state of a record after a verification. */
function statesOf(report: EvidenceReport): (entry: Entry) => RowState {
  const ofLine = new Map<number, RowState>();
  const uncovered = new Map<string, number>();
  for (const { kind, where, line, chainId, sequence } of report.findings) {
    if (where !== 'records' || line === undefined) continue;
    if (REJECTED.includes(kind)) ofLine.set(line, 'bad');
    else if (kind === 'repeated') ofLine.set(line, 'repeated');
    else if (kind === 'unverified' && chainId !== undefined) uncovered.set(chainId, sequence ?? 1);
  }
  return ({ row, listed }) => {
    const state = ofLine.get(listed.line);
    if (state !== undefined) return state;
    const from = uncovered.get(String(row.chain_id));
    return from !== undefined && Number(row.sequence) >= from ? 'unverified' : 'verified';
  };
}
