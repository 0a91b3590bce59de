import { useEffect, useState } from 'preact/hooks';
import type { FileStatusReport, SluiceApi } from '../../../client/index.ts';

const POLL_MS = 2_000;

/** How far a file is while it is processed, asked for every few seconds as long as it is looked at. */
export function useFileProgress(api: SluiceApi, fileId: string): FileStatusReport | undefined {
  const [report, setReport] = useState<FileStatusReport | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (!document.hidden) {
        // One that did not arrive is no news: the next one may.
        await api.fileStatus(fileId, stop.signal).then(setReport, () => undefined);
      }
      if (!stop.signal.aborted) timer = setTimeout(ask, POLL_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [api, fileId]);
  return report;
}
