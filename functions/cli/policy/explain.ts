import { command } from '../core/command.ts';
import { time } from '../core/readers.ts';
import { jsonOutput, policyInForce } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const explain = command({
  name: 'explain',
  summary: 'say why a user may or may not do something with an element, role by role, now or then',
  options: {
    user: { value: '<name>', required: true, completes: 'user', summary: 'the user, as the warehouse names it' },
    element: { value: '<name>', required: true, completes: 'element', summary: 'the data element' },
    to: { value: '<name>', completes: 'element', summary: 'the new element of a reprotect; default: the same' },
    ...policyInForce,
    at: {
      value: '<time>',
      read: time,
      summary: 'when the request is or was made, such as 2026-12-31T18:00:00Z; default: now',
    },
    ...jsonOutput,
  },
  help: `
Without --agent it is the policy file of --dir, or with --policy-version a policy that was sealed there. With --agent it is the
policy that was live in the deployment at --at, or that of --policy-version; such a version is asked for the last moment in which
it was live.`,
  run: async ({ user, element, to, dir, agent, region, policyVersion, at, json }, io) => {
    const { explainAccess } = await import('./explain.run.ts');
    const where = { ws: workspace(dir), agent: agent === undefined ? undefined : { agent, region } };
    return explainAccess(where, { policyVersion, at }, { user, element, to }, json, io);
  },
});
