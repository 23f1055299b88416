// Open Cybersecurity Schema Framework 1.8.0 (schema.ocsf.io): every attribute that the classes in use require, and the
// optional ones that the facts fill. Facts without an attribute are under `unmapped`.
import { unreachable } from '../base/errors.ts';
import { RELEASE } from '../contract/release.ts';
import type { Facts } from './facts.ts';
import { ipVersion } from './ip.ts';
import type { OcsfMeaning } from './meanings.ts';

export const OCSF_VERSION = '1.8.0';

type Json = Readonly<Record<string, unknown>>;

const PRODUCT = { name: 'serverless-protector', vendor_name: 'serverless-protector', version: RELEASE };

/** Uid and caption of each class. A type is the class uid times 100 plus the activity. */
const CLASSES: Readonly<Record<OcsfMeaning['class'], { readonly uid: number; readonly name: string }>> = {
  accountChange: { uid: 3001, name: 'Account Change' },
  authentication: { uid: 3002, name: 'Authentication' },
  entityManagement: { uid: 3004, name: 'Entity Management' },
  userAccess: { uid: 3005, name: 'User Access Management' },
  apiActivity: { uid: 6003, name: 'API Activity' },
  datastoreActivity: { uid: 6005, name: 'Datastore Activity' },
};

const INFORMATIONAL = 1;
const MEDIUM = 3;
const OTHER = 99;

export function ocsf(facts: Facts): Json {
  const { meaning, failed, requestId, code, others, customFields } = facts;
  const { uid, name } = CLASSES[meaning.ocsf.class];
  const { activity } = meaning.ocsf;
  return {
    class_uid: uid,
    class_name: name,
    category_uid: Math.floor(uid / 1000),
    activity_id: activity,
    ...(activity === OTHER && { activity_name: facts.event }),
    type_uid: uid * 100 + activity,
    time: facts.timeMs,
    severity_id: failed || meaning.severity === 'warning' ? MEDIUM : INFORMATIONAL,
    status_id: failed ? 2 : 1,
    status: failed ? 'Failure' : 'Success',
    ...(code !== undefined && { status_code: code }),
    message: facts.message,
    metadata: {
      version: OCSF_VERSION,
      product: PRODUCT,
      uid: facts.id,
      sequence: facts.sequence,
      event_code: facts.event,
      tenant_uid: facts.tenantId,
      logged_time: facts.receivedMs,
      ...(requestId !== undefined && { correlation_uid: requestId }),
      ...(others['truncated'] === true && { is_truncated: true }),
    },
    actor: { user: { uid: facts.user } },
    src_endpoint: endpointOf(facts.source),
    ...targetOf(facts),
    unmapped: {
      ...others,
      ...(facts.chainId !== undefined && { chainId: facts.chainId }),
      ...(facts.label !== undefined && { dataLabel: facts.label }),
      ...(facts.object !== undefined && { objectId: facts.object }),
      customFields,
    },
  };
}

/** Returns the source. It is required even when unknown, and must have at least one member. */
function endpointOf(source: string | undefined): Json {
  if (source === undefined) return { name: 'unknown' };
  return ipVersion(source) === undefined ? { name: source } : { ip: source };
}

/** Returns what each class requires about the target of the action. */
function targetOf({ meaning, event, user, object, label, tenantId }: Facts): Json {
  const { ocsf: mapped } = meaning;
  switch (mapped.class) {
    case 'accountChange':
      return { user: { uid: object ?? user } };
    case 'userAccess':
      return { user: { uid: object ?? user }, privileges: [mapped.privilege] };
    case 'authentication':
      return { user: { uid: object ?? user }, service: { name: 'application', uid: tenantId } };
    case 'entityManagement':
      return { entity: { name: object ?? label ?? 'unspecified' } };
    case 'apiActivity':
      return { api: { operation: event } };
    case 'datastoreActivity':
      return {
        type_id: 1, // Database
        database: { type_id: 0, name: label ?? 'unspecified', ...(object !== undefined && { uid: object }) },
      };
    default:
      return unreachable(mapped);
  }
}
