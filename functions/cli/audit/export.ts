import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { recordSource } from '../options.ts';

export const exportRecords = command({
  name: 'export',
  summary: 'copy the records of a range: byte for byte, so that they still verify, or as CSV',
  options: {
    ...recordSource,
    format: { value: '<format>', choices: ['jsonl', 'csv'], summary: 'how', default: 'jsonl' },
    unverified: { summary: 'copy the records that do not verify, instead of those that do' },
    out: { value: '<file>', read: path, summary: 'where to; standard output otherwise' },
  },
  run: async ({ format, out, unverified, ...source }, io) => {
    const { copyRecords } = await import('./export.run.ts');
    return copyRecords(source, { format, out, unverified }, io);
  },
});
