import type { Overview, Verdict } from '../../../../../lib/console/messages.ts';
import type { NamedTally, Tally } from '../../../../../lib/console/overview.ts';
import { useReply } from '../parts/api.ts';
import { TimeChart } from '../parts/chart.tsx';
import { Findings } from '../parts/findings.tsx';
import { ago, count, quantity, span, timeText } from '../parts/format.ts';
import type { PageProps } from '../parts/page-props.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TrailLink } from '../parts/trail-link.tsx';
import { number, Table } from '../parts/table.tsx';
import { witnessText } from '../parts/witnesses.ts';

export function OverviewPage({ progress }: PageProps) {
  const { value, failure, again } = useReply<Overview>('/api/overview', progress?.version);
  if (failure !== undefined) return <Failed failure={failure} again={again} />;
  return value === undefined ? <Loading what="Adding up the records" /> : <OverviewView overview={value} />;
}

/** The page without the server, for the report too. */
export function OverviewView({ overview }: { readonly overview: Overview }) {
  const { usage, progress, verdict, nowMs } = overview;
  const { report, series } = usage;
  const refusedValues = usage.report.refused.reduce((sum, { values }) => sum + values, 0);
  const attempts = usage.report.refused.reduce((sum, one) => sum + one.attempts, 0);
  const clear = usage.report.leftClear.reduce((sum, { values }) => sum + values, 0);
  const charts: readonly (readonly [string, keyof Tally, number, string])[] = [
    ['Protected values', 'protected', report.values.Protect + report.values.Reprotect, 'by protects and reprotects'],
    ['Unprotected values', 'unprotected', report.values.Unprotect, 'seen in clear or masked'],
    ['Refused values', 'refused', refusedValues, `in ${quantity(attempts, 'attempt')}`],
    ['Left clear', 'clear', clear, 'whole values of those protected'],
  ];
  return (
    <>
      <VerdictCard verdict={verdict} nowMs={nowMs} />
      {progress.isReading && <Loading what={`Reading: ${quantity(progress.records, 'record')} so far`} />}
      {progress.leftOut > 0 && (
        <p class="note">
          {quantity(progress.leftOut, 'older record')} found no room: narrow the range with <code>--from</code> and{' '}
          <code>--to</code>.
        </p>
      )}
      {progress.uncounted > 0 && (
        <p class="note">
          {quantity(progress.uncounted, 'record')} that the verifier rejects or that repeat others are in no sum below.{' '}
          <TrailLink filter={{ bad: '1' }}>Show them</TrailLink>
        </p>
      )}
      {series === undefined ? (
        !progress.isReading && (
          <Empty title="No record yet.">
            Protect something: <code>protector demo</code>, or the page <a href="#/try">Try</a>.
          </Empty>
        )
      ) : (
        <>
          <p class="muted">
            {quantity(report.records, 'record')} from {timeText(report.firstTime!)} to {timeText(report.lastTime!)} UTC
          </p>
          <section aria-label="Over time" class="charts">
            {charts.map(([title, name, total, note]) => (
              <TimeChart
                key={name}
                title={title}
                total={total}
                note={note}
                colour={`--${name}`}
                startMs={series.startMs}
                stepMs={series.stepMs}
                values={series.steps.map((step) => step[name])}
              />
            ))}
          </section>
          <div class="pair">
            <Tallies title="By element" noun="element" rows={usage.elements} total={usage.elementCount} />
            <Tallies title="By user" noun="user" rows={usage.users} total={usage.userCount} />
          </div>
          <LeftClear overview={overview} />
          <Refusals overview={overview} />
        </>
      )}
    </>
  );
}

const HEADLINES: Readonly<Record<Verdict['is'], string>> = {
  checking: 'The trail is being verified …',
  impossible: 'The trail is not verified',
  intact: 'The trail is intact',
  broken: 'The trail is not intact',
  unverified: 'The trail is not verified in whole',
};
const TONES: Readonly<Record<Verdict['is'], string>> = {
  checking: 'quiet',
  impossible: 'warn',
  intact: 'good',
  broken: 'refused',
  unverified: 'warn',
};
const MARKS: Readonly<Record<Verdict['is'], string>> = {
  checking: '…',
  impossible: '?',
  intact: '✓',
  broken: '✗',
  unverified: '?',
};

function VerdictCard({ verdict, nowMs }: { readonly verdict: Verdict; readonly nowMs: number }) {
  return (
    <section class={`card verdict ${TONES[verdict.is]}`} aria-labelledby="verdict">
      <span class="mark" aria-hidden="true">
        {MARKS[verdict.is]}
      </span>
      <div>
        <h2 id="verdict">{HEADLINES[verdict.is]}</h2>
        {verdict.is === 'checking' && <p>Sums below are what the records claim until that is done.</p>}
        {verdict.is === 'impossible' && <p>{verdict.why}. Sums below are what the records claim.</p>}
        {'records' in verdict && <VerdictFacts verdict={verdict} nowMs={nowMs} />}
        {'findings' in verdict && verdict.findings.length > 0 && (
          <Findings findings={verdict.findings} total={verdict.findingCount} />
        )}
      </div>
    </section>
  );
}

