import { options } from '../core/command.ts';
import { path } from '../core/readers.ts';

/** Where a witness keeps its key and what it has cosigned. */
export const witnessDir = options({
  dir: {
    value: '<dir>',
    read: path,
    summary: 'the directory with the key of the witness and what it has cosigned',
    default: '.witness',
  },
});
