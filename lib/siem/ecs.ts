// Elastic Common Schema 9.4 (elastic.co/docs/reference/ecs): `event.*` with the expected types of its categories, the
// user, the tenant and the source; everything else as `labels`, which are flat keywords.
import { RELEASE } from '../contract/release.ts';
import type { Facts } from './facts.ts';
import { ipVersion } from './ip.ts';
import { rfc3339 } from './time.ts';

export const ECS_VERSION = '9.4.0';

type Json = Readonly<Record<string, unknown>>;

export function ecs(facts: Facts): Json {
  const { meaning, failed, source, requestId, code, label, object, chainId } = facts;
  return {
    '@timestamp': rfc3339(facts.timeMs),
    ecs: { version: ECS_VERSION },
    message: facts.message,
    event: {
      kind: 'event',
      category: [meaning.ecs.category],
      type: meaning.ecs.type,
      action: facts.event,
      outcome: failed ? 'failure' : 'success',
      id: facts.id,
      sequence: facts.sequence,
      created: rfc3339(facts.receivedMs),
      dataset: 'serverless_protector.events',
      module: 'serverless_protector',
      ...(code !== undefined && { code }),
    },
    observer: { vendor: 'serverless-protector', product: 'serverless-protector', version: RELEASE },
    organization: { id: facts.tenantId },
    user: { id: facts.user },
    ...(source !== undefined && {
      source: { address: source, ...(ipVersion(source) !== undefined && { ip: source }) },
    }),
    ...(requestId !== undefined && { http: { request: { id: requestId } } }),
    labels: labelsOf([
      ...Object.entries({ chainId, dataLabel: label, objectId: object }),
      ...Object.entries(facts.others),
      ...Object.entries(facts.customFields),
    ]),
  };
}

/**
 * Returns labels whose names hold no dots, which would make objects of them, and are not blank: an index refuses the
 * whole document otherwise. Where two names become the same, the later one gets a number.
 */
function labelsOf(fields: readonly (readonly [string, string | number | boolean | undefined])[]): Json {
  const labels = new Map<string, string>();
  for (const [name, value] of fields) {
    if (value === undefined) continue;
    const flat = name.replaceAll('.', '_').trim() || '_';
    let free = flat;
    for (let number = 2; labels.has(free); number++) free = `${flat}_${number}`;
    labels.set(free, String(value));
  }
  return Object.fromEntries(labels);
}
