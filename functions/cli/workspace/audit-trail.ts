import { fileAuditSink } from '../../../lib/adapters/file/audit-sink.ts';
import { readSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import type { PolicyEvent } from '../../../lib/publication/journal.ts';
import { recordTo } from '../../../lib/publication/record-events.ts';
import type { Io } from '../core/io.ts';
import type { Workspace } from './workspace.ts';

/** The audit trail of a workspace, with a chain that this process alone writes. */
export interface WorkspaceTrail {
  readonly trail: AuditTrail;
  readonly chainId: string;
  readonly close: () => Promise<void>;
}

/** Opens the audit trail of a workspace. Rejects with `KeyFileError` where it has no signing key. */
export async function workspaceTrail(ws: Workspace, { nowMs }: Pick<Io, 'nowMs'>): Promise<WorkspaceTrail> {
  const signingKey = await readSigningKey(ws.signingKey);
  using key = signingKey.key;
  const sink = fileAuditSink(ws.auditTrail);
  const chainId = crypto.randomUUID();
  const trail = new AuditTrail({
    signer: createSigner(signingKey.keyId, key),
    sink,
    chainId,
    host: hostFacts({ deploymentId: 'protector-local', release: RELEASE, engineVersion: RELEASE }),
    nowMs,
  });
  const close = async (): Promise<void> => {
    try {
      await trail.close();
    } finally {
      await sink.close();
    }
  };
  return { trail, chainId, close };
}

/** Records events about the policy of a workspace; resolves once they are durable. Rejects with `AuditError`. */
export async function recordPolicyEvents(
  ws: Workspace,
  io: Pick<Io, 'nowMs'>,
  events: readonly PolicyEvent[],
): Promise<void> {
  const { trail, close } = await workspaceTrail(ws, io);
  try {
    await recordTo(trail, undefined)(events);
  } finally {
    await close();
  }
}
