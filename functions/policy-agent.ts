import { agentEnvironment } from './runtime/publish/environment.ts';
import { policyAgentHandler } from './runtime/publish/policy-agent.ts';

export const handler = policyAgentHandler(agentEnvironment);
