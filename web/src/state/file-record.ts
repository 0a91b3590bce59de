import { useEffect, useState } from 'preact/hooks';
import type { FileRecord, SluiceApi, TimelineEvent } from '../../../client/index.ts';

export interface LoadedRecord {
  /** The newer of the listed record and the one that was fetched. */
  readonly file: FileRecord;
  /** Not only what a listing knows of it at this moment. */
  readonly isWhole: boolean;
  readonly timeline: readonly TimelineEvent[] | undefined;
  readonly error: unknown;
  /** After something was done to the file. */
  readonly reload: () => void;
}

/** All of one file: a listing leaves out metadata, EXIF, the text, what was made on demand and what an encoder made. */
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

  const isWhole = full !== undefined && full.updatedAt >= listed.updatedAt;
  const file = isWhole ? full : merged(full, listed);
  return { file, isWhole, timeline, error, reload: () => setRound((count) => count + 1) };
}

/** What the older record knows stays for the moment, where it is still true: a video that plays goes on. */
function merged(full: FileRecord | undefined, listed: FileRecord): FileRecord {
  const isSame = full?.version === listed.version && full.status === listed.status;
  return { ...full, ...listed, ...(isSame && { renditions: full.renditions }) };
}
