import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, UploadRef } from '../files/file.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import { arrivalDelay, type FairBounds, type LaneArrivals } from '../processing/fair-share.ts';
import { isUrgent } from '../processing/workers.ts';
import { addSeconds } from '../time.ts';

/** Bytes that S3 says have landed in the intake bucket. */
export interface LandedObject extends UploadRef {
  readonly versionId: string;
}

export interface DispatchDeps {
  readonly store: FileStore;
  readonly intake: {
    landedVersions(ref: LandedObject): Promise<readonly { versionId: string; etag: string }[]>;
    deleteVersion(ref: LandedObject): Promise<void>;
  };
  readonly queues: Pick<FileQueues, 'inspect'>;
  /** Where many may land at once, the line that each tenant's wait in; absent: nobody waits. */
  readonly line?: {
    readonly arrivals: LaneArrivals;
    readonly bounds: Pick<FairBounds, 'putOffMaxSeconds'>;
    readonly random: () => number;
  };
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

export type DispatchOutcome = 'claimed' | 'sent_again' | 'ignored' | 'deleted';

/**
 * Decides what becomes of bytes that landed (DESIGN 2). The first version that arrives while the session is open
 * is claimed, in the same write that moves the file; every other version is deleted and never counted. A repeated
 * event for the claimed version is sent on again for as long as it is not promoted.
 */
export async function dispatch(deps: DispatchDeps, landed: LandedObject): Promise<DispatchOutcome> {
  const claimed = await claim(deps, landed);
  if (claimed) {
    await sendOn(deps, landed, claimed, await delayOf(deps, claimed));
    return 'claimed';
  }
  const file = await deps.store.file(landed);
  if (file && isClaimed(file, landed)) {
    if (file.status !== 'uploaded' && file.status !== 'inspecting') return 'ignored';
    await sendOn(deps, landed, file);
    return 'sent_again';
  }
  await deps.intake.deleteVersion(landed);
  return 'deleted';
}

const isClaimed = (file: FileRecord, landed: LandedObject): boolean =>
  file.uploadId === landed.uploadId && file.intakeVersionId === landed.versionId;

async function delayOf({ line }: DispatchDeps, file: FileRecord): Promise<number | undefined> {
  if (!line) return undefined;
  const lane = isUrgent(file) ? 'inspectUrgent' : 'inspect';
  const ahead = await line.arrivals.arrive({ lane, tenantId: file.tenantId });
  return arrivalDelay(ahead, line.bounds, line.random);
}

const sendOn = (
  deps: DispatchDeps,
  { tenantId, fileId, uploadId, versionId }: LandedObject,
  { priority }: FileRecord,
  delaySeconds?: number,
): Promise<void> => deps.queues.inspect({ tenantId, fileId, uploadId, versionId, priority }, delaySeconds);

const claim = (deps: DispatchDeps, landed: LandedObject): Promise<FileRecord | undefined> =>
  commitChange(deps.store, landed, async (file) => {
    if (file?.status !== 'uploading' || file.uploadId !== landed.uploadId) return undefined;
    const session = await deps.store.session(landed);
    if (!session || session.phase === 'aborting' || session.phase === 'closed') return undefined;
    const at = deps.now();
    // Past its end the session only waits for the sweep; bytes that come now come too late. A completion was
    // accepted in time, however long S3 took for it.
    if (session.phase !== 'completing' && session.expiresAt <= at) return undefined;
    const version = (await deps.intake.landedVersions(landed)).find(
      ({ versionId }) => versionId === landed.versionId,
    );
    if (!version) return undefined;
    return move(file, 'uploaded', {
      at,
      eventId: deps.newId(),
      set: { intakeVersionId: landed.versionId, contentEtag: version.etag, uploadedAt: at },
      closes: { session, from: ['open', 'completing'] },
      dueAt: addSeconds(at, deps.resendSeconds),
    });
  });
