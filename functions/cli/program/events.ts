import { type Command, Option } from 'commander';
import { eventsRedrive } from '../commands/events-redrive.ts';
import { eventsStatus } from '../commands/events-status.ts';
import { eventsTail } from '../commands/events-tail.ts';
import { eventsTest } from '../commands/events-test.ts';
import { directory, json, wholeNumber } from './options.ts';

/** `protector events …` */
export function addEventCommands(program: Command): void {
  const events = program.command('events').description("security events on their way to the tenants' SIEMs");

  events
    .command('tail')
    .description('print the events that were accepted in a workspace')
    .option('--tenant <id>', 'of this tenant only')
    .option('-f, --follow', 'and those that are accepted from now on, until it is stopped')
    .addOption(new Option('-n, --lines <n>', 'how many of those that are there').argParser(wholeNumber).default(10))
    .addOption(new Option('--json', 'each as sinks of the format native get it'))
    .addOption(directory)
    .action(eventsTail);

  events
    .command('test')
    .description('send a CUSTOM_TEST_EVENT to the sinks of a tenant at once, and say what each made of it')
    .argument('<tenant>', 'its id')
    .option('--sink <name>', 'only this one, also when it is disabled')
    .addOption(tenants())
    .addOption(json)
    .addOption(directory)
    .addHelpText('after', '\nExit code 1 when a sink did not take it. Filters do not hold the event back.')
    .action(eventsTest);

  events
    .command('status')
    .description('show what waits for sinks that do not work: how much, since when, why, and when it is tried again')
    .addOption(store())
    .addOption(json)
    .addOption(directory)
    .addHelpText('after', '\nAt most as many wait as it says: of the oldest some may have been delivered already.')
    .action(eventsStatus);

  events
    .command('redrive')
    .description("send the dead letters of tenants' sinks again; what is taken is removed")
    .option('--tenant <id>', 'of this tenant only')
    .option('--sink <name>', 'of sinks of this name only')
    .addOption(store())
    .addOption(tenants())
    .addOption(json)
    .addOption(directory)
    .addHelpText('after', '\nExit code 1 when some are left.')
    .action(eventsRedrive);
}

function store(): Option {
  return new Option('--store <where>', "the forwarder's: a directory, or s3://bucket (default: that of --dir)");
}

function tenants(): Option {
  return new Option('--tenants <where>', 'sealed tenants: a file, or s3://bucket/key (default: those of --dir)');
}
