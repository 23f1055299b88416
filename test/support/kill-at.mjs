// Preloaded by a process that a test kills. Each step that changes the disk is counted before and behind it. KILL_AT sends SIGKILL at the
// step of a number, or of a name: `datasync audit.jsonl behind 1` is the first of that name. Without it, the number of steps goes to the
// file KILL_COUNT.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { KILL_AT, KILL_COUNT } = process.env;

if (isMainThread && (KILL_AT !== undefined || KILL_COUNT !== undefined)) {
  let steps = 0;
  const times = new Map();
  const step = (name) => {
    steps++;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    if (KILL_AT === String(steps) || KILL_AT === `${name} ${time}`) process.kill(process.pid, 'SIGKILL');
  };
  const names = new WeakMap();
  const watch = (owner, name, fileOf) => {
    const original = owner[name];
    owner[name] = async function (...args) {
      const file = basename(String(fileOf(this, args)));
      step(`${name} ${file} before`);
      const result = await original.apply(this, args);
      step(`${name} ${file} behind`);
      return result;
    };
  };
  const { open } = fs.promises;
  fs.promises.open = async (...args) => {
    const handle = await open(...args);
    names.set(handle, args[0]);
    return handle;
  };
  for (const name of ['rename', 'rm', 'mkdir', 'writeFile']) watch(fs.promises, name, (_, [path]) => path);
  const probe = await open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(probe);
  await probe.close();
  for (const name of ['write', 'writeFile', 'datasync', 'sync', 'truncate']) {
    watch(prototype, name, (handle) => names.get(handle) ?? '');
  }
  syncBuiltinESMExports();
  if (KILL_COUNT !== undefined) process.on('exit', () => fs.writeFileSync(KILL_COUNT, String(steps)));
}
