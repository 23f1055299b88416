// An OpenSearch without access control: the reference product's audit store.
import type { Faulty } from './faults.ts';
import type { ReceiverFault } from './siem/receiver.ts';
import { startOpenSearch } from './siem/opensearch.ts';

export interface FakeOpenSearch extends Faulty<ReceiverFault> {
  readonly endpoint: string;
  /** Documents by id. */
  readonly documents: ReadonlyMap<string, Record<string, unknown>>;
  /** The number of calls, failed calls included. */
  readonly calls: number;
  /** Refuses documents for which `isBad` is true with status 400, alone or with their whole call. */
  refuse(isBad: (body: string) => boolean, how: 'item' | 'call'): void;
  close(): Promise<void>;
}

export async function startFakeOpenSearch(): Promise<FakeOpenSearch> {
  const receiver = await startOpenSearch({}, '');
  return {
    endpoint: receiver.endpoint,
    get documents() {
      const parsed = [...receiver.documents].map(
        ([id, text]) => [id, JSON.parse(text) as Record<string, unknown>] as const,
      );
      return new Map(parsed);
    },
    get calls() {
      return receiver.calls;
    },
    fail: receiver.fail,
    heal: receiver.heal,
    unusedFaults: receiver.unusedFaults,
    operations: receiver.operations,
    onHang: receiver.onHang,
    refuse: (isBad, how) => {
      receiver.refuse(isBad);
      receiver.refuseBy(how);
    },
    close: () => receiver.close(),
  };
}
