import { command } from '../core/command.ts';
import { place } from '../core/readers.ts';
import { witnessPolicy, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const seal = command({
  name: 'seal',
  summary:
    'append the records that are new to the Merkle log of the directory (C2SP tlog-tiles) and sign a checkpoint; nothing new changes nothing',
  options: {
    ...workspaceDir,
    file: { value: '<place>', read: place, summary: 'the records (default: those of --dir)' },
    ...witnessPolicy,
    tsaUrl: {
      value: '<url...>',
      summary: 'timestamp authorities (RFC 3161) to ask about the newest checkpoint, unless it has a timestamp',
    },
    json: { summary: 'what was sealed as JSON' },
  },
  run: async ({ dir, json, ...request }, io) => {
    const { sealTrail } = await import('./seal.run.ts');
    return sealTrail(workspace(dir), request, json, io);
  },
});
