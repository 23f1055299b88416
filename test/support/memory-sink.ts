import type { DeliverySink, Parcel, Verdict } from '../../lib/delivery/ports.ts';

/**
 * How a sink treats a call: it takes the first `takes` parcels (@default all) and answers `says`, all of it after
 * `lateMs` (@default at once). `split`: only for several parcels.
 */
export interface Mood {
  readonly takes?: number;
  readonly says: Exclude<Verdict['kind'], 'delivered' | 'data'> | 'what it took' | 'nothing';
  readonly afterMs?: number;
  readonly lateMs?: number;
  /** It takes the beginnings of parcels only. @default false */
  readonly isCut?: boolean;
}

export const WELL: Mood = { says: 'what it took' };

/** A sink in memory that records parcels in the order of their arrival, repeats included. */
export class MemorySink implements DeliverySink {
  readonly name = 'memory';
  readonly maxParcels: number;
  readonly maxBytes = 1_000_000;
  /** Ids in the order of arrival. */
  readonly received: string[] = [];
  calls = 0;
  mood: () => Mood = () => WELL;
  /** The timer of late answers. */
  pause: (ms: number) => Promise<void> = () => Promise.reject(new Error('A late sink needs a timer'));
  /** Tests for parcels that the sink never takes. */
  refuses: (id: string) => boolean = () => false;

  constructor(maxParcels = 3) {
    this.maxParcels = maxParcels;
  }

  /** Ids in the order of their first arrival. */
  get firsts(): readonly string[] {
    return [...new Set(this.received)];
  }

  async deliver(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
    this.calls += 1;
    await Promise.resolve();
    const mood = this.mood();
    const { takes = parcels.length, afterMs, lateMs = 0 } = mood;
    if (lateMs > 0) await this.pause(lateMs);
    if (mood.says === 'split' && parcels.length > 1) return parcels.map(() => ({ kind: 'split', reason: 'too much' }));
    const says = mood.says === 'split' ? 'what it took' : mood.says;
    for (const { id } of parcels.slice(0, takes)) if (!this.refuses(id)) this.received.push(id);
    if (says === 'nothing') return new Promise(() => {});
    return parcels.map(({ id }, i): Verdict => {
      if (says === 'what it took' && this.refuses(id)) return { kind: 'data', reason: 'refused' };
      if (says === 'what it took' && i < takes)
        return { kind: 'delivered', ...(mood.isCut === true && { isCut: true }) };
      if (says === 'what it took') return { kind: 'retry', reason: 'busy' };
      return { kind: says, reason: says, ...(afterMs !== undefined && { afterMs }) };
    });
  }
}
