// The report as one file: the pages about usage, over the data that lies beside the script.
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import type { ReportData } from '../../../../lib/console/messages.ts';
import { OverviewView } from './pages/overview.tsx';
import { ReadersView } from './pages/readers.tsx';
import { timeText } from './parts/format.ts';

function Report({ data }: { readonly data: ReportData }) {
  return (
    <main class="report">
      <h1>Audit report</h1>
      <p class="muted">
        {data.source} · made {timeText(data.overview.nowMs)} UTC by serverless-protector {data.release}
      </p>
      <OverviewView overview={data.overview} />
      <h2>Who saw what in the last 30 days</h2>
      <ReadersView readers={data.readers} />
    </main>
  );
}

const data = JSON.parse(document.getElementById('data')!.textContent) as ReportData;
render(<Report data={data} />, document.getElementById('app')!);
