import { useState } from 'preact/hooks';
import { type PeriodDays, PERIODS_DAYS, type Readers } from '../../../../../lib/console/readers.ts';
import { useReply } from '../parts/api.ts';
import { change, count, quantity, short, timeText } from '../parts/format.ts';
import type { PageProps } from '../parts/page-props.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TrailLink } from '../parts/trail-link.tsx';
import { number, Table } from '../parts/table.tsx';

const PERIOD_TEXT: Readonly<Record<PeriodDays, string>> = { 1: 'A day', 7: 'A week', 30: '30 days' };

export function ReadersPage({ progress }: PageProps) {
  const [days, setDays] = useState<PeriodDays>(7);
  const { value, failure, again } = useReply<{ readonly readers: Readers | null }>(
    `/api/readers?days=${days}`,
    progress?.version,
  );
  return (
    <>
      <fieldset class="choice">
        <legend>Period</legend>
        {PERIODS_DAYS.map((each) => (
          <label key={each}>
            <input type="radio" name="period" checked={each === days} onChange={() => setDays(each)} />
            {PERIOD_TEXT[each]}
          </label>
        ))}
      </fieldset>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      {value === undefined && failure === undefined && <Loading what="Adding up what was seen" />}
      {value !== undefined && <ReadersView readers={value.readers} />}
    </>
  );
}

/** The page without the server, for the report too. */
export function ReadersView({ readers }: { readonly readers: Readers | null }) {
  if (readers === null || readers.readers.length === 0) {
    return (
      <Empty title="No user has unprotected anything in this time.">
        What users unprotect appears here: by user and element, against the period before.
      </Empty>
    );
  }
  return (
    <>
      <p class="muted">
        Values that users saw, in clear or masked, from {timeText(readers.from)} to {timeText(readers.to)} UTC. The
        period ends with the newest record.
      </p>
      <HeatMap readers={readers} />
      <FirstSights readers={readers} />
    </>
  );
}

function HeatMap({ readers: { elements, readers, moreElements, moreReaders } }: { readonly readers: Readers }) {
  const most = Math.max(1, ...readers.flatMap(({ values }) => values));
  return (
    <section class="card">
      <h2>People and elements</h2>
      <Table
        label="People and elements"
        columns={['User', number('Values'), number('Before'), number('Change'), ...elements.map(number)]}
        kind="heat"
      >
        {readers.map(({ user, values, now, before }) => (
          <tr key={user}>
            <th scope="row">
              <TrailLink filter={{ user, effect: 'unprotected' }}>{user}</TrailLink>
            </th>
            <td class="number">{count(now)}</td>
            <td class="number muted">{count(before)}</td>
            <td class={`number ${isSurge(now, before) ? 'surge' : ''}`}>{change(now, before)}</td>
            {values.map((value, i) => (
              <td key={elements[i]} class={`number heat-${levelOf(value, most)}`} title={count(value)}>
                {value === 0 ? <span class="unseen">0</span> : short(value)}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {moreReaders + moreElements > 0 && (
        <p class="muted">
          … and {quantity(moreReaders, 'more user')}, {quantity(moreElements, 'more element')}.
        </p>
      )}
    </section>
  );
}

/** Twice as much as before, and more than a handful. */
function isSurge(now: number, before: number): boolean {
  return now >= 2 * before && now > 20;
}

const LEVELS = 5;

/** From 0, none, to 5, by the square root: one who saw very much must not hide the others. */
function levelOf(value: number, most: number): number {
  if (value <= 0) return 0;
  return Math.ceil(LEVELS * Math.sqrt(value / most));
}

function FirstSights({ readers: { firstSights, isYoung } }: { readonly readers: Readers }) {
  return (
    <section class="card">
      <h2>For the first time</h2>
      {isYoung && <p>The trail is no older than the period, so no one can say what users saw before.</p>}
      {!isYoung && firstSights.length === 0 && <p>No user saw an element that they had not seen before.</p>}
      {firstSights.length > 0 && (
        <Table label="For the first time" columns={['User', 'Element', 'Since (UTC)', number('Values')]}>
          {firstSights.map(({ user, element, time, values }) => (
            <tr key={`${user} ${element}`}>
              <th scope="row">{user}</th>
              <td>{element}</td>
              <td>{timeText(time)}</td>
              <td class="number">{count(values)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
