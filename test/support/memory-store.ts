import { errors } from '../../lambdas/core/errors.ts';
import type { CounterDelta } from '../../lambdas/core/files/change.ts';
import { accounted, movesNothing } from '../../lambdas/core/files/change.ts';
import { effectsOf } from '../../lambdas/core/files/effects.ts';
import type { FileEvent } from '../../lambdas/core/files/event.ts';
import type { FileRecord, FileVersion } from '../../lambdas/core/files/file.ts';
import { tenantBytes } from '../../lambdas/core/files/shared-content.ts';
import type { Batch, IdempotencyRecord, VersionListing } from '../../lambdas/core/ports.ts';
import type { DueItem, SweepDeps } from '../../lambdas/core/sweep/sweep.ts';
import type { Share } from '../../lambdas/core/tenancy/access.ts';
import type { UploadDeps } from '../../lambdas/core/uploads/deps.ts';
import type { UploadSession } from '../../lambdas/core/uploads/session.ts';
import { MemoryContents } from './memory-contents.ts';

/**
 * A small faithful model of the table: the same atomicity (a method decides and writes without an await in between),
 * the same conditions, and counters that are checked against what they must never be.
 */
type Store = UploadDeps['store'] &
  SweepDeps['store'] &
  VersionListing & { removeFile(file: FileRecord): Promise<void> };

const counterNames = [
  'committedBytes',
  'committedFiles',
  'reservedBytes',
  'reservedFiles',
  'openUploads',
] as const;
const zero: CounterDelta = {
  committedBytes: 0,
  committedFiles: 0,
  reservedBytes: 0,
  reservedFiles: 0,
  openUploads: 0,
};

interface DueSession {
  session: UploadSession;
  dueAt: string | undefined;
}

export class MemoryStore {
  readonly files = new Map<string, FileRecord>();
  readonly replacements = new Map<string, FileRecord>();
  readonly versions = new Map<string, FileVersion>();
  readonly shares = new Map<string, Share>();
  readonly sessions = new Map<string, DueSession>();
  readonly names = new Map<string, string>();
  readonly keys = new Map<string, IdempotencyRecord & { expiresAt: string }>();
  readonly events: FileEvent[] = [];
  readonly published = new Set<string>();
  readonly hours = new Map<string, number>();
  readonly batches = new Map<string, Batch>();
  readonly counters = new Map<string, CounterDelta>();
  readonly shared = new MemoryContents();
  /** Every time the counters moved, so that a test sees what moved twice. */
  readonly moves: CounterDelta[] = [];

  counter(of: string): CounterDelta {
    return this.counters.get(of) ?? zero;
  }

