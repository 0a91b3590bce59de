import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { createSluiceClient, type FileUpload, type SluiceClient } from '../../../client/index.ts';
import type { Session } from '../auth/session.ts';
import { DownloadUrls } from './download-urls.ts';
import { FilesModel } from './files.ts';
import { QuotaModel } from './quota.ts';
import { SearchModel } from './search.ts';
import { UploadsModel } from './uploads.ts';

/** Everything that lives as long as somebody is signed in. */
export interface ConsoleModel {
  readonly client: SluiceClient;
  readonly uploads: UploadsModel;
  readonly files: FilesModel;
  readonly search: SearchModel;
  readonly quota: QuotaModel;
  readonly urls: DownloadUrls;
  readonly stop: () => void;
}

export function createConsole(session: Session): ConsoleModel {
  const client = createSluiceClient({ baseUrl: '', tokens: session.tokens, storage: localStorage });
  const uploads = new UploadsModel(client);
  const files = new FilesModel(client.api);
  const search = new SearchModel(client.api);
  const quota = new QuotaModel(client.api);
  const urls = new DownloadUrls(client.api);

  const onNews = () => {
    files.refreshSoon();
    quota.refreshSoon();
  };
  client.queue.events.on('sent', onNews);
  client.queue.events.on('settled', onNews);
  // When its bytes are sent, the pipeline may not have taken a file yet, and then nothing in the list moves.
  const heardOf = new WeakMap<FileUpload, string>();
  client.queue.events.on('change', (upload) => {
    if (upload.phase !== 'processing') return;
    const { fileStatus } = upload.snapshot();
    if (!fileStatus || heardOf.get(upload) === fileStatus) return;
    heardOf.set(upload, fileStatus);
    files.refreshSoon();
  });
  for (const event of ['opened', 'cancelled', 'idle'] as const) {
    client.queue.events.on(event, () => quota.refreshSoon());
  }

  void files.load();
  void quota.load();
  // Without this list one only cannot resume; new uploads work all the same.
  uploads.loadUnfinished().catch(() => undefined);

  const stop = () => {
    uploads.stop();
    files.stop();
    search.stop();
    quota.stop();
  };
  return { client, uploads, files, search, quota, urls, stop };
}

export const ConsoleContext = createContext<ConsoleModel | undefined>(undefined);

export function useConsole(): ConsoleModel {
  const model = useContext(ConsoleContext);
  if (!model) throw new Error('useConsole outside of a signed-in console');
  return model;
}
