// npm run bench: the figures of the performance targets, measured side by side on this machine. Prints, never asserts.
//   --memory   also 1,000 calls for heap and resident memory, before everything else
//   --trail    only the audit trail: a million records sealed and verified, which takes some minutes
//   --witnesses  only what witnesses add to sealing
//   --tenants  only the keys of tenants: calls to a KMS with and without leasing
//   --lanes    only what slow sinks cost the other tenants: a minute
//   --healthy, --slow  with --lanes: how many tenants have a sink that works, that hangs and that is late; @default 10 and 10
//   --policy-tests  only proofs over 10,000 users and 1,000 elements: time of each statement, and memory
//   --discovery  only precision and recall of protector discover, by kind; --rows and --seed of its generated tables
//   --tables   with --discovery: a folder in which npm has installed vega-datasets, whose public tables are scored too
//   --cold     only cold starts of the Redshift function; --before names a folder into which another version was built
//   --files    only whole jobs of protector protect over generated files; --file-rows of them, @default 1,000,000
//   --worst    only the worst known inputs of every door, against the usual ones, time and memory; exits 1 above ten times
//   --peers    only FF1 by other implementations, in the same run; --quick takes fewer rounds and values
//   --save     writes this version to a file (.mjs), for later
//   --against  only this version against one that was saved, in turns
//   --only     with --worst or --against: the doors, or the tasks, whose names contain this text
//   --json     one JSON object on standard output

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { againstSection, saveVersion } from './against.ts';
import { firstValuesSection } from './cold.ts';
import { coldStartSection } from './cold-start.ts';
import { columnsSection } from './columns.ts';
import { discoverySections, publicTablesSection } from './discovery.ts';
import { ff1Section } from './ff1.ts';
import { print, printMissed, type Section } from './figures.ts';
import { filesSections } from './files.ts';
import { lanesSection } from './lanes.ts';
import { memorySection } from './memory.ts';
import { methodsSection } from './methods.ts';
import { peersSections } from './peers.ts';
import { policyTestsSection } from './policy-tests.ts';
import { policySection, userNameSection } from './policy.ts';
import { growthSection, redshiftSection } from './redshift.ts';
import { snowflakeSection } from './snowflake.ts';
import { tenantsSection } from './tenants.ts';
import { trailSection } from './trail.ts';
import { witnessesSection } from './witnesses.ts';
import { worstSections } from './worst.ts';

const { values: options } = parseArgs({
  options: {
    memory: { type: 'boolean', default: false },
    trail: { type: 'boolean', default: false },
    witnesses: { type: 'boolean', default: false },
    tenants: { type: 'boolean', default: false },
    lanes: { type: 'boolean', default: false },
    'policy-tests': { type: 'boolean', default: false },
    discovery: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    tables: { type: 'string' },
    healthy: { type: 'string', default: '10' },
    slow: { type: 'string', default: '10' },
    cold: { type: 'boolean', default: false },
    before: { type: 'string' },
    files: { type: 'boolean', default: false },
    'file-rows': { type: 'string', default: '1000000' },
    worst: { type: 'boolean', default: false },
    only: { type: 'string' },
    peers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    save: { type: 'string' },
    against: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const machine = { node: process.version, arch: process.arch, cpu: cpus()[0]?.model ?? 'unknown' };
const sections: Section[] = [];

function add(section: Section): void {
  sections.push(section);
  if (!options.json) print(section);
}

if (!options.json)
  console.log(`Node ${machine.node}, ${machine.arch}, ${machine.cpu}; median (best) of interleaved rounds`);
if (options.memory) add(await memorySection());
if (options.trail) {
  add(await trailSection(1_000_000));
} else if (options.worst) {
  for await (const section of worstSections(options.only)) add(section);
  if (sections.some(({ figures }) => figures.some(({ ok }) => ok === false))) process.exitCode = 1;
} else if (options.peers) {
  for await (const section of options.quick ? peersSections(3, 500) : peersSections(61, 2000)) add(section);
} else if (options.save !== undefined) {
  await saveVersion(options.save);
} else if (options.against !== undefined) {
  add(await againstSection(options.against, options.quick ? 41 : 201, options.only));
} else if (options.cold) {
  add(await coldStartSection(options.quick ? 5 : 31, options.before));
} else if (options.files) {
  for await (const section of filesSections(Number(options['file-rows']))) add(section);
} else if (options.discovery) {
  for (const section of discoverySections(Number(options.rows), Number(options.seed))) add(section);
  if (options.tables !== undefined) add(await publicTablesSection(options.tables));
} else if (options.witnesses) {
  add(await witnessesSection(11));
} else if (options.tenants) {
  add(await tenantsSection());
} else if (options['policy-tests']) {
  add(await policyTestsSection());
} else if (options.lanes) {
  add(await lanesSection(30_000, { healthy: Number(options.healthy), ofEachKind: Number(options.slow) }));
} else {
  add(await ff1Section(21));
  add(await firstValuesSection(7));
  add(await columnsSection(21));
  add(await methodsSection(7));
  add(await redshiftSection(31));
  add(await snowflakeSection(31));
  add(await growthSection(15));
  add(await policySection(7));
  add(userNameSection(7));
  add(await coldStartSection(7));
  add(await trailSection(20_000));
  add(await witnessesSection(7));
  add(await tenantsSection());
}
if (options.json) console.log(JSON.stringify({ ...machine, sections }));
else printMissed(sections);