type Known = Extract<Verdict, { readonly records: number }>;

function VerdictFacts({ verdict, nowMs }: { readonly verdict: Known; readonly nowMs: number }) {
  const { records, chains, checksumsVerified, log, witnesses, atMs } = verdict;
  const newest = log?.newest;
  return (
    <dl class="facts">
      <div>
        <dt>Records</dt>
        <dd>
          {count(records)} in {quantity(chains, 'chain')}
        </dd>
      </div>
      <div>
        <dt>Signatures</dt>
        <dd>{checksumsVerified ? 'each was checked' : 'not checked: no record key was given'}</dd>
      </div>
      <div>
        <dt>Last checkpoint</dt>
        <dd>
          {newest === undefined
            ? 'none: the trail is not sealed'
            : `${newest.time === undefined ? 'without a time' : `${span(nowMs - newest.time * 1000)} old`}, over ${quantity(newest.size, 'record')}`}
        </dd>
      </div>
      <div>
        <dt>Witnesses</dt>
        <dd>{witnesses === undefined ? 'no policy names any' : witnessText(witnesses)}</dd>
      </div>
      <div>
        <dt>Verified</dt>
        <dd>{ago(nowMs - atMs)}</dd>
      </div>
    </dl>
  );
}

interface TalliesProps {
  readonly title: string;
  readonly noun: string;
  readonly rows: readonly NamedTally[];
  readonly total: number;
}

const SHOWN_TALLIES = 12;
const KINDS = ['protected', 'unprotected', 'refused'] as const;

function Tallies({ title, noun, rows, total }: TalliesProps) {
  const shown = rows.slice(0, SHOWN_TALLIES);
  const most = Math.max(1, ...shown.map((row) => row.protected + row.unprotected + row.refused));
  return (
    <section class="card">
      <h2>{title}</h2>
      <Table
        label={title}
        columns={[
          noun,
          ...KINDS.map((kind) =>
            number(
              <>
                <span class={`swatch ${kind}`} aria-hidden="true" />
                {kind}
              </>,
            ),
          ),
        ]}
        kind="tallies"
      >
        {shown.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              <TrailLink filter={{ [noun]: row.name }}>{row.name === '' ? '(none)' : row.name}</TrailLink>
              <span class="bar" aria-hidden="true">
                {KINDS.map((kind) => (
                  <span key={kind} class={kind} style={{ width: `${(100 * row[kind]) / most}%` }} />
                ))}
              </span>
            </th>
            {KINDS.map((kind) => (
              <td key={kind} class="number">
                {count(row[kind])}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {total > shown.length && <p class="muted">… and {quantity(total - shown.length, `more ${noun}`)}.</p>}
    </section>
  );
}

function LeftClear({ overview }: { readonly overview: Overview }) {
  const rows = overview.usage.report.leftClear;
  if (rows.length === 0) return null;
  return (
    <section class="card">
      <h2>What stayed clear when it was protected</h2>
      <Table
        label="What stayed clear"
        columns={['Element', number('Values in whole'), number('Of'), 'Parts of the others']}
      >
        {rows.map(({ element, values, ofValues, parts }) => (
          <tr key={element}>
            <th scope="row">{element}</th>
            <td class="number">{count(values)}</td>
            <td class="number">{count(ofValues)}</td>
            <td>{parts ? 'stayed clear' : ''}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const SHOWN_REFUSALS = 20;

function Refusals({ overview }: { readonly overview: Overview }) {
  const rows = overview.usage.report.refused;
  if (rows.length === 0) return null;
  return (
    <section class="card">
      <h2>What was refused</h2>
      <Table
        label="What was refused"
        columns={['User', 'Operation', 'Element', number('Attempts'), number('Values'), 'Why', 'Answered']}
      >
        {rows.slice(0, SHOWN_REFUSALS).map((row, i) => (
          <tr key={i}>
            <th scope="row">{row.user}</th>
            <td>{row.operation}</td>
            <td>{row.element}</td>
            <td class="number">{count(row.attempts)}</td>
            <td class="number">{count(row.values)}</td>
            <td class="words">
              {row.code}: {row.reason}
            </td>
            <td>{row.substituted ? 'with a substitute' : 'with an error'}</td>
          </tr>
        ))}
      </Table>
      {rows.length > SHOWN_REFUSALS && <p class="muted">… and {count(rows.length - SHOWN_REFUSALS)} more.</p>}
    </section>
  );
}
