import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type ImageOperation,
  type Job,
  type SluiceApi,
  systemTiming,
  watchJob,
} from '../../../client/index.ts';

/** An operation that was asked for on this page. */
export interface Making {
  readonly jobId: string;
  readonly type: ImageOperation['type'];
  readonly estimatedSeconds: number;
  /** As it was last heard of. */
  readonly job: Job | undefined;
  readonly error: unknown;
}

/** Has operations made of a file and follows them until they end, or until the page that shows them goes. */
export function useMaking(api: SluiceApi, fileId: string, onChange: () => void) {
  const [makings, setMakings] = useState<readonly Making[]>([]);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const note = (jobId: string, change: Partial<Making>) =>
    setMakings((list) => list.map((making) => (making.jobId === jobId ? { ...making, ...change } : making)));
  const follow = async (jobId: string) => {
    const { signal } = stop.current;
    try {
      await watchJob({ api, timing: systemTiming }, jobId, (job) => note(jobId, { job }), signal);
    } catch (error) {
      if (signal.aborted) return;
      note(jobId, { error });
    }
    onChange();
  };

  /** @throws SluiceError when it was not taken. */
  const make = async (operation: ImageOperation): Promise<void> => {
    const started = await api.process(fileId, [operation]);
    const begun = started.map(
      ({ jobId, estimatedSeconds }): Making => ({
        ...{ jobId, estimatedSeconds, type: operation.type },
        ...{ job: undefined, error: undefined },
      }),
    );
    // The same once more is the same job.
    const ids = new Set(begun.map(({ jobId }) => jobId));
    setMakings((list) => [...list.filter(({ jobId }) => !ids.has(jobId)), ...begun]);
    onChange();
    for (const { jobId } of begun) void follow(jobId);
  };
  return { makings, make };
}
