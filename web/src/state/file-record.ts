import { useEffect, useState } from 'preact/hooks';
import type { FileRecord, SluiceApi, TimelineEvent } from '../../../client/index.ts';

export interface LoadedRecord {
  /** The newer of the listed record and the one that was fetched. */
  readonly file: FileRecord;
  readonly timeline: readonly TimelineEvent[] | undefined;
  readonly error: unknown;
  /** After something was done to the file. */
  readonly reload: () => void;
}

/** All of one file: a listing leaves out metadata, EXIF, the text and what was made on demand. */
export function useFileRecord(api: SluiceApi, listed: FileRecord): LoadedRecord {
  const [full, setFull] = useState<FileRecord | undefined>(undefined);
  const [timeline, setTimeline] = useState<readonly TimelineEvent[] | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [round, setRound] = useState(0);
  // Again whenever the listed record says that something moved.
  useEffect(() => {
    const stop = new AbortController();
    const unlessClosed = (cause: unknown) => {
      if (!stop.signal.aborted) setError(cause);
    };
    setError(undefined);
    api.file(listed.id, stop.signal).then(setFull, unlessClosed);
    api.timeline(listed.id, stop.signal).then(setTimeline, unlessClosed);
    return () => stop.abort();
  }, [api, listed.id, listed.etag, round]);

  const isNewer = full !== undefined && full.updatedAt >= listed.updatedAt;
  const file = isNewer ? full : { ...full, ...listed };
  return { file, timeline, error, reload: () => setRound((count) => count + 1) };
}
