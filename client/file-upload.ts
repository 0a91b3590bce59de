import type { FileStatus, PartTarget } from './api-types.ts';
import { Emitter } from './emitter.ts';
import { OpenUpload, type OpenUploadDeps, type UploadSession } from './open-upload.ts';
import { randomId } from './random-id.ts';
import { cancelled, isSluiceError, SluiceError, toSluiceError } from './sluice-error.ts';
import { SETTLED, type StatusWatcher } from './status-watcher.ts';
import { checksumOf, initiateRequest, type UploadRequest } from './upload-request.ts';
import { canCancel, canPause, type UploadPhase, type UploadSnapshot } from './upload-state.ts';

/** An upload that expired (a long pause, a closed laptop) starts anew by itself, once. */
const RESTARTS = 1;

export interface UploadDeps extends OpenUploadDeps {
  readonly watcher: StatusWatcher;
  /** Files up to this size have their checksum declared. */
  readonly checksumMaxBytes: number;
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
  readonly id: string = randomId();
  readonly events: Emitter<UploadEvents> = new Emitter<UploadEvents>();
  readonly request: UploadRequest;
  readonly #deps: UploadDeps;

  #phase: UploadPhase = 'queued';
  #error: SluiceError | undefined;
  #status: FileStatus | undefined;
  #reason: string | undefined;
  #open: OpenUpload | undefined;
  #idempotencyKey = randomId();
  #onConflict: UploadRequest['onConflict'];
  #stop: AbortController | undefined;
  #running: Promise<RunOutcome> | undefined;
  /** All bytes are in S3, whether or not this page sent them. */
  #arrived = false;
  /** Left to others, even what an initiation under way may still open. */
  #abandoned = false;

  constructor(deps: UploadDeps, request: UploadRequest, session?: UploadSession) {
    this.#deps = deps;
    this.request = request;
    this.#onConflict = request.onConflict;
    if (session) this.#openAs(session);
  }

  get phase(): UploadPhase {
    return this.#phase;
  }

  get fileId(): string | undefined {
    return this.#open?.session.fileId;
  }

  snapshot(): UploadSnapshot {
    const { source, path } = this.request;
    const ledger = this.#open?.ledger;
    const speed =
      ledger && this.#phase === 'uploading'
        ? ledger.estimate(source.size, this.#deps.timing.now())
        : { bytesPerSecond: 0, etaSeconds: undefined };
    return {
      id: this.id,
      name: source.name,
      path,
      size: source.size,
      phase: this.#phase,
      uploadedBytes: this.#arrived ? source.size : Math.min(source.size, ledger?.uploadedBytes() ?? 0),
      ...speed,
      partsDone: ledger?.partsDone ?? 0,
      totalParts: this.#open?.session.totalParts ?? 0,
      fileId: this.fileId,
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
    this.#abandoned = true;
    this.pause();
    this.#open?.leave();
  }

  /** Back in the line, to be run again: after a pause, a failure, or with another answer to a name conflict. */
  requeue(changes: Pick<UploadRequest, 'onConflict'> = {}): void {
    if (this.#phase !== 'paused' && this.#phase !== 'failed') return;
    if (changes.onConflict) this.#onConflict = changes.onConflict;
    this.#abandoned = false;
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
    const open = this.#open;
    this.#forgetSession();
    await open?.abort();
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
        if (isSluiceError(error, 'upload_state_conflict') && (await this.#open?.arrivedAlready())) {
          this.#bytesArrived();
          return { kind: 'sent' };
        }
        const hadSession = this.#open !== undefined;
        if (isSluiceError(error, 'upload_expired', 'upload_aborted', 'not_found')) this.#forgetSession();
        if (hadSession && error.code === 'upload_expired' && restart < RESTARTS) continue;
        return this.#failed(error, hadSession);
      }
    }
  }

  #failed(error: SluiceError, hadSession: boolean): RunOutcome {
    // A clear no is remembered under its key; asking again is a new question. No answer at all is the same question.
    if (!hadSession && error.status >= 400 && error.status < 500) this.#idempotencyKey = randomId();
    this.#open?.stopHeartbeat();
    if (!hadSession && isSluiceError(error, ...LIMITS_THAT_PASS)) {
      this.#enter('queued', error);
      return { kind: 'limited', error };
    }
    // What landed just before the failure is in S3 without our knowing.
    this.#open?.askS3Next();
    this.#enter('failed', error);
    return { kind: 'failed', error };
  }

  async #transfer(signal: AbortSignal): Promise<void> {
    await this.#deps.connectivity.online(signal);
    const open = this.#open ?? (await this.#initiate());
    if (signal.aborted) throw cancelled(signal.reason);
    open.keepAlive((gone) => {
      // Paused uploads find out when they go on, and then start anew.
      if (this.#phase === 'uploading') this.#stop?.abort(gone);
    });
    this.#status = await open.send(signal, (phase) => this.#enter(phase));
  }

  /** Without the stop signal: whether the server opened a session must be known before anything else happens. */
  async #initiate(): Promise<OpenUpload> {
    this.#enter('initiating');
    const checksum = await checksumOf(this.request.source, this.#deps.checksumMaxBytes);
    const request = initiateRequest(this.request, this.#onConflict, checksum);
    const started = await this.#deps.api.initiate(request, this.#idempotencyKey);
    const open = this.#openAs(started, started.parts);
    if (this.#abandoned) open.leave();
    this.events.emit('opened', this);
    return open;
  }

  #openAs(session: UploadSession, targets?: readonly PartTarget[]): OpenUpload {
    const onProgress = () => this.#changed();
    this.#open = new OpenUpload(this.#deps, { session, source: this.request.source, targets, onProgress });
    return this.#open;
  }

  #bytesArrived(): void {
    if (!this.#open) return;
    this.#open.close();
    this.#arrived = true;
    this.#enter('processing');
    this.events.emit('sent', this);
    void this.#follow(this.#open.session);
  }

  async #follow(session: UploadSession): Promise<void> {
    try {
      await this.#deps.watcher.watch(session, ({ status, reason }) => {
        this.#status = status;
        this.#reason = reason;
        if (!SETTLED.has(status)) this.#changed();
      });
    } catch {
      // The bytes are safe and the file is listed; only the news of it do not reach this page.
    }
    this.#enter(this.#status === 'rejected' ? 'rejected' : 'finished');
    this.events.emit('settled', this);
  }

  #forgetSession(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#idempotencyKey = randomId();
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
