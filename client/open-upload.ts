import type { FileStatus, PartTarget } from './api-types.ts';
import type { Heartbeat } from './heartbeat.ts';
import { PartLedger } from './part-ledger.ts';
import { type PartSenderDeps, sendParts } from './part-sender.ts';
import { PartUrls } from './part-urls.ts';
import type { ResumeStore } from './resume-store.ts';
import type { SluiceApi } from './sluice-api.ts';
import { isSluiceError, SluiceError } from './sluice-error.ts';
import type { UploadLocks } from './upload-locks.ts';
import { progressOf } from './upload-progress.ts';
import type { UploadSource } from './upload-source.ts';

/** How often `complete` may answer that parts are missing before it is an error: once for a lost part, once for luck. */
const COMPLETE_ROUNDS = 3;
const DEFAULT_HEARTBEAT_SECONDS = 30;
/** Of an upload that was opened, the states in which its bytes are not in S3, or not any more. */
const NOT_ARRIVED: ReadonlySet<FileStatus> = new Set<FileStatus>([
  'uploading',
  'aborted',
  'expired',
  'deleted',
  'purged',
]);

export interface OpenUploadDeps extends PartSenderDeps {
  readonly api: SluiceApi;
  readonly heartbeat: Heartbeat;
  readonly partsPerFile: number;
  /** Lets a later page find its way back to this upload. */
  readonly resumeStore?: ResumeStore | undefined;
  /** Keeps other tabs from offering this upload as unfinished. */
  readonly locks?: UploadLocks | undefined;
}

/** What the server planned for an upload that it holds open. Sizes in bytes. */
export interface UploadSession {
  readonly fileId: string;
  /** Tells a replacement of a file's content from the upload that brought the file. */
  readonly uploadId: string;
  readonly partSize: number;
  readonly totalParts: number;
  readonly heartbeatSeconds?: number | undefined;
}

export interface OpenUploadInit {
  readonly session: UploadSession;
  readonly source: UploadSource;
  /** URLs that the initiation brought along; undefined for an upload of an earlier page, of which S3 may hold parts. */
  readonly targets?: readonly PartTarget[] | undefined;
  readonly onProgress: () => void;
}

/** An upload that the server holds open: keeps it alive, brings the missing parts to S3 and completes. */
export class OpenUpload {
  readonly session: UploadSession;
  readonly ledger: PartLedger = new PartLedger();
  readonly #deps: OpenUploadDeps;
  readonly #source: UploadSource;
  readonly #urls: PartUrls;
  readonly #onProgress: () => void;
  /** What this page knows may be less than what S3 holds. */
  #mustAskS3: boolean;
  #stopHeartbeat: () => void = () => undefined;
  readonly #unlock: () => void;

  constructor(deps: OpenUploadDeps, { session, source, targets, onProgress }: OpenUploadInit) {
    this.session = session;
    this.#deps = deps;
    this.#source = source;
    this.#urls = new PartUrls(deps.api, session.fileId, targets ?? []);
    this.#onProgress = onProgress;
    this.#mustAskS3 = targets === undefined;
    deps.resumeStore?.remember(session.fileId, source);
    this.#unlock = deps.locks?.hold(session.fileId) ?? (() => undefined);
  }

  /** @param onGone the server no longer holds it open. */
  keepAlive(onGone: (error: SluiceError) => void): void {
    this.stopHeartbeat();
    const { fileId, heartbeatSeconds = DEFAULT_HEARTBEAT_SECONDS } = this.session;
    this.#stopHeartbeat = this.#deps.heartbeat.start(fileId, heartbeatSeconds, onGone);
  }

  stopHeartbeat(): void {
    this.#stopHeartbeat();
  }

  /** Before the next part is sent, S3's own list takes the place of what this page believes. */
  askS3Next(): void {
    this.#mustAskS3 = true;
  }

  /** Brings what is missing to S3 and completes. @returns the file's status when the server has taken the completion. */
  async send(signal: AbortSignal, onPhase: (phase: 'uploading' | 'completing') => void): Promise<FileStatus> {
    for (let round = 1; ; round++) {
      onPhase('uploading');
      await this.#sendMissing(signal);
      onPhase('completing');
      try {
        return await this.#complete();
      } catch (error) {
        if (!isSluiceError(error, 'upload_incomplete') || round >= COMPLETE_ROUNDS) throw error;
        this.askS3Next();
      }
    }
  }

  /** The server moved on without us: an answer to `complete` that was lost, or a single PUT that S3's event finished. */
  async arrivedAlready(): Promise<boolean> {
    const { fileId, uploadId } = this.session;
    try {
      const { status } = progressOf(await this.#deps.api.fileStatus(fileId), uploadId);
      return !NOT_ARRIVED.has(status);
    } catch {
      return false;
    }
  }

  /** Left as it is, for another page or tab to find among the unfinished. */
  leave(): void {
    this.stopHeartbeat();
    this.#unlock();
  }

  /** Over, in whichever way: nobody needs to find it again. */
  close(): void {
    this.leave();
    this.#deps.resumeStore?.forget(this.session.fileId);
  }

  /** Frees on the server what it holds there. */
  async abort(): Promise<void> {
    try {
      await this.#deps.api.abort(this.session.fileId);
    } catch {
      // The server's sweep ends what stays without heartbeats.
    }
  }

  async #sendMissing(signal: AbortSignal): Promise<void> {
    if (this.#mustAskS3) await this.#learnFromS3(signal);
    const { api, timing, partsPerFile } = this.#deps;
    const { fileId, partSize, totalParts } = this.session;
    this.ledger.begin(timing.now());
    try {
      await sendParts(this.#deps, {
        source: this.#source,
        partSize,
        partNumbers: this.ledger.missing(totalParts),
        concurrency: partsPerFile,
        urls: this.#urls,
        signal,
        onUnknownUpload: async () => {
          await api.storedParts(fileId, signal);
        },
        onPartProgress: (partNumber, sentBytes) => {
          this.ledger.partProgress(partNumber, sentBytes, timing.now());
          this.#onProgress();
        },
        onPartDone: (partNumber, size, etag) => {
          this.ledger.partDone(partNumber, size, etag, timing.now());
          this.#onProgress();
        },
      });
    } finally {
      this.ledger.end();
    }
  }

  /** Without a stop signal: once the server was asked to complete, its answer decides what the upload is. */
  async #complete(): Promise<FileStatus> {
    if (this.ledger.lacksEtags) await this.#learnFromS3();
    const { status } = await this.#deps.api.complete(this.session.fileId, this.ledger.completedParts());
    return status;
  }

  async #learnFromS3(signal?: AbortSignal): Promise<void> {
    const { fileId, partSize, totalParts } = this.session;
    const stored = await this.#deps.api.storedParts(fileId, signal);
    // Of a finished upload S3 lists no parts any more, while all of them count as uploaded.
    if (stored.parts.length === 0 && stored.uploadedParts > 0) throw alreadyCompleted();
    this.ledger.learn(stored, { partSize, totalParts, fileSize: this.#source.size });
    this.#mustAskS3 = false;
    this.#onProgress();
  }
}

const alreadyCompleted = () =>
  new SluiceError({ status: 409, code: 'upload_state_conflict', detail: 'The upload is complete already.' });
