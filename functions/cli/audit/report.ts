import { command } from '../core/command.ts';
import { recordSource } from '../options.ts';

export const report = command({
  name: 'report',
  summary: 'say who unprotected what, how much, what stayed clear and what was refused',
  options: { ...recordSource, json: { summary: 'the report as JSON' } },
  run: async ({ json, ...source }, io) => {
    const { reportUsage } = await import('./report.run.ts');
    return reportUsage(source, json, io);
  },
});
