import { useEffect, useState } from 'preact/hooks';
import type { TenantFacts } from '../../../../../lib/console/messages.ts';
import { useReply } from '../parts/api.ts';
import { count, timeText } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { number, Table } from '../parts/table.tsx';

const LOOK_EVERY_MS = 5000;

export function TenantsPage() {
  const [looks, setLooks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setLooks((before) => before + 1), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, failure, again } = useReply<TenantFacts>('/api/tenants', looks);
  if (failure !== undefined) return <Failed failure={failure} again={again} />;
  if (value === undefined) return <Loading what="Looking at the lanes" />;
  return (
    <>
      {value.why !== undefined && <p class="note">The tenants cannot be listed: {value.why}</p>}
      <Lanes lanes={value.lanes} />
      <Letters letters={value.deadLetters} />
      <Events events={value.events} />
    </>
  );
}

type Lane = TenantFacts['lanes'][number];

function Lanes({ lanes }: { readonly lanes: readonly Lane[] }) {
  return (
    <section class="card">
      <h2>Lanes</h2>
      {lanes.length === 0 ? (
        <Empty title="No tenant has a sink.">
          A sink in <code>tenants.json</code>, sealed with <code>protector tenants seal</code>, is a lane here.
        </Empty>
      ) : (
        <Table
          label="Lanes"
          columns={[
            'Sink of tenant',
            'Kind',
            'State',
            number('Waiting'),
            'Since (UTC)',
            'Reason',
            'Next try (UTC)',
            number('Dead letters'),
          ]}
        >
          {lanes.map((lane) => (
            <tr key={lane.lane}>
              <th scope="row">{lane.lane}</th>
              <td>{lane.kind}</td>
              <td>
                <LaneChip lane={lane} />
              </td>
              <td class="number">{count(lane.waiting)}</td>
              <td>{lane.sinceMs === undefined ? '' : timeText(lane.sinceMs)}</td>
              <td class="words">{lane.reason ?? ''}</td>
              <td>{lane.nextTryMs === undefined ? '' : timeText(lane.nextTryMs)}</td>
              <td class="number">
                {count(lane.deadLetters)}
                {lane.hasMoreDeadLetters ? ' or more' : ''}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function LaneChip({ lane }: { readonly lane: Lane }) {
  const [text, tone] = !lane.isEnabled
    ? ['disabled', 'quiet']
    : lane.reason !== undefined
      ? ['failing', 'refused']
      : lane.waiting > 0
        ? ['backlog', 'warn']
        : lane.isSlow
          ? ['slow', 'warn']
          : ['nothing waits', 'good'];
  return <span class={`chip ${tone}`}>{text}</span>;
}

function Letters({ letters }: { readonly letters: TenantFacts['deadLetters'] }) {
  return (
    <section class="card">
      <h2>Dead letters</h2>
      {letters.length === 0 ? (
        <p>There are no dead letters.</p>
      ) : (
        <>
          <Table
            label="Dead letters"
            columns={['Event', 'Sink of tenant', 'Reason', number('Attempts'), 'Since (UTC)']}
          >
            {letters.map(({ id, lane, reason, attempts, sinceMs }) => (
              <tr key={`${lane} ${id}`}>
                <th scope="row">{id}</th>
                <td>{lane}</td>
                <td class="words">{reason}</td>
                <td class="number">{count(attempts)}</td>
                <td>{timeText(sinceMs)}</td>
              </tr>
            ))}
          </Table>
          <p class="muted">
            <code>protector events redrive</code> sends them again.
          </p>
        </>
      )}
    </section>
  );
}

function Events({ events }: { readonly events: TenantFacts['events'] }) {
  return (
    <section class="card">
      <h2>Last events</h2>
      {events.length === 0 ? (
        <p>
          No event yet: <code>protector events test</code> sends one to a tenant's sinks.
        </p>
      ) : (
        <Table label="Last events" columns={['Time (UTC)', 'Tenant', 'Event', 'User', 'Object']}>
          {events.map(({ timeMs, tenant, event, user, object }, i) => (
            <tr key={i}>
              <td>{timeText(timeMs)}</td>
              <td>{tenant}</td>
              <td>{event}</td>
              <td>{user}</td>
              <td>{object}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
