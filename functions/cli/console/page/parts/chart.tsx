// Values over time, as bars. The canvas is for the eye; the table below it says the same to everyone else.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { count, short, timeText } from './format.ts';
import { number, Table } from './table.tsx';

interface ChartProps {
  readonly title: string;
  readonly total: number;
  readonly note?: string | undefined;
  /** The variable of the style sheet that holds its colour. */
  readonly colour: string;
  /** Epoch milliseconds of the first step. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly values: readonly number[];
}

const HEIGHT = 140;

export function TimeChart({ title, total, note, colour, startMs, stepMs, values }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLOutputElement>(null);
  const text = `${startMs} ${stepMs} ${values.join(' ')}`;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const say = (at: number | null | undefined): void => {
      const value = at === null || at === undefined ? undefined : values[at];
      if (readout.current === null) return;
      readout.current.textContent =
        value === undefined ? '' : `${stepText(startMs + at! * stepMs, stepMs)}: ${count(value)}`;
    };
    let chart: uPlot | undefined;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(
        optionsOf(
          element.clientWidth,
          colourOf(element, colour),
          colourOf(element, '--muted'),
          colourOf(element, '--line'),
          stepMs,
          say,
        ),
        [values.map((_, i) => (startMs + i * stepMs) / 1000), [...values]],
        element,
      );
    };
    draw();
    const watcher = new ResizeObserver(() => {
      if (chart !== undefined && chart.width !== element.clientWidth && element.clientWidth > 0) {
        chart.setSize({ width: element.clientWidth, height: HEIGHT });
      }
    });
    watcher.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      watcher.disconnect();
      scheme.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [text, colour]);
  return (
    <figure class="card chart">
      <figcaption>
        <h3>{title}</h3>
        <p class="total">{count(total)}</p>
        {note !== undefined && <p class="muted">{note}</p>}
      </figcaption>
      <div ref={place} class="canvas" aria-hidden="true" />
      <output ref={readout} class="readout muted" aria-hidden="true" />
      <details>
        <summary>
          As a table<span class="unseen">: {title}</span>
        </summary>
        <Table label={`${title} over time`} columns={['From (UTC)', number('Values')]}>
          {values.map((value, i) =>
            value === 0 ? null : (
              <tr key={startMs + i * stepMs}>
                <td>{timeText(startMs + i * stepMs)}</td>
                <td class="number">{count(value)}</td>
              </tr>
            ),
          )}
        </Table>
      </details>
    </figure>
  );
}

function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** `2026-10-16` for steps of days, `10-16 17:05` for shorter ones. */
function stepText(ms: number, stepMs: number): string {
  const text = timeText(ms);
  return stepMs >= 86_400_000 ? text.slice(0, 10) : text.slice(5, 16);
}

/** `10-16` for steps of days, `17:05` for shorter ones. */
function tickText(seconds: number, step: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return step >= 86_400 ? text.slice(5, 10) : text.slice(11, 16);
}

function optionsOf(
  width: number,
  fill: string,
  words: string,
  lines: string,
  stepMs: number,
  say: (at: number | null | undefined) => void,
): uPlot.Options {
  const font = '12px system-ui, sans-serif';
  const axis = { stroke: words, font, grid: { stroke: lines, width: 1 }, ticks: { show: false } };
  const half = stepMs / 2000;
  return {
    width,
    height: HEIGHT,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: {
      x: { time: true, range: (_, from, to) => [from - half, to + half] },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 50,
        size: 28,
        values: (_, ticks, __, ___, step) => ticks.map((tick) => tickText(tick, step)),
      },
      { ...axis, size: 44, space: 28, values: (_, ticks) => ticks.map((tick) => (tick % 1 === 0 ? short(tick) : '')) },
    ],
    series: [{}, { fill, width: 0, paths: uPlot.paths.bars!({ size: [0.82, 36] }), points: { show: false } }],
    hooks: { setCursor: [({ cursor }) => say(cursor.idx)] },
  };
}
