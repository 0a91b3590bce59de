/**
 * Names of the environment variables that the stacks set and the functions read. Every function declares the
 * subset it needs as a schema in lambdas/runtime/env.ts; lib/constructs/service-function.ts sets them.
 */
export const envNames = {
  stage: 'SLUICE_STAGE',
  /** Only what differs from `defaultLimits`, as JSON (Lambda allows 4 KB of environment in all). */
  limits: 'SLUICE_LIMITS',
  table: 'TABLE_NAME',
  intakeBucket: 'INTAKE_BUCKET',
  libraryBucket: 'LIBRARY_BUCKET',
  derivedBucket: 'DERIVED_BUCKET',
  uploadSignerRole: 'UPLOAD_SIGNER_ROLE_ARN',
  downloadSignerRole: 'DOWNLOAD_SIGNER_ROLE_ARN',
  intakeQueue: 'INTAKE_QUEUE_URL',
  /** Both lanes of the inspection, as the JSON of `LanePairMap`. */
  inspectLanes: 'INSPECT_LANES',
  /** Both lanes of every worker that makes something of stored files, as the JSON of `LaneMap`. */
  processingLanes: 'PROCESSING_LANES',
  /** The lanes that a function works on, with the names of their queues, as JSON. */
  fairLanes: 'FAIR_LANES',
  completionQueue: 'COMPLETION_QUEUE_URL',
  bulkQueue: 'BULK_QUEUE_URL',
  purgeQueue: 'PURGE_QUEUE_URL',
  indexingQueue: 'INDEXING_QUEUE_URL',
  eventBus: 'EVENT_BUS_NAME',
  /** Every queue, as the JSON of `QueueMap`. */
  queues: 'QUEUES',
  auditBucket: 'AUDIT_BUCKET',
  /** The key that signs the heads of the audit's hash chains. */
  auditKey: 'AUDIT_KEY_ID',
  /** The key that signs receipts. */
  receiptKey: 'RECEIPT_KEY_ARN',
  /** That key and those which signed receipts before it, separated by commas. */
  receiptKeys: 'RECEIPT_KEY_ARNS',
  /** The key that the keys of links are made by. */
  linkKey: 'LINK_KEY_ARN',
  /** By what cookies for videos are signed: `MediaCookiesEnv` as JSON; absent where the edge takes none. */
  mediaCookies: 'MEDIA_COOKIES',
  /** What the policies of tenants' keys are made of: `TenantKeyScope` as JSON. */
  tenantKeys: 'TENANT_KEYS',
  /** How S3 locks what the policy retains; absent where the library bucket has no Object Lock. */
  objectLock: 'OBJECT_LOCK',
  securityTopic: 'SECURITY_TOPIC_ARN',
  userPoolClient: 'USER_POOL_CLIENT_ID',
  /** `<claim>` of the access token that carries the tenant. */
  tenantClaim: 'TENANT_CLAIM',
  /** The claim that names the machine in a token which names no tenant. */
  machineClaim: 'MACHINE_CLAIM',
  userPool: 'USER_POOL_ID',
  /** The pool's one client with client credentials, by which tokens for machines are made. */
  machineClient: 'MACHINE_CLIENT_ID',
  /** Of the pool's domain; absent on the local engine, which serves it itself. */
  tokenUrl: 'TOKEN_URL',
  /** `true` where users may sign in, and be made, with a password. */
  passwordLogin: 'PASSWORD_LOGIN',
  scanner: 'SCANNER',
  /** Both lanes of the scanner's own worker, where it has one, as the JSON of `LanePairMap`. */
  scanLanes: 'SCAN_LANES',
  /** SHA-256 of objects that the local scanner refuses, separated by commas. */
  blockedHashes: 'BLOCKED_SHA256',
  definitionsBucket: 'DEFINITIONS_BUCKET',
  /** Where virus definitions come from, as the JSON of `DefinitionsSource`. */
  definitionsSource: 'DEFINITIONS_SOURCE',
  /** The SDK's own variable: set by the local engine, absent on AWS. */
  endpoint: 'AWS_ENDPOINT_URL',
  /** The state machine that transcodes videos. */
  transcodeMachine: 'TRANSCODE_STATE_MACHINE_ARN',
  /** Where messages of the worker of videos go whose transcode failed for good. */
  videosDeadLetters: 'VIDEOS_DEAD_LETTERS_URL',
  /** What encodes pictures that move, one of `encoders`. */
  videoEncoder: 'VIDEO_ENCODER',
  /** Virtual CPUs of the encoder. */
  encoderVCpus: 'ENCODER_VCPUS',
  /** The program of ffmpeg; absent: as PATH finds it. */
  ffmpegPath: 'FFMPEG_PATH',
  /** `true` where the S3 endpoint has no wildcard DNS for bucket names (the local engine). */
  s3PathStyle: 'S3_PATH_STYLE',
  /** Where the OpenSearch collection is; absent: search goes by segments in S3. */
  openSearchEndpoint: 'OPENSEARCH_ENDPOINT',
  /** Origin-verifying secret that the edge adds; without it forwarded addresses are not believed. */
  edgeSecret: 'EDGE_SECRET',
} as const;

export type EnvName = (typeof envNames)[keyof typeof envNames];

export interface MediaCookiesEnv {
  readonly keyArn: string;
  /** CloudFront's id of the key's public half. */
  readonly keyPairId: string;
  /** Of the distribution, without a path. */
  readonly origin: string;
}

/** Header by which the edge (CloudFront, or the local front) proves itself. */
export const edgeSecretHeader = 'x-sluice-edge-secret';

/** The viewer's country as CloudFront tells it; believed only together with the secret. */
export const countryHeader = 'cloudfront-viewer-country';

/** What the local front sends there. It protects nothing: the local engine listens on loopback only. */
export const localEdgeSecret = 'sluice-local-front';
