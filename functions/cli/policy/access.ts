import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { policyInForce, queryOutput } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const access = command({
  name: 'access',
  summary: 'list who may do what with which element, why, who approved it and which tests it passed: for auditors',
  options: {
    ...policyInForce,
    all: { summary: 'also pairs of a user and an element of whom nothing is allowed and nothing shown' },
    out: {
      value: '<dir>',
      read: path,
      summary: 'write access.csv, tests.csv, release.csv and access.json into this directory; overwrites nothing',
    },
    ...queryOutput,
  },
  help: `
With --agent it is the policy that was live in the deployment at --at, and the tests that it had passed. Without, it is the
policy that is sealed in --dir, and the tests beside the policy file, which are run. No value, token or key is in the list.`,
  run: async ({ dir, agent, region, policyVersion, at, ...form }, io) => {
    const { listAccess } = await import('./access.run.ts');
    const place = { ws: workspace(dir), agent: agent === undefined ? undefined : { agent, region } };
    return listAccess(place, { policyVersion, at }, form, io);
  },
});
