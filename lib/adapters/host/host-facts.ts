import { hostname, networkInterfaces, type as osName, userInfo } from 'node:os';
import type { HostFacts } from '../../audit/record.ts';

/** Facts that only the deployment knows. */
export type DeploymentFacts = Pick<HostFacts, 'deploymentId' | 'release' | 'engineVersion'>;

/** Returns the facts of this process for audit records. Asks the operating system; call it once at start-up. */
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

/** Returns the user's name, or the id where a container's user has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
