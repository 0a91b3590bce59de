import type { FileStatus, FileStatusReport, PartTarget } from './api-types.ts';
import { Emitter } from './emitter.ts';
import type { Heartbeat } from './heartbeat.ts';
import { PartLedger } from './part-ledger.ts';
import { type PartSenderDeps, sendParts } from './part-sender.ts';
import { PartUrls } from './part-urls.ts';
import type { ResumeStore } from './resume-store.ts';
import type { SluiceApi } from './sluice-api.ts';
import { cancelled, isSluiceError, SluiceError, toSluiceError } from './sluice-error.ts';
import { SETTLED, type StatusWatcher } from './status-watcher.ts';
import type { UploadLocks } from './upload-locks.ts';
import { initiateRequest, type UploadRequest } from './upload-request.ts';
import { canCancel, canPause, type UploadPhase, type UploadSnapshot } from './upload-state.ts';

/** How often `complete` may answer that parts are missing before it is an error: once for a lost part, once for luck. */
const COMPLETE_ROUNDS = 3;
/** An upload that expired (a long pause, a closed laptop) starts anew by itself, once. */
const RESTARTS = 1;
const DEFAULT_HEARTBEAT_SECONDS = 30;

export interface UploadDeps extends PartSenderDeps {
  readonly api: SluiceApi;
  readonly heartbeat: Heartbeat;
  readonly watcher: StatusWatcher;
  readonly partsPerFile: number;
  /** Lets a later page find its way back to this upload. */
  readonly resumeStore?: ResumeStore | undefined;
  /** Keeps other tabs from offering this upload as unfinished. */
  readonly locks?: UploadLocks | undefined;
}

/** An upload that the server holds open. */
export interface UploadSession {
  readonly fileId: string;
  readonly partSize: number;
  readonly totalParts: number;
  readonly heartbeatSeconds?: number | undefined;
}

/** How one run ended. `limited`: a limit that passes; try again later. */
export type RunOutcome =
  | { readonly kind: 'sent' | 'paused' | 'cancelled' }
  | { readonly kind: 'limited' | 'failed'; readonly error: SluiceError };

export interface UploadEvents {
  /** Anything in the snapshot moved. */
  change: FileUpload;
  /** The server has opened it: a slot and the file's size in the quota are taken. */
  opened: FileUpload;
  /** The bytes are in S3 and the server has taken the completion. */
  sent: FileUpload;
  /** The server is done with the file: finished or rejected. */
  settled: FileUpload;
  /** Ended on the server too: what it held is free again. */
  cancelled: FileUpload;
}

const LIMITS_THAT_PASS = ['concurrency_limit_exceeded', 'rate_limited', 'capacity_exceeded'] as const;

/** One file on its way. `run` begins or continues it; it can be paused, and cancelled for good. */
export class FileUpload {
  readonly id: string = newKey();
  readonly events: Emitter<UploadEvents> = new Emitter<UploadEvents>();
  readonly request: UploadRequest;
  readonly #deps: UploadDeps;

  #phase: UploadPhase = 'queued';
  #error: SluiceError | undefined;
  #status: FileStatus | undefined;
  #reason: string | undefined;
  #session: UploadSession | undefined;
  #urls: PartUrls | undefined;
  #idempotencyKey = newKey();
  #onConflict: UploadRequest['onConflict'];
  #stop: AbortController | undefined;
  #running: Promise<RunOutcome> | undefined;
  #stopHeartbeat: () => void = () => undefined;
  #unlock: () => void = () => undefined;

  readonly #ledger = new PartLedger();
  /** What this page knows may be less than what S3 holds. */
  #mustAskS3 = false;
  /** All bytes are in S3, whether or not this page sent them. */
  #arrived = false;

  constructor(deps: UploadDeps, request: UploadRequest, session?: UploadSession) {
    this.#deps = deps;
    this.request = request;
    this.#onConflict = request.onConflict;
    if (session) {
      this.#session = session;
      this.#urls = new PartUrls(deps.api, session.fileId, []);
      this.#mustAskS3 = true;
      this.#lock(session);
    }
  }

  get phase(): UploadPhase {
    return this.#phase;
  }

  get fileId(): string | undefined {
    return this.#session?.fileId;
  }

  snapshot(): UploadSnapshot {
    const { source, path } = this.request;
    const speed =
      this.#phase === 'uploading'
        ? this.#ledger.estimate(source.size, this.#deps.timing.now())
        : { bytesPerSecond: 0, etaSeconds: undefined };
    return {
      id: this.id,
      name: source.name,
      path,
      size: source.size,
      phase: this.#phase,
      uploadedBytes: this.#arrived ? source.size : Math.min(source.size, this.#ledger.uploadedBytes()),
      ...speed,
      partsDone: this.#ledger.partsDone,
      totalParts: this.#session?.totalParts ?? 0,
      fileId: this.#session?.fileId,
      fileStatus: this.#status,
      reason: this.#reason,
      error: this.#error,
    };
  }

