// The environment variables of each function as types, from the contract. A stack that leaves out a setting that a
// function cannot start without does not compile; test/infra/drift.test.ts compares the rest with the code.
import type { AGENT_ENV, AGENT_REQUIRED } from '../lib/contract/policy-agent.ts';
import type { FILES_ENV, FILES_REQUIRED } from '../lib/contract/file-protector.ts';
import type { FORWARDER_DESTINATIONS, FORWARDER_ENV, FORWARDER_REQUIRED } from '../lib/contract/log-forwarder.ts';
import type { SEALER_ENV, SEALER_REQUIRED } from '../lib/contract/log-sealer.ts';
import type { VERIFIER_ENV, VERIFIER_REQUIRED } from '../lib/contract/log-verifier.ts';
import type { AuditMode, ENV, REQUIRED_BY_MODE, REST_ENV } from '../lib/contract/protect-function.ts';
import type { GATEWAY_ENV, GATEWAY_REQUIRED } from '../lib/contract/tenant-gateway.ts';
import type { WITNESS_ENV, WITNESS_REQUIRED } from '../lib/contract/witness.ts';
import type { FrontEnd } from '../lib/contract/front-ends.ts';

/** The variables `Env` (member → name), those of the members `Required` among them for certain. */
type SettingsOf<Env extends Readonly<Record<string, string>>, Required extends keyof Env> = {
  readonly [Member in Required as Env[Member]]: string;
} & { readonly [Member in Exclude<keyof Env, Required> as Env[Member]]?: string };

type ModeSettings<Mode extends AuditMode> = SettingsOf<
  typeof ENV,
  'auditMode' | (typeof REQUIRED_BY_MODE)[Mode][number]
> & { readonly [Name in (typeof ENV)['auditMode']]: Mode };

export type RestSettings = SettingsOf<typeof REST_ENV, never>;

/** Settings of a protect function in one of the audit modes. */
export type ProtectSettings = { [Mode in AuditMode]: ModeSettings<Mode> }[AuditMode] & RestSettings;

/** Settings of the policy agent, which writes to the audit log group in every mode. */
export type AgentSettings = SettingsOf<typeof AGENT_ENV, (typeof AGENT_REQUIRED)[number]> &
  SettingsOf<Pick<typeof ENV, 'auditLogGroup' | 'serviceUser'>, 'auditLogGroup'>;

type Destinations = typeof FORWARDER_DESTINATIONS;

/** Settings of the log forwarder by destination. */
type DestinationSettings = {
  [Name in keyof Destinations]: SettingsOf<
    typeof FORWARDER_ENV,
    (typeof FORWARDER_REQUIRED)[number] | Destinations[Name][number]
  >;
};

/** Settings of the log forwarder, which has one destination at least. */
export type ForwarderSettings = DestinationSettings[keyof Destinations];

export type SealerSettings = SettingsOf<typeof SEALER_ENV, (typeof SEALER_REQUIRED)[number]>;

export type VerifierSettings = SettingsOf<typeof VERIFIER_ENV, (typeof VERIFIER_REQUIRED)[number]>;

export type GatewaySettings = SettingsOf<typeof GATEWAY_ENV, (typeof GATEWAY_REQUIRED)[number]>;

export type WitnessSettings = SettingsOf<typeof WITNESS_ENV, (typeof WITNESS_REQUIRED)[number]>;

/** Settings of the file protector, which gives no output its name before its records are durable. */
export type FileProtectorSettings = SettingsOf<typeof FILES_ENV, (typeof FILES_REQUIRED)[number]> &
  { [Mode in Exclude<AuditMode, 'buffered'>]: ModeSettings<Mode> }[Exclude<AuditMode, 'buffered'>];

/** A bundle of the build, with the settings of its function. */
export type Bundle =
  | { readonly bundle: FrontEnd; readonly environment: ProtectSettings }
  | { readonly bundle: 'policy-agent'; readonly environment: AgentSettings }
  | { readonly bundle: 'log-forwarder'; readonly environment: ForwarderSettings }
  | { readonly bundle: 'log-sealer'; readonly environment: SealerSettings }
  | { readonly bundle: 'log-verifier'; readonly environment: VerifierSettings }
  | { readonly bundle: 'tenant-gateway'; readonly environment: GatewaySettings }
  | { readonly bundle: 'file-protector'; readonly environment: FileProtectorSettings }
  | { readonly bundle: 'witness'; readonly environment: WitnessSettings };

/** Leaves out the members that have no value. */
export function defined<Members extends Readonly<Record<string, string | undefined>>>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>;
  };
}
