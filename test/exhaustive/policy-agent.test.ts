// The policy agent over memory, with every failure at every call.
import { agentContract, inMemory } from '../contract/policy-agent.contract.ts';

agentContract('memory', { kinds: ['before', 'after', 'refused'], fromNothing: ['after', 'refused'] }, inMemory);