  /** `saved`: what the tenant's counter moves by besides. */
  #add(tenantId: string, ownerId: string, delta: CounterDelta, saved = 0): void {
    if (movesNothing(delta) && saved === 0) return;
    this.moves.push(delta);
    for (const of of [tenantId, `${tenantId}/${ownerId}`]) {
      const now = this.counter(of);
      const more = { ...delta, committedBytes: delta.committedBytes + (of === tenantId ? saved : 0) };
      const next = Object.fromEntries(counterNames.map((name) => [name, now[name] + more[name]]));
      const negative = counterNames.find((name) => (next[name] ?? 0) < 0);
      if (negative) throw new Error(`counter ${negative} of ${of} went below zero`);
      this.counters.set(of, next as unknown as CounterDelta);
    }
  }

  /** A file that is there already, with its name and what it counts for. */
  put(file: FileRecord): void {
    this.files.set(fileKey(file), file);
    this.names.set(nameKey(file), file.fileId);
    this.#add(file.tenantId, file.ownerId, { ...accounted(file), openUploads: 0 });
  }

  readonly port: Store = {
    file: async ({ tenantId, fileId, uploadId }) => {
      const file = this.files.get(`${tenantId}/${fileId}`);
      if (!file || uploadId === undefined || file.uploadId === uploadId) return file;
      const replacement = this.replacements.get(`${tenantId}/${fileId}`);
      return replacement?.uploadId === uploadId ? replacement : undefined;
    },
    content: this.shared.content,
    share: async ({ tenantId, fileId }, userId) => this.shares.get(`${tenantId}/${fileId}/${userId}`),
    named: async (tenantId, ownerId, name) => {
      const fileId = this.names.get(nameKey({ tenantId, ownerId, ...name }));
      return this.files.get(`${tenantId}/${fileId}`);
    },
    versions: async ({ tenantId, fileId }, below, limit) =>
      [...this.versions.values()]
        .filter((kept) => kept.tenantId === tenantId && kept.fileId === fileId && kept.version < below)
        .sort((a, b) => b.version - a.version)
        .slice(0, limit),
    version: async ({ tenantId, fileId }, version) => this.versions.get(`${tenantId}/${fileId}/${version}`),
    files: async (tenantId, ids) => ids.flatMap((fileId) => this.files.get(`${tenantId}/${fileId}`) ?? []),
    session: async (ref) => this.sessions.get(sessionKey(ref))?.session,
    reserve: async ({ file, replaces, session, event, policy, idempotency }) => {
      const keyOf = idempotency && `${file.tenantId}/${file.ownerId}/${idempotency.key}`;
      const known = keyOf && this.keys.get(keyOf);
      if (known && known.expiresAt > file.createdAt) return { kind: 'repeated' };
      for (const of of ['user', 'tenant'] as const) {
        const used = this.counter(of === 'tenant' ? file.tenantId : `${file.tenantId}/${file.ownerId}`);
        const bounds = policy[of];
        if (used.openUploads >= bounds.maxOpenUploads) {
          return { kind: 'refused', error: errors.concurrencyLimitExceeded(bounds.maxOpenUploads, of) };
        }
        const left = bounds.maxBytes - used.committedBytes;
        if (file.size > left) return { kind: 'refused', error: errors.quotaExceeded(file.size, left, of) };
      }
      const replaced = replaces && this.files.get(fileKey(replaces));
      if (replaces && replaced?.revision !== replaces.revision) return { kind: 'changed' };
      if (!replaces && this.names.has(nameKey(file))) return { kind: 'name_taken' };
      this.#add(file.tenantId, file.ownerId, { ...accounted(file), openUploads: 1 });
      if (session.chargedHour) this.#charge(session.chargedHour, file.size);
      if (replaced) {
        const replacement = { uploadId: file.uploadId, startedAt: file.createdAt };
        this.files.set(fileKey(file), { ...replaced, replacement, revision: replaced.revision + 1 });
        this.replacements.set(fileKey(file), file);
      } else {
        this.names.set(nameKey(file), file.fileId);
        this.files.set(fileKey(file), file);
      }
      this.sessions.set(sessionKey(session), { session, dueAt: later(session.createdAt, 15 * 60) });
      this.events.push(event);
      if (keyOf) {
        const { fileId, uploadId } = file;
        this.keys.set(keyOf, { ...idempotency, fileId, uploadId });
      }
      return { kind: 'reserved' };
    },
    commit: async (change) => {
      const { before, after, closes, consumes, keeps, takes } = change;
      const records = this.#recordsOf(before);
      if (!this.#isUnchanged(before)) return 'changed';
      const closing = closes && this.sessions.get(sessionKey(closes.session));
      if (closes && !closes.from.includes(closing?.session.phase ?? 'closed')) return 'changed';
      if (consumes && !this.#isUnchanged(consumes)) return 'changed';
      if (takes && !this.versions.has(versionKey(takes))) return 'changed';
      if (!this.shared.allow(change.contents)) return 'changed';
      const { releases, claims, endsReplacement } = effectsOf(change);
      const main = this.files.get(fileKey(before));
      if (endsReplacement && main?.replacement?.uploadId !== before.uploadId) return 'changed';
      if (releases && this.names.get(nameKey({ ...before, ...releases })) !== before.fileId) return 'changed';
      if (claims && this.names.has(nameKey({ ...before, ...claims }))) return 'name_taken';
      if (releases) this.names.delete(nameKey({ ...before, ...releases }));
      if (claims) this.names.set(nameKey({ ...before, ...claims }), before.fileId);
      records.set(fileKey(after), after);
      if (consumes) this.replacements.delete(fileKey(consumes));
      if (keeps) this.versions.set(versionKey(keeps), keeps);
      if (takes) this.versions.delete(versionKey(takes));
      const { shares, unshares } = change;
      if (shares) this.shares.set(shareKey(shares), shares);
      if (unshares) this.shares.delete(shareKey(unshares));
      if (endsReplacement && main?.replacement) {
        const { as, reason } = endsReplacement;
        const replacement = { ...main.replacement, endedAs: as, ...(reason && { reason }) };
        this.files.set(fileKey(main), { ...main, replacement, revision: main.revision + 1 });
      }
      if (closing) {
        closing.session = { ...closing.session, phase: 'closed' };
        closing.dueAt = undefined;
      }
      if (change.event) this.events.push(change.event);
      if (change.refund) this.#charge(change.refund.hour, -change.refund.bytes);
      this.shared.apply(before.fileId, change.contents);
      this.#add(before.tenantId, before.ownerId, change.counters, tenantBytes(change.contents));
      return 'committed';
    },
    updateSession: async (ref, from, { dueAt, ...set }) => {
      const found = this.sessions.get(sessionKey(ref));
      if (!found || !from.includes(found.session.phase)) return undefined;
      found.session = { ...found.session, ...set };
      if (dueAt) found.dueAt = dueAt;
      return found.session;
    },
    heartbeat: async (ref, ownerId, at) => {
      const found = this.sessions.get(sessionKey(ref));
      const alive = found && ['open', 'completing'].includes(found.session.phase);
      if (!alive || found.session.ownerId !== ownerId || found.session.expiresAt <= at) return false;
      found.session = { ...found.session, lastActivityAt: at };
      return true;
    },
    idempotencyRecord: async (tenantId, userId, key, now) => {
      const known = this.keys.get(`${tenantId}/${userId}/${key}`);
      return known && known.expiresAt > now ? known : undefined;
    },
    forgetIdempotency: async (tenantId, userId, key, fileId) => {
      const id = `${tenantId}/${userId}/${key}`;
      if (this.keys.get(id)?.fileId === fileId) this.keys.delete(id);
    },
    openSessions: async (tenantId, ownerId, limit) => ({
      items: [...this.sessions.values()]
        .map((due) => due.session)
        .filter((found) => found.tenantId === tenantId && found.ownerId === ownerId)
        .slice(0, limit),
    }),
    saveBatch: async (batch) => void this.batches.set(batch.batchId, batch),
    batch: async (tenantId, userId, batchId) => {
      const found = this.batches.get(batchId);
      return found?.tenantId === tenantId && found.userId === userId ? found : undefined;
    },
    removeFile: async (file) => {
      this.files.delete(fileKey(file));
      this.replacements.delete(fileKey(file));
      for (const beside of [this.versions, this.shares]) {
        for (const key of beside.keys()) if (key.startsWith(`${fileKey(file)}/`)) beside.delete(key);
      }
    },
    dueItems: (now) => this.#due(now),
    postponeFile: async (file, dueAt) => {
      if (!this.#isUnchanged(file)) return;
      this.#recordsOf(file).set(fileKey(file), { ...file, dueAt, resends: (file.resends ?? 0) + 1 });
    },
    markPublished: async (event) => void this.published.add(event.eventId),
    saveLastSweep: async () => undefined,
  };

  #recordsOf(file: FileRecord): Map<string, FileRecord> {
    return file.isReplacement ? this.replacements : this.files;
  }

  #isUnchanged(file: FileRecord): boolean {
    const now = this.#recordsOf(file).get(fileKey(file));
    return now?.revision === file.revision && now.uploadId === file.uploadId;
  }

  #charge(hour: string, bytes: number): void {
    this.hours.set(hour, (this.hours.get(hour) ?? 0) + bytes);
  }

  async *#due(now: string): AsyncGenerator<readonly DueItem[]> {
    yield [
      ...[...this.sessions.values()]
        .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
        .map(({ session }): DueItem => ({ kind: 'session', session })),
      ...[...this.files.values(), ...this.replacements.values()]
        .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
        .map((file): DueItem => ({ kind: 'file', file })),
      ...this.events
        .filter((event) => !this.published.has(event.eventId))
        .map((event): DueItem => ({ kind: 'event', event })),
    ];
  }
}

const fileKey = (ref: { tenantId: string; fileId: string }): string => `${ref.tenantId}/${ref.fileId}`;
const versionKey = ({ tenantId, fileId, version }: FileVersion): string => `${tenantId}/${fileId}/${version}`;
const shareKey = (share: Share): string => `${share.tenantId}/${share.fileId}/${share.userId}`;
const sessionKey = (ref: { tenantId: string; fileId: string; uploadId: string }): string =>
  `${ref.tenantId}/${ref.fileId}/${ref.uploadId}`;
const nameKey = (file: Pick<FileRecord, 'tenantId' | 'ownerId' | 'path' | 'filename'>): string =>
  `${file.tenantId}/${file.ownerId}${file.path}/${file.filename}`;
const later = (iso: string, seconds: number): string =>
  new Date(Date.parse(iso) + seconds * 1000).toISOString();
