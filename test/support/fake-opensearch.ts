// An OpenSearch that anybody may write to: the reference product's audit store.
import type { Faulty } from './faults.ts';
import type { ReceiverFault } from './siem/receiver.ts';
import { startOpenSearch } from './siem/opensearch.ts';

export interface FakeOpenSearch extends Faulty<ReceiverFault> {
  readonly endpoint: string;
  /** Documents by id. */
  readonly documents: ReadonlyMap<string, Record<string, unknown>>;
  /** Calls that were read, failed ones included. */
  readonly calls: number;
  /** From here on a document for which this is true gets status 400, alone or by the whole call. */
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
