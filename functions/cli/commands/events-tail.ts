import { setTimeout as sleep } from 'node:timers/promises';
import type { SecurityEvent } from '../../../lib/events/event.ts';
import { readEventLine } from '../../../lib/events/line.ts';
import { eventName } from '../../../lib/siem/facts.ts';
import { formatEvent } from '../../../lib/siem/format.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { readPart } from '../event-file.ts';
import { print, quantity, say } from '../output.ts';
import { requireInitialised, workspace } from '../workspace.ts';

export interface EventsTailOptions {
  readonly dir: string;
  readonly tenant?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly lines: number;
}

const LOOK_EVERY_MS = 200;

/** `protector events tail`: the events that a workspace accepted, the last of them first read, and with `--follow` those to come. */
export async function eventsTail({ dir, tenant, follow, json, lines }: EventsTailOptions): Promise<void> {
  const ws = workspace(dir);
  requireInitialised(ws);
  const show = (event: SecurityEvent): void =>
    print(json === true ? formatEvent(event, 'native').body : inOneLine(event));
  let last: SecurityEvent[] = [];
  let offset = 0;
  let unreadable = 0;
  const newEvents = async (): Promise<readonly SecurityEvent[]> => {
    const part = await readPart(ws.events, offset);
    offset = part.end;
    const events = part.lines.map(({ line }) => readEventLine(line));
    unreadable += events.filter((event) => event === undefined).length;
    return events.filter(
      (event) => event !== undefined && (tenant === undefined || event.tenantId === tenant),
    ) as SecurityEvent[];
  };
  for (let before = -1; before !== offset; ) {
    before = offset;
    last = [...last, ...(await newEvents())].slice(-lines);
  }
  last.forEach(show);
  if (unreadable > 0) say(`Left out, no event: ${quantity(unreadable, 'line')}`);
  if (last.length === 0 && json !== true && follow !== true) print('No events.');
  if (follow !== true) return;
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    (await newEvents()).forEach(show);
  }
}

function inOneLine(event: SecurityEvent): string {
  const { requestingId = '', objectId = '' } = event.iclFields;
  const words = [rfc3339(event.timeMs), event.tenantId, eventName(event), String(requestingId), String(objectId)];
  return words.map(printable).join('  ').trimEnd();
}

/** What an application sends may hold what a terminal obeys. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}
