import { describe, expect, test } from '@jest/globals';
import type { LogEntry } from '../../../functions/runtime/application-log.ts';
import { awake } from '../../../functions/runtime/awake.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';

const never = (): Promise<void> => new Promise(() => {});

describe('awake', () => {
  test('starts all works before any has ended, and resolves when all have', async () => {
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`);
      await gate.promise;
      events.push(`${name} ends`);
    };
    const done = awake([work('one'), work('two')]).then(() => events.push('awake'));
    expect(events).toEqual(['one begins', 'two begins']);
    gate.resolve();
    await done;
    expect(events).toEqual(['one begins', 'two begins', 'one ends', 'two ends', 'awake']);
  });

  test('resolves although works fail, waits for the others, and logs each failure without the text of a foreign error', async () => {
    const lines: LogEntry[] = [];
    let ended = false;
    const works = [
      () => Promise.reject(new ProtectorError('KEY_REFUSED', 'KMS Decrypt failed: AccessDeniedException')),
      () => Promise.reject(new TypeError('900-12-3456')),
      async () => {
        await Promise.resolve();
        ended = true;
      },
    ];
    await awake(works, { log: (entry) => lines.push(entry) });
    expect(ended).toBe(true);
    expect(lines.map(({ level, code }) => [level, code])).toEqual([
      ['WARN', 'KEY_REFUSED'],
      ['WARN', undefined],
    ]);
    expect(lines[1]?.cause).toEqual([expect.objectContaining({ name: 'TypeError', message: undefined })]);
    expect(JSON.stringify(lines)).not.toContain('900-12-3456');
  });

  test('waits no longer than it is told for a work that does not end', async () => {
    await expect(awake([never], { withinMs: 1 })).resolves.toBeUndefined();
  });
});
