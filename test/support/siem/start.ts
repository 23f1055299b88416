// A receiver for every kind of sink.
import type { SinkKind } from '../../../lib/tenants/model.ts';
import type { Receiver, ReceiverOptions } from './receiver.ts';
import { startSplunk } from './splunk.ts';

const STARTS: Readonly<Partial<Record<SinkKind, (options?: ReceiverOptions) => Promise<Receiver>>>> = {
  splunk: startSplunk,
};

/** Serves on a free port of 127.0.0.1; its `settings` are what a tenant would write down. */
export function startReceiver(kind: SinkKind, options: ReceiverOptions = {}): Promise<Receiver> {
  const start = STARTS[kind];
  if (start === undefined) throw new Error(`No receiver for ${kind}`);
  return start(options);
}
