import { command } from '../core/command.ts';
import { filesMachine, jsonOutput } from '../options.ts';

export const stop = command({
  name: 'stop',
  summary: 'stop a run: objects that are done stay done, and another run goes on from there',
  arguments: { run: { summary: 'the name of the run, as "files start" says it' } },
  options: { ...filesMachine, ...jsonOutput },
  help: `
Tasks that have begun end by themselves, within 15 minutes. No half output is left. A run that has ended stays as it is.

Needs the right states:StopExecution.`,
  run: async ({ run, machine, json }, io) => {
    const { stopRun } = await import('./stop.run.ts');
    return stopRun(run, machine, json, io);
  },
});
