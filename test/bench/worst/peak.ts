// A process that does one input of one door once and tells how far its resident memory rose, in bytes. Started by `memory.ts`.

import { WORST_DOORS } from './table.ts';

const [name, at, bytes] = JSON.parse(process.argv[2]!) as [string, number, number];
const door = WORST_DOORS.find((one) => one.name === name)!;
// The compiler, caches and the policy are not the input's.
await attempted((await door.open(1000)).usual.run);
const { usual, worst } = await door.open(bytes);
const input = [usual, ...worst][at]!;
const before = process.resourceUsage().maxRSS;
await attempted(input.run);
process.send!({ rose: 1024 * (process.resourceUsage().maxRSS - before), bytes: input.bytes }, () => process.exit());

async function attempted(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch {
    // A refusal.
  }
}
