// Asks the server of the console.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure, Progress } from '../../../../../lib/console/messages.ts';

const NO_ANSWER: Failure = {
  error: 'The console does not answer',
  next: 'Start it again, and open the address that it prints.',
};

/** The reply, or why there is none. Never rejects. */
export type Reply<T> = { readonly value: T } | { readonly failure: Failure };

export async function ask<T>(path: string, body?: object): Promise<Reply<T>> {
  try {
    const response = await fetch(path, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const reply = (await response.json()) as T | Failure;
    return response.ok ? { value: reply as T } : { failure: reply as Failure };
  } catch {
    return { failure: NO_ANSWER };
  }
}

/** A reply that is asked for when the page is shown, and again when `version` changes. The last one stays until the next is there. */
export interface Asked<T> {
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly again: () => void;
}

export function useReply<T>(path: string | undefined, version: unknown = 0): Asked<T> {
  const [reply, setReply] = useState<{ readonly path: string; readonly reply: Reply<T> } | undefined>();
  const [tries, setTries] = useState(0);
  // One request at a time: while much changes, those that are given up would keep the server from everything else.
  const underWay = useRef<{ path: string; isStale: boolean } | undefined>(undefined);
  useEffect(() => {
    if (path === undefined) return;
    if (underWay.current?.path === path) {
      underWay.current.isStale = true;
      return;
    }
    const own = { path, isStale: true };
    underWay.current = own;
    const show = async (): Promise<void> => {
      while (own.isStale) {
        own.isStale = false;
        const found = await ask<T>(path);
        // Another path has been asked for meanwhile.
        if (underWay.current !== own) return;
        setReply({ path, reply: found });
      }
      underWay.current = undefined;
    };
    void show();
  }, [path, version, tries]);
  const again = useCallback(() => setTries((before) => before + 1), []);
  const current = reply?.path === path ? reply?.reply : undefined;
  return {
    value: current !== undefined && 'value' in current ? current.value : undefined,
    failure: current !== undefined && 'failure' in current ? current.failure : undefined,
    again,
  };
}

/** How far the server is, live; `isOpen` is false while the console cannot be reached. */
export function useProgress(): { readonly progress: Progress | undefined; readonly isOpen: boolean } {
  const [progress, setProgress] = useState<Progress | undefined>();
  const [isOpen, setOpen] = useState(true);
  const source = useRef<EventSource | undefined>(undefined);
  useEffect(() => {
    const live = new EventSource('/api/live');
    source.current = live;
    live.addEventListener('progress', (event) => {
      setOpen(true);
      setProgress(JSON.parse((event as MessageEvent<string>).data) as Progress);
    });
    live.addEventListener('open', () => setOpen(true));
    live.addEventListener('error', () => setOpen(false));
    return () => live.close();
  }, []);
  return { progress, isOpen };
}
