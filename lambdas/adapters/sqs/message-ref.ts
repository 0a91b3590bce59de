import * as z from 'zod';
import { deliveredEvent } from '../../contract/events.ts';
import { notifiedKey, s3Notification } from '../../contract/messages.ts';
import { parseIntakeKey } from '../../contract/storage-keys.ts';
import type { FailedMessage } from '../../core/queues/queues.ts';

type Ref = Pick<FailedMessage, 'tenantId' | 'fileId' | 'reason'>;

const direct = z.object({ tenantId: z.string(), fileId: z.string().optional() });

/** Whom a message of any queue concerns: a worker's own, an event of the bus, or a notification of S3. */
export function refOfBody(body: string): Ref {
  try {
    return refOf(JSON.parse(body)) ?? { reason: 'malformed' };
  } catch {
    // Not JSON, or a key that nobody can decode.
    return { reason: 'malformed' };
  }
}

function refOf(body: unknown): Ref | undefined {
  const own = direct.safeParse(body);
  if (own.success) return named(own.data);
  const event = deliveredEvent.safeParse(body);
  if (event.success) return named(event.data.detail);
  const notification = s3Notification.safeParse(body);
  if (!notification.success) return undefined;
  const key = 'Records' in notification.data ? notification.data.Records[0]?.s3.object.key : undefined;
  const location = key === undefined ? undefined : parseIntakeKey(notifiedKey(key));
  return location ? named(location) : {};
}

const named = ({ tenantId, fileId }: { tenantId: string; fileId?: string | undefined }): Ref => ({
  tenantId,
  ...(fileId !== undefined && { fileId }),
});
