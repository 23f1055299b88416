import { command } from '../core/command.ts';
import { place } from '../core/readers.ts';

export const redrive = command({
  name: 'redrive',
  summary: 'send the dead letters of the log forwarder again; what is taken is removed',
  options: {
    store: {
      value: '<where>',
      read: place,
      required: true,
      summary: 'where they are: a directory, or s3://bucket',
    },
    json: { summary: 'the report as JSON' },
  },
  help: `
The OpenSearch is the forwarder's own: ESA_URL, ESA_INDEX, ESA_AUTHORIZATION, ESA_AUTHORIZATION_SECRET_ARN, ESA_CA_PATH, ESA_CERT_PATH and ESA_KEY_PATH
in the environment. Exit code 1 when some are left.`,
  run: async ({ store, json }, io) => {
    const { redriveRecords } = await import('./redrive.run.ts');
    return redriveRecords(store, json, io);
  },
});
