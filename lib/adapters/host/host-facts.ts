import { hostname, networkInterfaces, type as osName, userInfo } from 'node:os';
import type { HostFacts } from '../../audit/record.ts';

/** What only the deployment knows. */
export type DeploymentFacts = Pick<HostFacts, 'deploymentId' | 'release' | 'engineVersion'>;

/** The facts of this process that every audit record states. Reads the operating system once; call it at start-up. */
export function hostFacts(deployment: DeploymentFacts): HostFacts {
  return {
    deploymentId: deployment.deploymentId,
    release: deployment.release,
    engineVersion: deployment.engineVersion,
    ip: firstPrivateAddress(),
    hostname: hostname(),
    processId: process.pid,
    user: userName(),
    platform: `${osName()}_${process.arch}`,
  };
}

function firstPrivateAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** A container may run under a user id that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
