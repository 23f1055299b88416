import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { recordSource } from '../options.ts';

export const report = command({
  name: 'report',
  summary: 'say who unprotected what, how much, what stayed clear and what was refused',
  options: {
    ...recordSource,
    json: { summary: 'the report as JSON' },
    html: {
      value: '<file>',
      read: path,
      summary: 'write it as one page with charts, which holds everything itself and loads nothing',
      conflicts: 'json',
    },
  },
  run: async ({ json, html, ...source }, io) => {
    const { reportUsage } = await import('./report.run.ts');
    return reportUsage(source, { json, html }, io);
  },
});
