import type { WorkerName } from '../../lambdas/contract/queues.ts';
import type { HttpFunctionName } from '../../lambdas/contract/routes.ts';
import type { StepName } from '../../lambdas/contract/transcode.ts';

export interface FunctionProfile {
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly description: string;
}

/** Size of each worker. A queue's visibility follows from its consumer's timeout. */
export const workerProfiles: Record<WorkerName, FunctionProfile> = {
  dispatch: {
    memoryMb: 512,
    timeoutSeconds: 60,
    description: 'Claims an object version that landed in intake for its session',
  },
  inspect: {
    memoryMb: 1024,
    // A copy of a large object into the library is waited for.
    timeoutSeconds: 900,
    description: 'Verifies size, checksum and content; promotes to the library or rejects',
  },
  scan: {
    // clamscan with ClamAV's own definitions takes 1.3 GB, and what it unpacks in memory comes on top.
    memoryMb: 4096,
    timeoutSeconds: 900,
    description: 'Scans an object version for malware by clamscan',
  },
  'scan-results': {
    memoryMb: 256,
    timeoutSeconds: 60,
    description: 'Takes the results of GuardDuty to the inspections',
  },
  definitions: {
    // freshclam loads new definitions once before they count.
    memoryMb: 3072,
    timeoutSeconds: 600,
    description: 'Keeps the virus definitions fresh',
  },
  images: {
    memoryMb: 2048,
    timeoutSeconds: 120,
    description: 'Makes the renditions of an image by one decode',
  },
  documents: {
    // 64 MiB of document, pages and pictures: 450 MiB at most; the process that reads it: 650 MiB more. CPU comes with memory.
    memoryMb: 2048,
    timeoutSeconds: 120,
    description: 'Reads a document: text, metadata, previews',
  },
  videos: {
    memoryMb: 256,
    timeoutSeconds: 60,
    description: 'Starts the transcode of a stored video or recording',
  },
  other: {
    memoryMb: 1024,
    timeoutSeconds: 120,
    description: 'Reads what audio and archives say about themselves',
  },
  complete: {
    memoryMb: 512,
    timeoutSeconds: 300,
    description: 'Completes multipart uploads with more parts than fit into a request',
  },
  bulk: {
    memoryMb: 512,
    timeoutSeconds: 300,
    description: 'Runs background jobs slice by slice',
  },
  purge: {
    memoryMb: 256,
    // A file may have thousands of versions, each of which is a request.
    timeoutSeconds: 300,
    description: 'Removes the bytes of purged files from every bucket',
  },
  sweep: {
    memoryMb: 512,
    timeoutSeconds: 300,
    description: 'Expires stale uploads and sends on what is stuck',
  },
  reconcile: {
    memoryMb: 256,
    timeoutSeconds: 300,
    description: 'Starts the daily reconciliation of every tenant',
  },
  publish: {
    memoryMb: 256,
    timeoutSeconds: 60,
    description: 'Publishes events from the table to the bus',
  },
  audit: {
    memoryMb: 256,
    timeoutSeconds: 60,
    description: 'Makes the audit record of every event, with its risk; raises security alerts',
  },
  seal: {
    memoryMb: 512,
    timeoutSeconds: 300,
    description: 'Links audit records into the hash chains of their tenants and exports them',
  },
  tally: {
    memoryMb: 256,
    timeoutSeconds: 60,
    description: 'Counts events into the numbers that operators see; announces low quota',
  },
  index: {
    // What it merges is in memory three times: read, open and written.
    memoryMb: 1024,
    timeoutSeconds: 120,
    description: 'Takes changed files and their texts into the search index, and merges its segments',
  },
  'transcode-progress': {
    memoryMb: 256,
    timeoutSeconds: 10,
    description: 'Notes how far MediaConvert is with a video',
  },
  'pre-token': {
    memoryMb: 128,
    timeoutSeconds: 5,
    description: 'Writes the tenant of a user into the access token',
  },
};

/** A virtual CPU comes with so much memory (Lambda, developer guide). */
export const memoryPerVCpuMb = 1_769;

/** Size of each step of the transcode. */
export const stepProfiles: Record<StepName, FunctionProfile> = {
  probe: {
    // MediaInfo as WebAssembly in a process of its own: 256 MiB for it, and a Node around it.
    memoryMb: 1024,
    timeoutSeconds: 120,
    description: 'Finds out what a video or recording is made of',
  },
  admit: {
    memoryMb: 256,
    timeoutSeconds: 30,
    description: 'Plans a transcode, charges its minutes, takes an encoder',
  },
  encode: {
    // x264 uses four virtual CPUs well: 4 x 1,769 MB. Its own need is below 2 GB for a source in 4K.
    memoryMb: 4 * memoryPerVCpuMb,
    timeoutSeconds: 900,
    description: 'Encodes all renditions of a video by one ffmpeg',
  },
  verify: {
    memoryMb: 1024,
    timeoutSeconds: 120,
    description: 'Proves that every output of an encoder is what the plan says',
  },
  settle: {
    // One picture is decoded for the presets: the poster, or the cover of a recording.
    memoryMb: 2048,
    timeoutSeconds: 120,
    description: 'Records what a transcode has made, or why it has not',
  },
};

/** API Gateway gives up after 30 s; a function has to answer before. */
const longestAnswerSeconds = 29;

/** Size of each function behind the API. */
export const httpProfiles: Record<HttpFunctionName, FunctionProfile> = {
  auth: { memoryMb: 256, timeoutSeconds: 10, description: 'POST /auth: a thin front of Cognito' },
  token: { memoryMb: 256, timeoutSeconds: 15, description: 'POST /auth/token: tokens for machine clients' },
  // Signing URLs is CPU, and CPU comes with memory.
  uploads: {
    memoryMb: 1024,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Uploads: initiate, sign, complete',
  },
  files: {
    memoryMb: 512,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Files: list, read, change, share, delete, quota',
  },
  variants: {
    // A picture may take as much as in the images function: core/images/decode-cost.ts.
    memoryMb: 2048,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Pictures of files: made once, then redirects',
  },
  stream: {
    // The playlists of a long film are some MB of text, which is compressed: that is CPU, and CPU comes with memory.
    memoryMb: 1024,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Adaptive streams: playlists, written and signed at each call',
  },
  folders: {
    memoryMb: 512,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Folders, bulk actions and jobs',
  },
  tenants: {
    memoryMb: 512,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Tenants, users and machine clients',
  },
  operations: {
    memoryMb: 512,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Concurrency, audit, metrics, queues',
  },
  search: {
    // Keeps what it has read of segments; reading them is CPU, and CPU comes with memory.
    memoryMb: 1024,
    timeoutSeconds: longestAnswerSeconds,
    description: 'Search over names, tags, metadata and texts',
  },
  public: { memoryMb: 256, timeoutSeconds: 10, description: 'Public files' },
  system: { memoryMb: 256, timeoutSeconds: 10, description: 'Health, OpenAPI document, unknown routes' },
};
