import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { AUDIT_CODES } from '../../../../../lib/audit/codes.ts';
import { filterParameters, readFilter, type TrailFilter } from '../../../../../lib/console/filter.ts';
import { EFFECTS, type Effect } from '../../../../../lib/console/trail-row.ts';
import type { PageProps } from '../parts/page-props.ts';
import { RecordDialog } from '../parts/record-dialog.tsx';
import { RecordGrid } from '../parts/record-grid.tsx';

/** Letters that follow each other within this time are one change of the filter. */
const TYPING_MS = 150;

export function TrailPage({ progress, parameters }: PageProps) {
  const [filter, setFilter] = useState<TrailFilter>(() => readFilter(parameters));
  const [open, setOpen] = useState<number | undefined>();
  const given = parameters.toString();
  useEffect(() => setFilter(readFilter(new URLSearchParams(given))), [given]);
  const settled = useSettled(filter);
  const change = (part: Partial<TrailFilter>): void => setFilter((before) => ({ ...before, ...part }));
  const close = useCallback(() => setOpen(undefined), []);
  return (
    <div class="trail">
      <form class="filters" aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
        <TextFilter name="User" value={filter.user} onChange={(user) => change({ user })} />
        <TextFilter name="Element" value={filter.element} onChange={(element) => change({ element })} />
        <TextFilter name="Query or request" value={filter.query} onChange={(query) => change({ query })} />
        <label>
          Became
          <select
            value={filter.effect ?? ''}
            onChange={(event) =>
              change({ effect: EFFECTS.find((each): each is Effect => each === event.currentTarget.value) })
            }
          >
            <option value="">anything</option>
            {EFFECTS.map((effect) => (
              <option key={effect} value={effect}>
                {effect}
              </option>
            ))}
          </select>
        </label>
        <label>
          Code
          <select
            value={filter.code ?? ''}
            onChange={(event) =>
              change({ code: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })
            }
          >
            <option value="">any</option>
            {[...AUDIT_CODES].map(([code, { text }]) => (
              <option key={code} value={code}>
                {`${code}: ${text.slice(0, 48)}`}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={filter.isBad === true}
            onChange={(event) => change({ isBad: event.currentTarget.checked })}
          />
          Not verified only
        </label>
        <button type="button" class="plain" onClick={() => setFilter({})}>
          Clear
        </button>
      </form>
      <RecordGrid filter={settled} progress={progress} onOpen={setOpen} />
      {open !== undefined && <RecordDialog key={open} line={open} onClose={close} />}
    </div>
  );
}

function useSettled(filter: TrailFilter): string {
  const text = useMemo(() => filterParameters(filter).toString(), [filter]);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface TextFilterProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function TextFilter({ name, value, onChange }: TextFilterProps) {
  return (
    <label>
      {name}
      <input
        type="search"
        value={value ?? ''}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value || undefined)}
      />
    </label>
  );
}
