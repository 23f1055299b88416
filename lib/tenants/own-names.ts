// The buckets and log groups of the deployment itself, which no tenant's sink may name: the forwarder reads backlogs from
// its bucket, and what a sink wrote there would be taken for its own.

import type { Problem } from '../document/problem.ts';
import type { SinkSettings } from './model.ts';
import type { TenantsDocument } from './schema.ts';
import type { SinkDocument } from './sinks/table.ts';

/** Tests whether a sink writes to one of our own buckets or log groups. */
export function isOwn(sink: SinkDocument | SinkSettings, own: ReadonlySet<string>): boolean {
  if (sink.kind === 's3') return own.has(sink.bucket);
  return sink.kind === 'cloudwatch-logs' && own.has(sink.logGroup);
}

/** Finds the sinks of a document that name one of our own buckets or log groups. */
export function checkOwnNames({ tenants }: TenantsDocument, own: ReadonlySet<string>): Problem[] {
  return tenants.flatMap(({ sinks }, i) =>
    sinks.flatMap((sink, n): Problem[] => {
      if (!isOwn(sink, own)) return [];
      const [member, what] = sink.kind === 's3' ? ['bucket', 'bucket'] : ['logGroup', 'log group'];
      const message = `is a ${what} of this deployment: a sink of a tenant must not write there`;
      return [{ path: `$.tenants[${i}].sinks[${n}].${member}`, message }];
    }),
  );
}
