import { notifiedKey, type S3Notification } from '../contract/messages.ts';
import { parseIntakeKey } from '../contract/storage-keys.ts';
import { type DispatchDeps, type DispatchOutcome, dispatch } from '../core/intake/dispatch.ts';

interface Log {
  info(message: string, facts: Record<string, unknown>): void;
  warn(message: string, facts: Record<string, unknown>): void;
}

/** Hands every landed object of a notification to core; S3's test event and foreign keys are passed over. */
export async function dispatchNotification(
  deps: DispatchDeps,
  log: Log,
  notification: S3Notification,
): Promise<readonly DispatchOutcome[]> {
  if (!('Records' in notification)) return [];
  const outcomes: DispatchOutcome[] = [];
  for (const { eventName, s3 } of notification.Records) {
    if (!eventName.startsWith('ObjectCreated:')) continue;
    const location = parseIntakeKey(notifiedKey(s3.object.key));
    const { versionId } = s3.object;
    if (!location || !versionId) {
      log.warn('not an upload of ours', { key: s3.object.key, versionId });
      continue;
    }
    const outcome = await dispatch(deps, { ...location, versionId });
    log.info('dispatched', { fileId: location.fileId, versionId, outcome });
    outcomes.push(outcome);
  }
  return outcomes;
}