  /**
   * Sends what is not in S3 yet and completes. Never rejects. After `sent` the upload goes on to watch what the
   * server makes of the file and tells by `settled`.
   */
  run(): Promise<RunOutcome> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Parts under way are given up; finished ones stay. The server keeps the upload open (heartbeats go on). */
  pause(): void {
    if (!canPause(this.#phase)) return;
    this.#enter('paused');
    this.#stop?.abort('pause');
  }

  /** Leaves it where it is, for somebody else to find: paused, without heartbeats, unfinished in every tab's list. */
  abandon(): void {
    this.pause();
    this.#stopHeartbeat();
    this.#unlock();
  }

  /** Back in the line, to be run again: after a pause, a failure, or with another answer to a name conflict. */
  requeue(changes: Pick<UploadRequest, 'onConflict'> = {}): void {
    if (this.#phase !== 'paused' && this.#phase !== 'failed') return;
    if (changes.onConflict) this.#onConflict = changes.onConflict;
    this.#enter('queued');
  }

  /** A limit has not passed for too long. */
  giveUp(error: SluiceError): void {
    if (this.#phase === 'queued') this.#enter('failed', error);
  }

  /** Ends it here and on the server, where slot and reservation are freed. */
  async cancel(): Promise<void> {
    if (!canCancel(this.#phase)) return;
    this.#enter('cancelled');
    this.#stop?.abort('cancel');
    // An initiation under way still brings a session, which must not stay behind open.
    await this.#running;
    await this.#abortOnServer();
    this.events.emit('cancelled', this);
  }

  async #run(): Promise<RunOutcome> {
    for (let restart = 0; ; restart++) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      try {
        await this.#transfer(signal);
        this.#bytesArrived();
        return { kind: 'sent' };
      } catch (cause) {
        // By the signal and not by the phase: somebody may have asked to go on again meanwhile.
        if (signal.reason === 'pause') return { kind: 'paused' };
        if (signal.reason === 'cancel') return { kind: 'cancelled' };
        const error = toSluiceError(signal.reason instanceof SluiceError ? signal.reason : cause);
        if (isSluiceError(error, 'upload_state_conflict') && (await this.#arrivedAlready())) {
          this.#bytesArrived();
          return { kind: 'sent' };
        }
        const hadSession = this.#session !== undefined;
        if (isSluiceError(error, 'upload_expired', 'upload_aborted', 'not_found')) this.#forgetSession();
        if (hadSession && error.code === 'upload_expired' && restart < RESTARTS) continue;
        return this.#failed(error, hadSession);
      }
    }
  }

  #failed(error: SluiceError, hadSession: boolean): RunOutcome {
    // A clear no is remembered under its key; asking again is a new question. No answer at all is the same question.
    if (!hadSession && error.status >= 400 && error.status < 500) this.#idempotencyKey = newKey();
    this.#stopHeartbeat();
    if (!hadSession && isSluiceError(error, ...LIMITS_THAT_PASS)) {
      this.#enter('queued', error);
      return { kind: 'limited', error };
    }
    // What landed just before the failure is in S3 without our knowing.
    this.#mustAskS3 = this.#session !== undefined;
    this.#enter('failed', error);
    return { kind: 'failed', error };
  }

  async #transfer(signal: AbortSignal): Promise<void> {
    await this.#deps.connectivity.online(signal);
    const session = this.#session ?? (await this.#initiate());
    if (signal.aborted) throw cancelled(signal.reason);
    this.#beat(session);
    this.#enter('uploading');
    for (let round = 1; ; round++) {
      await this.#sendMissing(session, signal);
      this.#enter('completing');
      try {
        const { status } = await this.#deps.api.complete(session.fileId, await this.#completedParts(session));
        this.#status = status;
        return;
      } catch (error) {
        if (!isSluiceError(error, 'upload_incomplete') || round >= COMPLETE_ROUNDS) throw error;
        this.#mustAskS3 = true;
        this.#enter('uploading');
      }
    }
  }

  /** Without the stop signal: whether the server opened a session must be known before anything else happens. */
  async #initiate(): Promise<UploadSession> {
    this.#enter('initiating');
    const request = initiateRequest(this.request, this.#onConflict);
    const started = await this.#deps.api.initiate(request, this.#idempotencyKey);
    this.#openSession(started, started.parts);
    return started;
  }

  #openSession(session: UploadSession, targets: readonly PartTarget[]): void {
    this.#session = session;
    this.#urls = new PartUrls(this.#deps.api, session.fileId, targets);
    this.#deps.resumeStore?.remember(session.fileId, this.request.source);
    this.#lock(session);
    this.events.emit('opened', this);
  }

  #lock({ fileId }: UploadSession): void {
    this.#unlock();
    this.#unlock = this.#deps.locks?.hold(fileId) ?? (() => undefined);
  }

  #beat(session: UploadSession): void {
    this.#stopHeartbeat();
    const everySeconds = session.heartbeatSeconds ?? DEFAULT_HEARTBEAT_SECONDS;
    this.#stopHeartbeat = this.#deps.heartbeat.start(session.fileId, everySeconds, (gone) => {
      // Paused uploads find out when they go on, and then start anew.
      if (this.#phase === 'uploading') this.#stop?.abort(gone);
    });
  }

  async #sendMissing(session: UploadSession, signal: AbortSignal): Promise<void> {
    if (this.#mustAskS3) await this.#learnFromS3(session, signal);
    const urls = this.#urls ?? new PartUrls(this.#deps.api, session.fileId, []);
    const { timing } = this.#deps;
    this.#ledger.begin(timing.now());
    try {
      await sendParts(this.#deps, {
        source: this.request.source,
        partSize: session.partSize,
        partNumbers: this.#ledger.missing(session.totalParts),
        concurrency: this.#deps.partsPerFile,
        urls,
        signal,
        onUnknownUpload: async () => {
          await this.#deps.api.storedParts(session.fileId, signal);
        },
        onPartProgress: (partNumber, sentBytes) => {
          this.#ledger.partProgress(partNumber, sentBytes, timing.now());
          this.#changed();
        },
        onPartDone: (partNumber, size, etag) => {
          this.#ledger.partDone(partNumber, size, etag, timing.now());
          this.#changed();
        },
      });
    } finally {
      this.#ledger.end();
    }
  }

  async #learnFromS3(session: UploadSession, signal?: AbortSignal): Promise<void> {
    const stored = await this.#deps.api.storedParts(session.fileId, signal);
    // Of a finished upload S3 lists no parts any more, while all of them count as uploaded.
    if (stored.parts.length === 0 && stored.uploadedParts > 0) throw alreadyCompleted();
    const { partSize, totalParts } = session;
    this.#ledger.learn(stored, { partSize, totalParts, fileSize: this.request.source.size });
    this.#mustAskS3 = false;
    this.#changed();
  }

  async #completedParts(session: UploadSession) {
    if (this.#ledger.lacksEtags) await this.#learnFromS3(session);
    return this.#ledger.completedParts();
  }

  /** The server moved on without us: an answer to `complete` that was lost, or a single PUT that S3's event finished. */
  async #arrivedAlready(): Promise<boolean> {
    const fileId = this.#session?.fileId;
    if (!fileId) return false;
    try {
      const { status } = await this.#deps.api.fileStatus(fileId);
      return !['uploading', 'aborted', 'expired', 'deleted', 'purged'].includes(status);
    } catch {
      return false;
    }
  }

  #bytesArrived(): void {
    this.#stopHeartbeat();
    this.#unlock();
    const fileId = this.#session?.fileId;
    if (!fileId) return;
    this.#deps.resumeStore?.forget(fileId);
    this.#arrived = true;
    this.#enter('processing');
    this.events.emit('sent', this);
    void this.#follow(fileId);
  }

  async #follow(fileId: string): Promise<void> {
    const forAsLongAsThePage = new AbortController().signal;
    try {
      const last = await this.#deps.watcher.watch(
        fileId,
        (report) => this.#reported(report),
        forAsLongAsThePage,
      );
      this.#settle(last);
    } catch {
      // The bytes are safe and the file is listed; only the news of it do not reach this page.
      this.#enter('finished');
      this.events.emit('settled', this);
    }
  }

  #reported(report: FileStatusReport): void {
    this.#status = report.status;
    this.#reason = report.reason;
    if (!SETTLED.has(report.status)) this.#changed();
  }

  #settle(report: FileStatusReport): void {
    this.#reported(report);
    this.#enter(report.status === 'rejected' ? 'rejected' : 'finished');
    this.events.emit('settled', this);
  }

  async #abortOnServer(): Promise<void> {
    const fileId = this.#session?.fileId;
    this.#forgetSession();
    if (!fileId) return;
    try {
      await this.#deps.api.abort(fileId);
    } catch {
      // The server's sweep ends what stays without heartbeats.
    }
  }

  #forgetSession(): void {
    this.#stopHeartbeat();
    this.#unlock();
    if (this.#session) this.#deps.resumeStore?.forget(this.#session.fileId);
    this.#session = undefined;
    this.#urls = undefined;
    this.#ledger.forget();
    this.#mustAskS3 = false;
    this.#idempotencyKey = newKey();
  }

  #enter(phase: UploadPhase, error?: SluiceError): void {
    // Somebody stopped it meanwhile: only going on from there (requeue) leaves these again.
    const stopped = this.#phase === 'cancelled' || (this.#phase === 'paused' && phase !== 'queued');
    if (stopped && phase !== 'cancelled') return;
    this.#phase = phase;
    this.#error = error;
    this.#changed();
  }

  #changed(): void {
    this.events.emit('change', this);
  }
}

const alreadyCompleted = () =>
  new SluiceError({ status: 409, code: 'upload_state_conflict', detail: 'The upload is complete already.' });

/** 128 random bits. crypto.randomUUID is missing on plain-HTTP origins other than localhost, this is not. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
