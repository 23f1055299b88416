// The frame of the console: its pages, and what they look at.
import type { FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress, SubjectFacts } from '../../../../lib/console/messages.ts';
import { OverviewPage } from './pages/overview.tsx';
import { PolicyPage } from './pages/policy.tsx';
import { ReadersPage } from './pages/readers.tsx';
import { TenantsPage } from './pages/tenants.tsx';
import { TrailPage } from './pages/trail.tsx';
import { TryPage } from './pages/try.tsx';
import { VerifyPage } from './pages/verify.tsx';
import { useProgress, useReply } from './parts/api.ts';
import { count } from './parts/format.ts';
import type { PageProps } from './parts/page-props.ts';

interface Page {
  readonly name: string;
  readonly title: string;
  readonly show: FunctionComponent<PageProps>;
}

const PAGES: readonly Page[] = [
  { name: 'overview', title: 'Overview', show: OverviewPage },
  { name: 'trail', title: 'Trail', show: TrailPage },
  { name: 'verify', title: 'Verify', show: VerifyPage },
  { name: 'policy', title: 'Policy', show: PolicyPage },
  { name: 'readers', title: 'Who saw what', show: ReadersPage },
  { name: 'try', title: 'Try', show: TryPage },
  { name: 'tenants', title: 'Tenants', show: TenantsPage },
];

export function App() {
  const { page, parameters } = usePlace();
  const { progress, isOpen } = useProgress();
  const { value: subject } = useReply<SubjectFacts>('/api/subject');
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${page.title} · Protector console`;
    // A page that is chosen by keys goes on from its heading; the first page moves no focus.
    if (isFirst.current) isFirst.current = false;
    else heading.current?.focus();
    scrollTo({ top: 0 });
  }, [page]);
  const Shown = page.show;
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        Go to the content
      </a>
      <header class="top">
        <p class="brand">
          <img src="/icon.svg" alt="" width="22" height="22" /> Protector console
        </p>
        <nav aria-label="Pages">
          <ul>
            {PAGES.map(({ name, title }) => (
              <li key={name}>
                <a href={`#/${name}`} aria-current={name === page.name ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Subject subject={subject} progress={progress} isOpen={isOpen} />
      </header>
      <main id="content">
        <h1 ref={heading} tabIndex={-1}>
          {page.title}
        </h1>
        {!isOpen && (
          <p class="note refused" role="alert">
            The console cannot be reached. What you see is as it was; start the console again, and open the address that
            it prints.
          </p>
        )}
        <Shown key={page.name} progress={progress} parameters={parameters} />
      </main>
    </>
  );
}

interface SubjectProps {
  readonly subject: SubjectFacts | undefined;
  readonly progress: Progress | undefined;
  readonly isOpen: boolean;
}

function Subject({ subject, progress, isOpen }: SubjectProps) {
  if (subject === undefined) return null;
  const state = isOpen ? followed(subject, progress) : 'not reached';
  return (
    <div class="subject">
      <p title={subject.records}>{subject.workspace ?? subject.records}</p>
      <p>
        <span class={`dot ${isOpen ? 'good' : 'refused'}`} aria-hidden="true" /> {state}
        {progress !== undefined && ` · ${count(progress.records)} records`}
      </p>
      <p>Release {subject.release}</p>
    </div>
  );
}

/** Says how new records come. */
function followed({ isLive, everyS }: SubjectFacts, progress: Progress | undefined): string {
  if (!isLive) return 'as it was read';
  if (progress?.isFollowed === false) return 'full: no longer followed';
  return everyS === undefined ? 'live' : `live, asked every ${everyS} s`;
}

/** The page and its parameters, which the address holds behind `#`: `#/trail?user=ann`. */
function usePlace(): { readonly page: Page; readonly parameters: URLSearchParams } {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = (): void => setHash(location.hash);
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  const [name = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { page: PAGES.find((each) => each.name === name) ?? PAGES[0]!, parameters: new URLSearchParams(query) };
}
