import * as z from 'zod';
import { eventSchema } from './events.ts';

/**
 * The attribute of a message that was put off: how often it was worked on in vain before it was copied. A redrive begins
 * without it.
 */
export const attemptsAttribute = 'Attempts';

/** Bodies of the queues' messages. The S3 notification's own shape is the part that Sluice reads of it. */
const fileRef = { tenantId: z.string(), fileId: z.string() };
/** Says the lane, and how much of it the tenant may use; absent: normal. */
const priority = z.enum(['low', 'normal', 'high', 'urgent']).optional();

export const inspectMessage = z.object({
  ...fileRef,
  uploadId: z.string(),
  versionId: z.string(),
  priority,
  /** Somebody asks for it: the result that is there does not count, unless it says infected. */
  scanAgain: z.literal(true).optional(),
});
/** A stored file that is to be scanned again, or, with `versionId`, the one content of it that has these bytes. */
export const rescanMessage = z.object({
  ...fileRef,
  kind: z.literal('rescan'),
  versionId: z.string().optional(),
  /** What has passed with these definitions already is left alone. */
  unlessScannedWith: z.string().optional(),
});
/** Both need what inspects: the scanner. */
export const inspectionMessage = z.union([rescanMessage, inspectMessage]);
export const processMessage = z.object({
  ...fileRef,
  priority,
  /** For exactly one version of the content: by the time it is read the file may have another. */
  version: z.number().int(),
  /** An operator moved it back from the dead letters: what was given up is to be made after all. */
  again: z.literal(true).optional(),
});
const scannedObject = { ...fileRef, priority, versionId: z.string(), size: z.number().int() };
/** One version of an object for the scanner's worker: one that landed, or one that is stored already. */
export const scanMessage = z.discriminatedUnion('bucket', [
  z.object({ ...scannedObject, bucket: z.literal('intake'), uploadId: z.string() }),
  z.object({ ...scannedObject, bucket: z.literal('library'), version: z.number().int(), key: z.string() }),
]);
export const completeMessage = z.object({ ...fileRef, uploadId: z.string() });
/** A file that was purged, or of which a content was withdrawn: bytes of it are to be removed. */
export const purgeMessage = z.object(fileRef);
/** A slice of a background job: the job item knows how far it is. */
export const jobMessage = z.object({ tenantId: z.string(), jobId: z.string() });

/** What a rule on the bus puts into a consumer's queue: EventBridge's envelope, of which Sluice reads its own part. */
export const busMessage = z.object({ detail: eventSchema });
/** A file that is to be taken into the search index, though nothing has happened to it. */
export const indexMessage = z.object(fileRef);
export const indexingMessage = z.union([busMessage, indexMessage]);

export type InspectMessage = z.infer<typeof inspectMessage>;
export type RescanMessage = z.infer<typeof rescanMessage>;
export type ProcessMessage = z.infer<typeof processMessage>;
export type ScanMessage = z.infer<typeof scanMessage>;
export type CompleteMessage = z.infer<typeof completeMessage>;
export type PurgeMessage = z.infer<typeof purgeMessage>;
export type IndexMessage = z.infer<typeof indexMessage>;
export type JobMessage = z.infer<typeof jobMessage>;

export const s3Notification = z.union([
  z.object({ Event: z.literal('s3:TestEvent') }),
  z.object({
    Records: z.array(
      z.object({
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({
            /** URL-encoded, with `+` for a space. */
            key: z.string(),
            size: z.number().optional(),
            versionId: z.string().optional(),
          }),
        }),
      }),
    ),
  }),
]);

export type S3Notification = z.infer<typeof s3Notification>;

/** The object's key of a notification: S3 writes it as in a form, `+` for a space and the rest percent-encoded. */
export const notifiedKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll('+', ' '));

/** What GuardDuty tells the account's default bus of one object version that it has looked at. */
export const malwareScanResult = z.object({
  detail: z.object({
    scanStatus: z.string(),
    s3ObjectDetails: z.object({
      bucketName: z.string(),
      objectKey: z.string(),
      /** Without one nobody knows what was scanned. */
      versionId: z.string().min(1),
      eTag: z.string().optional(),
    }),
    scanResultDetails: z.object({
      scanResultStatus: z.string(),
      threats: z.array(z.object({ name: z.string() })).nullish(),
      statusReasons: z.array(z.string()).nullish(),
    }),
  }),
});

export type MalwareScanResult = z.infer<typeof malwareScanResult>;

/** What MediaConvert tells the account's default bus of a job that it works on; `userMetadata` is what the job was given, as texts. */
export const encodingProgress = z.object({
  detail: z.object({
    userMetadata: z.object({
      tenantId: z.string().min(1),
      fileId: z.string().min(1),
      version: z.coerce.number().int().positive(),
      attempt: z.coerce.number().int().positive(),
    }),
    jobProgress: z
      .object({
        /** Of the whole job. Nothing while it is not known; of MKV, WebM and AVI it may never be. */
        jobPercentComplete: z.number().min(0).max(100).nullish(),
      })
      .optional(),
  }),
});
