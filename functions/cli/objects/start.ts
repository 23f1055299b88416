import { command } from '../core/command.ts';
import { filesMachine, jsonOutput } from '../options.ts';

export const start = command({
  name: 'start',
  summary: 'start a run of a sealed job, over every object of its source',
  arguments: { job: { summary: 'the name of the job' } },
  options: {
    run: {
      value: '<name>',
      summary: "the run's own name, behind that of the job; default: the date, such as 20261130",
    },
    inventory: {
      value: '<place>',
      summary:
        'take the objects from the manifest of an S3 Inventory (s3://bucket/…/manifest.json) instead of listing the source',
    },
    ...filesMachine,
    ...jsonOutput,
  },
  help: `
The same command again, while the run goes on, is the same run. A run that has ended is not started again: give another one a
name with --run. Objects that are done are not done again.

Needs the rights states:StartExecution and states:DescribeExecution.

Example:
  protector files start people --machine arn:aws:states:eu-central-1:111122223333:stateMachine:protector-files`,
  run: async ({ job, machine, json, ...which }, io) => {
    const { startRun } = await import('./start.run.ts');
    return startRun(job, which, machine, json, io);
  },
});
