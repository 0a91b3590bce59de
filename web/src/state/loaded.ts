import { useCallback, useEffect, useState } from 'preact/hooks';

export interface Loaded<T> {
  /** Stays while it is loaded again, so that the page does not flicker. */
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** What `load` answers, again whenever `key` changes; an answer that comes too late for its key is dropped. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, key: string): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState(({ data }) => ({ data, error: undefined, loading: true }));
    load(stop.signal).then(
      (data) => !stop.signal.aborted && setState({ data, error: undefined, loading: false }),
      (error) => !stop.signal.aborted && setState(({ data }) => ({ data, error, loading: false })),
    );
    return () => stop.abort();
    // `load` is new in every rendering; `key` says when it would answer something else.
  }, [key, round]);
  return { ...state, reload: useCallback(() => setRound((count) => count + 1), []) };
}
