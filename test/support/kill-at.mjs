// Preloaded by a process that a test kills: SIGKILL at the n-th step that changes the disk (KILL_AT), each step counted before and behind
// it. Without KILL_AT, the number of steps goes to the file KILL_COUNT.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { KILL_AT, KILL_COUNT } = process.env;

if (isMainThread && (KILL_AT !== undefined || KILL_COUNT !== undefined)) {
  let steps = 0;
  const step = () => {
    steps++;
    if (steps === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
  };
  const watch = (owner, name) => {
    const original = owner[name];
    owner[name] = async function (...args) {
      step();
      const result = await original.apply(this, args);
      step();
      return result;
    };
  };
  for (const name of ['rename', 'rm', 'mkdir', 'writeFile']) watch(fs.promises, name);
  const probe = await fs.promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(probe);
  await probe.close();
  for (const name of ['write', 'writeFile', 'datasync', 'sync', 'truncate']) watch(prototype, name);
  syncBuiltinESMExports();
  if (KILL_COUNT !== undefined) process.on('exit', () => fs.writeFileSync(KILL_COUNT, String(steps)));
}
