// Every kind of sink, by the name that a tenants file gives it. A kind that is missing where it must be known does not
// compile.

import { z } from 'zod';
import { cloudWatchLogs } from './cloudwatch-logs.ts';
import { datadog } from './datadog.ts';
import { file } from './file.ts';
import { googleLogging } from './google-logging.ts';
import type { SinkRow } from './kind.ts';
import type { commonMembers, SecretRef } from './members.ts';
import { openSearch } from './opensearch.ts';
import { otlp } from './otlp.ts';
import { s3 } from './s3.ts';
import type { Replaced, SealedSecret } from './secrets.ts';
import { splunk } from './splunk.ts';
import { stdout } from './stdout.ts';
import { syslog } from './syslog.ts';

const KINDS = {
  splunk,
  'google-logging': googleLogging,
  'cloudwatch-logs': cloudWatchLogs,
  s3,
  opensearch: openSearch,
  otlp,
  datadog,
  syslog,
  file,
  stdout,
};

export type SinkKind = keyof typeof KINDS;

/** A sink as people write it, with defaults filled in. */
export type SinkDocument<Kind extends SinkKind = SinkKind> = {
  [K in Kind]: z.infer<(typeof KINDS)[K]['schema']> & { kind: K };
}[Kind];

/** A sink without the members that every sink has, with its secrets in the form `Form`. */
export type SettingsWith<Form, Kind extends SinkKind = SinkKind> = {
  [K in Kind]: { readonly kind: K } & Replaced<
    Omit<SinkDocument<K>, keyof typeof commonMembers | 'kind'>,
    SecretRef,
    Form
  >;
}[Kind];

/** Settings in the sealed file. */
export type SealedSettings<Kind extends SinkKind = SinkKind> = SettingsWith<SealedSecret, Kind>;

/** The same table, typed such that the row of a sink's kind takes this sink. */
export const SINK_KINDS: {
  readonly [Kind in SinkKind]: SinkRow<Kind, SinkDocument<Kind>, SealedSettings<Kind>>;
} = KINDS;

export const sinkSchema = z.discriminatedUnion('kind', atLeastOne(Object.values(KINDS).map(({ schema }) => schema)));

function atLeastOne<T>([first, ...others]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new RangeError('There is no kind of sink');
  return [first, ...others];
}
