// What a page shows when it has nothing to show yet, or at all.
import type { ComponentChildren } from 'preact';
import type { Failure } from '../../../../../lib/console/messages.ts';

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="state" role="status">
      <span class="spinner" aria-hidden="true" /> {what} …
    </p>
  );
}

export function Failed({ failure, again }: { readonly failure: Failure; readonly again?: () => void }) {
  return (
    <div class="state failed" role="alert">
      <p>
        <strong>{failure.error}.</strong> {failure.next}
      </p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="state empty">
      <p>
        <strong>{title}</strong>
      </p>
      <p>{children}</p>
    </div>
  );
}
