import * as z from 'zod';
import { findings } from '../../core/content/structure/structure.ts';
import { categories } from '../../core/files/content-facts.ts';
import { sensitivity } from './files.ts';
import { bytes, fileStatus, percent, signedUrl, time } from './shapes.ts';

/** Answers of the file routes. */
export const rendition = z
  .object({
    name: z.string(),
    status: z.enum(['pending', 'ready', 'failed', 'skipped']),
    reason: z.string().optional().describe('Why it failed or was skipped'),
    mimeType: z.string().optional(),
    width: z.number().int().optional(),
    height: z.number().int().optional(),
    frames: z.number().int().optional().describe('Only where it moves'),
    duration: z.number().optional().describe('Seconds'),
    size: bytes.optional(),
    bytesSaved: z
      .number()
      .int()
      .optional()
      .describe("Of the original's size, where it is made to save some; negative where it is larger"),
    ratio: z.number().optional().describe("Its size as a part of the original's, to four digits"),
    onDemand: z.literal(true).optional().describe('Somebody asked for it'),
    createdAt: time.optional(),
  })
  .meta({ id: 'Rendition' });

const media = z.object({
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  duration: z.number().optional().describe('Seconds'),
  pages: z.number().int().optional(),
  format: z.string().optional(),
  frames: z.number().int().optional(),
  hasAlpha: z.boolean().optional(),
  placeholder: z
    .string()
    .optional()
    .describe('ThumbHash, base64: a blurred picture to show until the real one is there'),
});

const category = z.enum(categories).optional().describe('What kind of thing it is, as its content tells');

const text = z.object({
  excerpt: z.string().describe('Its beginning, 10,000 characters at most'),
  characters: z.number().int(),
  truncated: z.boolean().describe('There is more text than search looks at'),
});

const details = z
  .record(z.string(), z.unknown())
  .describe('What it says about itself: title, author, artist, sheets, what is not safe in it');

const exif = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const described = {
  id: z.string(),
  tenantId: z.string(),
  ownerId: z.string(),
  path: z.string().describe('Folder, as in / or /photos/2026'),
  filename: z.string(),
  originalName: z.string(),
  mimeType: z.string().describe('Declared until the bytes are inspected, then what they are'),
  size: bytes,
  status: fileStatus,
  reason: z.string().optional().describe('Why it was rejected or failed'),
  isPublic: z.boolean(),
  sensitivity,
  tags: z.array(z.string()),
  checksum: z
    .object({ algorithm: z.string(), value: z.string().optional(), perPart: z.boolean().optional() })
    .optional(),
  etag: z.string().describe('For If-Match: changes with every change of the file'),
  version: z.number().int().min(1).describe('Counts the contents'),
  renditions: z.array(rendition),
  progress: percent,
  createdAt: time,
  updatedAt: time,
  deletedAt: time.optional().describe('In the trash since then'),
  purgeAt: time.optional().describe('When the trash forgets it'),
  legalHold: z
    .object({ reason: z.string(), since: time, by: z.string() })
    .optional()
    .describe('It can be neither deleted nor replaced'),
};

export const fileView = z
  .object({
    ...described,
    findings: z
      .array(z.enum(findings))
      .optional()
      .describe('What a reader of the content should know before opening it'),
    scan: z
      .object({ engine: z.string(), at: time, definitions: z.string().optional() })
      .optional()
      .describe('The last malware scan that the content has passed'),
    withdrawals: z
      .array(z.object({ version: z.number().int().min(1), threat: z.string(), engine: z.string(), at: time }))
      .optional()
      .describe('Contents that a later scan found infected, oldest first: they are gone'),
    metadata: z.record(z.string(), z.string()),
    category,
    media: media
      .extend({ exif: exif.optional(), details: details.optional(), text: text.optional() })
      .optional(),
    replacement: z
      .object({
        uploadId: z.string(),
        startedAt: time,
        endedAs: fileStatus.optional().describe('What became of it; absent while it is under way'),
        reason: z.string().optional(),
      })
      .optional()
      .describe('The upload that is replacing the content, or the last one that came to nothing'),
  })
  .meta({ id: 'File' });

export const listedFile = z
  .object({
    ...described,
    category,
    media: media.optional(),
    share: z
      .object({ access: z.enum(['read', 'write']), createdAt: time, expiresAt: time.optional() })
      .optional()
      .describe('With shared=true: how it is shared with the caller'),
  })
  .meta({ id: 'ListedFile' });

const howFar = {
  status: fileStatus,
  reason: z.string().optional(),
  progress: percent,
  estimatedSeconds: z.number().int().describe('Until it is ready; 0 when it is or will not be'),
};

const quota = z.object({
  currentUsage: bytes,
  reserved: bytes.describe('Of uploads that are under way'),
  maxQuota: bytes,
  availableSpace: bytes,
  filesCount: z.number().int(),
  maxFiles: z.number().int(),
  tier: z.string(),
  maxFileSize: bytes,
  allowedTypes: z.array(z.string()),
  slots: z.object({ used: z.number().int(), max: z.number().int() }),
});

export const fileAnswers = {
  rescan: z.object({ fileId: z.string(), status: fileStatus }),
  listFiles: z.object({ files: z.array(listedFile), nextCursor: z.string().optional() }),
  fileStatus: z.object({
    id: z.string(),
    ...howFar,
    renditions: z.array(rendition),
    version: z.number().int().min(1).describe('Of the content that it serves'),
    replacement: z
      .object({ uploadId: z.string(), ...howFar })
      .optional()
      .describe(
        'The upload that is replacing the content, or the last one that came to nothing; absent once the file has taken the new content over',
      ),
  }),
  fileTimeline: z.object({
    events: z.array(
      z.object({
        eventId: z.string(),
        type: z.string(),
        at: time,
        data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  fileUrl: signedUrl,
  quota: quota.extend({
    role: z.enum(['user', 'admin', 'root']).describe("The caller's own"),
    tenant: quota.extend({
      transcodeMinutes: z
        .object({ used: z.number(), max: z.number().int() })
        .describe('Minutes of output, of all rungs together, in this calendar month (UTC)'),
    }),
  }),
} as const;
