import { AdminApi } from './admin-api.ts';
import { browserConnectivity, type Connectivity } from './connectivity.ts';
import { fetchTransport } from './fetch-transport.ts';
import type { UploadDeps } from './file-upload.ts';
import { Heartbeat } from './heartbeat.ts';
import { HttpClient } from './http-client.ts';
import { PART_RETRY } from './part-sender.ts';
import type { PartTransport } from './part-transport.ts';
import { type KeyValueStorage, ResumeStore } from './resume-store.ts';
import { Semaphore } from './semaphore.ts';
import { SluiceApi } from './sluice-api.ts';
import { StatusWatcher } from './status-watcher.ts';
import { systemTiming, type Timing } from './timing.ts';
import type { TokenProvider } from './tokens.ts';
import { browserLocks, type UploadLocks } from './upload-locks.ts';
import { UploadQueue } from './upload-queue.ts';
import { CHECKSUM_MAX_BYTES } from './upload-request.ts';
import { xhrTransport } from './xhr-transport.ts';

/** Browsers open six connections to one host over HTTP/1.1, which is what S3 speaks. */
export const MAX_CONNECTIONS = 6;
export const PARTS_PER_FILE = 4;
export const FILES_IN_FLIGHT = 3;

export interface SluiceClientOptions {
  /** Origin and stage of the API, without a slash at its end; '' for the page's own origin. */
  readonly baseUrl: string;
  readonly tokens: TokenProvider;
  /** Makes uploads resumable after a reload: localStorage in browsers. */
  readonly storage?: KeyValueStorage;
  /** Tells tabs apart: Web Locks, where the browser has them. */
  readonly locks?: UploadLocks;
  readonly timing?: Timing;
  readonly connectivity?: Connectivity;
  readonly transport?: PartTransport;
  readonly maxFilesInFlight?: number;
  readonly partsPerFile?: number;
  readonly maxConnections?: number;
  readonly partRetry?: typeof PART_RETRY;
  /**
   * Files up to this size are declared with their SHA256, so that no other bytes are taken for them. Default: one part,
   * which S3 checks on arrival. More makes the server read such a file once more; 0 declares nothing.
   */
  readonly checksumMaxBytes?: number;
}

export interface SluiceClient {
  readonly api: SluiceApi;
  readonly admin: AdminApi;
  readonly queue: UploadQueue;
  readonly resumeStore: ResumeStore | undefined;
  readonly locks: UploadLocks | undefined;
}

/** Everything put together the way a page needs it. */
export function createSluiceClient(options: SluiceClientOptions): SluiceClient {
  const timing = options.timing ?? systemTiming;
  const http = new HttpClient({ baseUrl: options.baseUrl, timing, tokens: options.tokens });
  const api = new SluiceApi(http);
  const resumeStore = options.storage && new ResumeStore(options.storage, timing.now);
  const locks = options.locks ?? browserLocks();
  const deps: UploadDeps = {
    api,
    timing,
    transport: options.transport ?? (typeof XMLHttpRequest === 'undefined' ? fetchTransport : xhrTransport),
    connectivity: options.connectivity ?? browserConnectivity,
    connections: new Semaphore(options.maxConnections ?? MAX_CONNECTIONS),
    retry: options.partRetry ?? PART_RETRY,
    heartbeat: new Heartbeat(api, timing),
    watcher: new StatusWatcher(api, timing),
    partsPerFile: options.partsPerFile ?? PARTS_PER_FILE,
    checksumMaxBytes: options.checksumMaxBytes ?? CHECKSUM_MAX_BYTES,
    resumeStore,
    locks,
  };
  const queue = new UploadQueue(deps, { maxFilesInFlight: options.maxFilesInFlight ?? FILES_IN_FLIGHT });
  return { api, admin: new AdminApi(http), queue, resumeStore, locks };
}
