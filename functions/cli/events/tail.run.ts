import { setTimeout as sleep } from 'node:timers/promises';
import type { SecurityEvent } from '../../../lib/events/event.ts';
import { readEventLine } from '../../../lib/events/line.ts';
import { eventName } from '../../../lib/siem/facts.ts';
import { formatEvent } from '../../../lib/siem/format.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readPart } from '../files/appended-lines.ts';
import { print, quantity, say } from '../output/text.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** Which events to print, and how. */
interface Wanted {
  readonly tenant: string | undefined;
  readonly follow: boolean;
  readonly lines: number;
  readonly json: boolean;
}

const LOOK_EVERY_MS = 200;

/** Prints the last events that a workspace accepted. With `follow`, goes on with new ones until the process ends. */
export async function tailEvents(ws: Workspace, { tenant, follow, lines, json }: Wanted, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  const show = (event: SecurityEvent): void => print(io, json ? formatEvent(event, 'native').body : inOneLine(event));
  let last: SecurityEvent[] = [];
  let offset = 0;
  let unreadable = 0;
  const newEvents = async (): Promise<readonly SecurityEvent[]> => {
    const part = await readPart(ws.events, offset);
    offset = part.end;
    const events = part.lines.map(({ line }) => readEventLine(line));
    unreadable += events.filter((event) => event === undefined).length;
    return events.filter(
      (event): event is SecurityEvent => event !== undefined && (tenant === undefined || event.tenantId === tenant),
    );
  };
  for (let before = -1; before !== offset; ) {
    before = offset;
    last = [...last, ...(await newEvents())].slice(-lines);
  }
  last.forEach(show);
  if (unreadable > 0) say(io, `Left out, no event: ${quantity(unreadable, 'line')}`);
  if (last.length === 0 && !json && !follow) print(io, 'No events.');
  if (!follow) return EXIT.ok;
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

/** Replaces control characters, which a terminal would obey: applications send these texts. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}
