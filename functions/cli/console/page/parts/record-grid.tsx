// The list of records, however many: rows have one height, and only those in sight are there.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Progress, RecordList } from '../../../../../lib/console/messages.ts';
import type { TrailRow } from '../../../../../lib/console/trail-row.ts';
import { ask } from './api.ts';
import { EffectChip, StateChip } from './chips.tsx';
import { count, quantity, timeText } from './format.ts';
import { Empty, Failed } from './states.tsx';
import type { Failure } from '../../../../../lib/console/messages.ts';

interface GridProps {
  /** Parameters of the address: the filter as text. */
  readonly filter: string;
  readonly progress: Progress | undefined;
  readonly onOpen: (line: number) => void;
}

/** Rows that one request brings. */
const PART = 100;
/** Rows above and below those in sight. */
const MARGIN = 12;
const [ROW_PX, NARROW_ROW_PX] = [40, 84];
const NARROW = '(max-width: 719px)';

interface Listed {
  /** What the parts below belong to: parts of another filter or trail are forgotten. */
  readonly key: string;
  readonly total: number;
  readonly parts: ReadonlyMap<number, readonly TrailRow[]>;
}

export function RecordGrid({ filter, progress, onOpen }: GridProps) {
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMatch(NARROW);
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX;
  const [view, setView] = useState({ first: 0, height: 600 });
  const [upTo, setUpTo] = useState<number | undefined>();
  const [active, setActive] = useState(0);
  const [listed, setListed] = useState<Listed | undefined>();
  const [failure, setFailure] = useState<Failure | undefined>();
  const key = `${filter}&upTo=${upTo ?? ''}`;
  const version = progress?.version ?? 0;

  const shown = Math.ceil(view.height / rowPx);
  const total = listed?.total ?? 0;
  const from = Math.max(0, view.first - MARGIN);
  const to = Math.min(total, view.first + shown + MARGIN);
  const firstPart = Math.floor(from / PART);
  const lastPart = Math.max(firstPart, Math.floor(Math.max(from, to - 1) / PART));

  const wanted = useRef(key);
  wanted.current = key;
  useEffect(() => {
    const fetchParts = async (): Promise<void> => {
      for (let part = firstPart; part <= lastPart; part++) {
        const reply = await ask<RecordList>(
          `/api/records?${filter}&from=${part * PART}&count=${PART}${upTo === undefined ? '' : `&upTo=${upTo}`}`,
        );
        if (wanted.current !== key) return;
        if ('failure' in reply) return setFailure(reply.failure);
        setFailure(undefined);
        const { total: all, rows } = reply.value;
        setListed((before) => ({
          key,
          total: all,
          parts: new Map([...(before?.key === key ? before.parts : []), [part, rows]]),
        }));
      }
    };
    void fetchParts();
  }, [key, version, firstPart, lastPart]);

  // Another filter begins at its newest record.
  useEffect(() => {
    setUpTo(undefined);
    setActive(0);
    body.current?.scrollTo({ top: 0 });
  }, [filter]);

  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return undefined;
    const look = (): void =>
      setView((before) => {
        const next = {
          first: Math.floor(element.scrollTop / rowPx),
          height: element.clientHeight - headHeight(element),
        };
        return next.first === before.first && next.height === before.height ? before : next;
      });
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [rowPx]);

  const rowAt = (i: number): TrailRow | undefined => listed?.parts.get(Math.floor(i / PART))?.[i % PART];

  // Rows that are read must not move away: below the first row, newer records wait.
  const isAtTop = view.first === 0;
  const newestLine = rowAt(0)?.line;
  const [seen, setSeen] = useState(0);
  useEffect(() => {
    if (isAtTop) {
      setUpTo(undefined);
      setSeen(progress?.records ?? 0);
    } else if (upTo === undefined && newestLine !== undefined) setUpTo(newestLine);
  }, [isAtTop, newestLine, progress?.records]);
  const waiting = upTo === undefined ? 0 : (progress?.records ?? 0) - seen;

  const go = useCallback(
    (target: number) => {
      const next = Math.min(Math.max(0, target), Math.max(0, total - 1));
      setActive(next);
      const element = body.current;
      if (element === null) return;
      const top = next * rowPx;
      const room = element.clientHeight - headHeight(element) - rowPx;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top > element.scrollTop + room) element.scrollTop = top - room;
    },
    [total, rowPx],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / rowPx) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: total - 1,
    };
    const target = moves[event.key];
    const row = rowAt(active);
    if (target !== undefined) go(target);
    else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined) onOpen(row.line);
    else return;
    event.preventDefault();
  };

  const rows = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return (
    <section class="records" aria-label="Records">
      <div class="line">
        <p role="status" class="muted">
          {listed === undefined ? 'Reading …' : quantity(total, 'record')}
        </p>
        {waiting > 0 && (
          <button type="button" onClick={() => body.current?.scrollTo({ top: 0 })}>
            {quantity(waiting, 'new record')}: show
          </button>
        )}
      </div>
      {failure !== undefined && <Failed failure={failure} />}
      <div
        ref={body}
        role="grid"
        class="grid"
        aria-label="Records, newest first. Arrow keys choose one, Enter opens it."
        aria-rowcount={total + 1}
        aria-activedescendant={rowAt(active) === undefined ? undefined : `record-${active}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" class="grid-head">
          <div role="row" class="grid-row" aria-rowindex={1}>
            {['Time (UTC)', 'User', 'Became', 'Element', 'Values', 'Code', 'Query or request', 'Record'].map(
              (title, i) => (
                <span key={title} role="columnheader" class={`cell-${i}`}>
                  {title}
                </span>
              ),
            )}
          </div>
        </div>
        <div role={total > 0 ? 'rowgroup' : 'presentation'} class="grid-space" style={{ height: `${total * rowPx}px` }}>
          {rows.map((i) => (
            <Row
              key={i}
              at={i}
              row={rowAt(i)}
              top={i * rowPx}
              isActive={i === active}
              onOpen={onOpen}
              onChoose={setActive}
            />
          ))}
        </div>
      </div>
      {listed !== undefined && total === 0 && (
        <Empty title="No record like that.">
          {filter === '' ? 'What is protected or unprotected appears here by itself.' : 'Clear a part of the filter.'}
        </Empty>
      )}
    </section>
  );
}

/** The head stays at the top of what scrolls. */
function headHeight(grid: HTMLElement): number {
  return grid.firstElementChild instanceof HTMLElement ? grid.firstElementChild.offsetHeight : 0;
}

interface RowProps {
  readonly at: number;
  readonly row: TrailRow | undefined;
  readonly top: number;
  readonly isActive: boolean;
  readonly onOpen: (line: number) => void;
  readonly onChoose: (at: number) => void;
}

function Row({ at, row, top, isActive, onOpen, onChoose }: RowProps) {
  const style = { transform: `translateY(${top}px)` };
  if (row === undefined) {
    return (
      <div role="row" class="grid-row waiting" aria-rowindex={at + 2} style={style}>
        <span role="gridcell">…</span>
      </div>
    );
  }
  const open = (): void => {
    onChoose(at);
    onOpen(row.line);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid takes the keys
    <div
      role="row"
      id={`record-${at}`}
      class={`grid-row ${isActive ? 'active' : ''} ${row.state === 'bad' ? 'bad' : ''}`}
      aria-rowindex={at + 2}
      aria-selected={isActive}
      style={style}
      onClick={open}
    >
      <span role="gridcell" class="cell-0">
        {timeText(row.time)}
      </span>
      <span role="gridcell" class="cell-1" title={row.user}>
        {row.user}
      </span>
      <span role="gridcell" class="cell-2">
        <EffectChip effect={row.effect} />
      </span>
      <span role="gridcell" class="cell-3" title={row.element}>
        {row.element}
      </span>
      <span role="gridcell" class="cell-4">
        {count(row.values)}
      </span>
      <span role="gridcell" class="cell-5">
        {row.code}
      </span>
      <span role="gridcell" class="cell-6" title={row.query}>
        {row.query}
      </span>
      <span role="gridcell" class="cell-7">
        <StateChip state={row.state} />
      </span>
    </div>
  );
}

function useMatch(query: string): boolean {
  const [isMatch, setMatch] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const look = (): void => setMatch(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, [query]);
  return isMatch;
}
