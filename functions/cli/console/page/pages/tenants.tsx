import { useEffect, useState } from 'preact/hooks';
import type { TenantFacts } from '../../../../../lib/console/messages.ts';
import { useReply } from '../parts/api.ts';
import { count, timeText } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';

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
        <div class="scroll" tabIndex={0} role="group" aria-label="Lanes">
          <table>
            <thead>
              <tr>
                <th scope="col">Sink of tenant</th>
                <th scope="col">Kind</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Waiting
                </th>
                <th scope="col">Since (UTC)</th>
                <th scope="col">Reason</th>
                <th scope="col">Next try (UTC)</th>
                <th scope="col" class="number">
                  Dead letters
                </th>
              </tr>
            </thead>
            <tbody>
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
            </tbody>
          </table>
        </div>
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
          <div class="scroll" tabIndex={0} role="group" aria-label="Dead letters">
            <table>
              <thead>
                <tr>
                  <th scope="col">Event</th>
                  <th scope="col">Sink of tenant</th>
                  <th scope="col">Reason</th>
                  <th scope="col" class="number">
                    Attempts
                  </th>
                  <th scope="col">Since (UTC)</th>
                </tr>
              </thead>
              <tbody>
                {letters.map(({ id, lane, reason, attempts, sinceMs }) => (
                  <tr key={`${lane} ${id}`}>
                    <th scope="row">{id}</th>
                    <td>{lane}</td>
                    <td class="words">{reason}</td>
                    <td class="number">{count(attempts)}</td>
                    <td>{timeText(sinceMs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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
        <div class="scroll" tabIndex={0} role="group" aria-label="Last events">
          <table>
            <thead>
              <tr>
                <th scope="col">Time (UTC)</th>
                <th scope="col">Tenant</th>
                <th scope="col">Event</th>
                <th scope="col">User</th>
                <th scope="col">Object</th>
              </tr>
            </thead>
            <tbody>
              {events.map(({ timeMs, tenant, event, user, object }, i) => (
                <tr key={i}>
                  <td>{timeText(timeMs)}</td>
                  <td>{tenant}</td>
                  <td>{event}</td>
                  <td>{user}</td>
                  <td>{object}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
