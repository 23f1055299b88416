import { command } from '../core/command.ts';
import { filesMachine, jsonOutput } from '../options.ts';

export const status = command({
  name: 'status',
  summary: 'show how far a run is and what became of its objects, or the newest runs',
  arguments: {
    run: { optional: true, summary: 'the name of the run, as "files start" says it; without it: the newest runs' },
  },
  options: { ...filesMachine, ...jsonOutput },
  help: `
The exit code is 1 where a run did not succeed, or an object failed, was refused or found its name taken. Rows and values are those of
the results, once the run has succeeded.

Needs the rights states:ListExecutions, states:DescribeExecution, states:ListMapRuns, states:DescribeMapRun, and s3:GetObject on the results.`,
  run: async ({ run, machine, json }, io) => {
    const { showRun, showRuns } = await import('./status.run.ts');
    return run === undefined ? showRuns(machine, json, io) : showRun(run, machine, json, io);
  },
});
