import { errors } from '../errors.ts';
import type { JobResult, JobStatus } from '../jobs/job.ts';
import type { JobView } from '../jobs/view.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { contentOf, type DownloadDeps } from './download.ts';
import type { Rendition } from './file.ts';
import { type RenditionView, renditionView } from './view.ts';

/** What one operation makes of one content of a file. The job of it is nothing else: its state is that of the renditions. */
export interface OperationJob {
  readonly fileId: string;
  readonly version: number;
  readonly names: readonly string[];
}

/** No other job's id has a dot. */
export const operationJobId = ({ fileId, version, names }: OperationJob): string =>
  `${fileId}.${version}.${names.join('~')}`;

const pattern = /^([0-9A-Za-z]{1,26})\.([1-9]\d{0,8})\.([a-z0-9-]{1,64}(?:~[a-z0-9-]{1,64}){0,9})$/;

/** Undefined for every other text. */
export function parseOperationJobId(jobId: string): OperationJob | undefined {
  const [, fileId, version, names] = pattern.exec(jobId) ?? [];
  if (fileId === undefined || version === undefined || names === undefined) return undefined;
  return { fileId, version: Number(version), names: names.split('~') };
}

export interface OperationResult extends JobResult {
  readonly rendition: RenditionView;
}

export type OperationJobView = Omit<JobView, 'results'> & { readonly results: readonly OperationResult[] };

/**
 * How far an operation is, for everybody who may read its file.
 * @throws not_found where the caller has no such file, or the content has no such renditions
 */
export async function readOperationJob(
  deps: AccessDeps & Pick<DownloadDeps, 'store'>,
  caller: Caller,
  job: OperationJob,
): Promise<OperationJobView> {
  const file = await requireAccess(deps, caller, job.fileId, 'read');
  const content = await contentOf(deps, file, job.version);
  const renditions = job.names.map((name) => asked(content.renditions, name));
  const settled = renditions.filter(({ status }) => status !== 'pending');
  const failed = settled.filter(({ status }) => status === 'failed').length;
  const times = renditions.flatMap(({ createdAt }) => createdAt ?? []).sort();
  const endedAt = settled.length === renditions.length ? times.at(-1) : undefined;
  const [first] = renditions.flatMap(({ requestedAt }) => requestedAt ?? []).sort();
  return {
    jobId: operationJobId(job),
    kind: 'operation',
    status: statusOf(renditions.length, settled.length, failed),
    progress: { total: renditions.length, done: settled.length - failed, failed },
    createdAt: first ?? file.updatedAt,
    ...(endedAt && { endedAt }),
    results: settled.map((rendition) => resultOf(job.fileId, rendition)),
  };
}

/** What every picture of the tenant gets was not asked for. */
function asked(renditions: Readonly<Record<string, Rendition>>, name: string): Rendition {
  const rendition = Object.hasOwn(renditions, name) ? renditions[name] : undefined;
  if (!rendition?.onDemand) throw errors.notFound('job');
  return rendition;
}

function statusOf(total: number, settled: number, failed: number): JobStatus {
  if (settled < total) return settled === 0 ? 'queued' : 'running';
  return failed === total ? 'failed' : 'done';
}

const outcomes = { ready: 'done', skipped: 'skipped', failed: 'failed', pending: 'skipped' } as const;

const resultOf = (fileId: string, rendition: Rendition): OperationResult => ({
  fileId,
  subject: rendition.name,
  outcome: outcomes[rendition.status],
  ...(rendition.reason && { code: rendition.reason, detail: whyNotMade(rendition.reason) }),
  rendition: renditionView(rendition),
});

const whyElse = 'Nobody could make it. Ask for it again; the original is safe.';

/** What a person can do, by the reason of a rendition. */
export const whyNotMade = (reason: string): string => whyNot[reason] ?? whyElse;

const whyNot: Readonly<Record<string, string>> = {
  not_smaller: 'It would have no fewer bytes than the original. Use the original.',
  too_slow: 'The time did not suffice. Ask for it again, with fewer operations at once or as JPEG or WebP.',
  too_many: 'The results did not fit into memory together. Ask for it again, with fewer operations at once.',
  pixels_exceeded:
    'The picture is too large for this. Ask for a smaller size, or for JPEG or WebP instead of AVIF.',
  too_large: 'The file is too large to be processed. The original can be downloaded.',
  too_complex: 'The drawing takes too long to draw. Simplify it, or upload a picture of it.',
  malformed: 'The picture is damaged. Upload it again.',
  unsupported: 'Nobody here can decode this picture. Upload it as JPEG, PNG, WebP, GIF or AVIF.',
  watermark_missing: 'The watermark has been deleted or replaced meanwhile. Ask for it again.',
  watermark_unreadable: 'The watermark is no picture that can be decoded. Choose another one.',
};
