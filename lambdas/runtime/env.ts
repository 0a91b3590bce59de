import * as z from 'zod';
import { definitionsSource } from '../contract/definitions.ts';
import { envNames, type MediaCookiesEnv } from '../contract/env.ts';
import { limitsFromEnv } from '../contract/limits.ts';
import { fairLanes, type LanePairUrls, type LaneUrls, queueNames } from '../contract/queues.ts';
import { scannerNames } from '../contract/scanners.ts';
import type { TenantKeyScope } from '../contract/tenant-keys.ts';
import { encoders } from '../contract/transcode.ts';

const queueMap = z
  .object({ base: z.url(), names: z.partialRecord(z.enum(queueNames), z.string()) })
  .transform(({ base, names }) =>
    Object.fromEntries(Object.entries(names).map(([name, queue]) => [name, base + queue])),
  );

const lanesOf = z.tuple([z.string(), z.string()]);
const laneMap = z
  .object({
    base: z.url(),
    lanes: z.object({ images: lanesOf, documents: lanesOf, videos: lanesOf, other: lanesOf }),
  })
  .transform(({ base, lanes }): LaneUrls => {
    const urlsOf = ([normal, urgent]: readonly [string, string]) => ({
      normal: base + normal,
      urgent: base + urgent,
    });
    return {
      images: urlsOf(lanes.images),
      documents: urlsOf(lanes.documents),
      videos: urlsOf(lanes.videos),
      other: urlsOf(lanes.other),
    };
  });

const lanePair = z.string().transform((text): LanePairUrls => {
  const { base, names } = z.object({ base: z.url(), names: lanesOf }).parse(JSON.parse(text));
  return { normal: base + names[0], urgent: base + names[1] };
});

const tenantKeyScope: z.ZodType<TenantKeyScope> = z.object({
  account: z.string().min(1),
  roles: z.string().min(1),
  viaService: z.string().min(1),
  buckets: z.array(z.string().min(1)).min(1),
});

const mediaCookies: z.ZodType<MediaCookiesEnv> = z.object({
  keyArn: z.string().min(1),
  keyPairId: z.string().min(1),
  origin: z.url(),
});

/** Every variable that a function may declare, with how its text is read. */
const variables = {
  [envNames.stage]: z.string().min(1),
  [envNames.limits]: z.string().default('{}').transform(limitsFromEnv),
  [envNames.table]: z.string().min(1),
  [envNames.intakeBucket]: z.string().min(1),
  [envNames.libraryBucket]: z.string().min(1),
  [envNames.derivedBucket]: z.string().min(1),
  [envNames.uploadSignerRole]: z.string().min(1),
  [envNames.downloadSignerRole]: z.string().min(1),
  [envNames.inspectLanes]: lanePair,
  [envNames.fairLanes]: z
    .string()
    .transform((text) => z.partialRecord(z.enum(fairLanes), z.string()).parse(JSON.parse(text))),
  [envNames.processingLanes]: z.string().transform((text) => laneMap.parse(JSON.parse(text))),
  [envNames.completionQueue]: z.url(),
  [envNames.bulkQueue]: z.url(),
  [envNames.purgeQueue]: z.url(),
  [envNames.indexingQueue]: z.url(),
  [envNames.eventBus]: z.string().min(1),
  [envNames.queues]: z.string().transform((text) => queueMap.parse(JSON.parse(text))),
  [envNames.auditBucket]: z.string().min(1),
  [envNames.auditKey]: z.string().min(1),
  [envNames.receiptKey]: z.string().min(1),
  [envNames.receiptKeys]: z
    .string()
    .min(1)
    .transform((text) => text.split(',')),
  [envNames.linkKey]: z.string().min(1),
  [envNames.mediaCookies]: z
    .string()
    .transform((text) => mediaCookies.parse(JSON.parse(text)))
    .optional(),
  [envNames.tenantKeys]: z.string().transform((text) => tenantKeyScope.parse(JSON.parse(text))),
  [envNames.objectLock]: z.enum(['governance', 'compliance']).optional(),
  [envNames.securityTopic]: z.string().min(1),
  [envNames.userPoolClient]: z.string().min(1),
  [envNames.tenantClaim]: z.string().min(1).default('tenant'),
  [envNames.machineClaim]: z.string().min(1).default('machine'),
  [envNames.userPool]: z.string().min(1).optional(),
  [envNames.machineClient]: z.string().min(1),
  [envNames.tokenUrl]: z.url().optional(),
  [envNames.passwordLogin]: z
    .string()
    .default('false')
    .transform((text) => text === 'true'),
  [envNames.scanner]: z.enum(scannerNames),
  [envNames.scanLanes]: lanePair.optional(),
  [envNames.blockedHashes]: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter(Boolean)),
  [envNames.definitionsBucket]: z.string().min(1),
  [envNames.definitionsSource]: z.string().transform((text) => definitionsSource.parse(JSON.parse(text))),
  [envNames.transcodeMachine]: z.string().min(1),
  [envNames.videosDeadLetters]: z.url(),
  [envNames.videoEncoder]: z.enum(encoders),
  [envNames.encoderVCpus]: z.coerce.number().positive(),
  [envNames.ffmpegPath]: z.string().min(1).default('ffmpeg'),
  [envNames.s3PathStyle]: z
    .string()
    .default('false')
    .transform((text) => text === 'true'),
  [envNames.openSearchEndpoint]: z.url().optional(),
  [envNames.endpoint]: z.url().optional(),
  [envNames.edgeSecret]: z.string().optional(),
} as const;

type Variables = typeof variables;

/**
 * The variables that one function declares, parsed. Read once, when the function's code is loaded.
 * @throws Error that names each missing or malformed variable: a mistake of the stack, found at the first call
 */
export function readEnv<Name extends keyof Variables>(
  names: readonly Name[],
  source: NodeJS.ProcessEnv = process.env,
): { [K in Name]: z.output<Variables[K]> } {
  const schema = z.object(Object.fromEntries(names.map((name) => [name, variables[name]])));
  const parsed = schema.safeParse(source);
  if (!parsed.success)
    throw new Error(`The function's environment is wrong: ${z.prettifyError(parsed.error)}`);
  return parsed.data as { [K in Name]: z.output<Variables[K]> };
}
