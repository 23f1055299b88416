import type { Command } from 'commander';
import { keysCompromise, keysList, keysRotate } from '../commands/keys.ts';
import { directory, json, wholeNumber } from './options.ts';

/** `protector keys …` */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('the root keys that every element key is derived from');

  keys
    .command('list')
    .description('versions and states of the root keys, never a key')
    .addOption(directory)
    .addOption(json)
    .action(keysList);

  keys
    .command('rotate')
    .description('add a root key; elements keep the version that they pin until "protector policy rotate"')
    .addOption(directory)
    .addOption(json)
    .action(keysRotate);

  keys
    .command('compromise')
    .description('mark a root key as known to others: no policy is sealed any more whose elements protect with it')
    .argument('<version>', 'of the root key', wholeNumber)
    .addOption(directory)
    .addOption(json)
    .action(keysCompromise);
}
