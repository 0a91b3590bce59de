import type { ComponentChildren } from 'preact';
import type { Loaded } from '../../state/loaded.ts';
import { ErrorNotice } from '../notice.tsx';

/** What was loaded; a first load shows its shape, a failed one its reason with a way to repeat it. */
export function WhenLoaded<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (data: NonNullable<T>) => ComponentChildren;
}) {
  const { data, error, loading, reload } = loaded;
  return (
    <>
      {error !== undefined && (
        <ErrorNotice error={error}>
          <button type="button" class="button" onClick={reload}>
            Try again
          </button>
        </ErrorNotice>
      )}
      {data === undefined && loading && <div class="panel skeleton-block admin-wait" aria-busy="true" />}
      {data !== undefined && data !== null && (
        <div class="loaded" aria-busy={loading} data-testid="loaded">
          {children(data)}
        </div>
      )}
    </>
  );
}
