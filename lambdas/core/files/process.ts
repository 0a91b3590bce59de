import { errors } from '../errors.ts';
import {
  canCompress,
  type NamedRecipe,
  type Operation,
  operableTypes,
  recipesOf,
} from '../images/operations.ts';
import type { Mark } from '../images/recipes.ts';
import type { FileQueues } from '../ports.ts';
import type { Estimates } from '../processing/estimate.ts';
import { isUrgent } from '../processing/workers.ts';
import { requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { type AlterDeps, alterFile, type FileTarget } from './alter.ts';
import { type Change, edit, move } from './change.ts';
import { whyNotYet } from './download.ts';
import type { FileRecord, Priority, Rendition } from './file.ts';
import { operationJobId } from './operation-jobs.ts';
import { availableStatuses } from './status.ts';

type WatermarkParams = Extract<Operation, { type: 'watermark' }>['params'];

/** As it is asked for: an image for a watermark by the file that it is. */
export type RequestedOperation = (
  | Exclude<Operation, { type: 'watermark' }>
  | {
      readonly type: 'watermark';
      readonly params: Omit<WatermarkParams, 'mark'> & {
        readonly text?: string | undefined;
        readonly fileId?: string | undefined;
      };
    }
) & { readonly priority?: Priority | undefined };

export interface ProcessFileDeps extends AlterDeps {
  readonly queues: Pick<FileQueues, 'process'>;
  readonly estimates: Pick<Estimates, 'estimate'>;
  readonly resendSeconds: number;
  readonly bounds: {
    /** That somebody asked for. */
    readonly renditionsPerFile: number;
    readonly watermarkMaxBytes: number;
  };
}

export interface StartedOperation {
  readonly jobId: string;
  readonly type: string;
  readonly queue: string;
  /** Until the result is expected; 0 where it is there already. */
  readonly estimatedSeconds: number;
}

/**
 * Has operations made of a stored image. What was made before is not made again, and what is under way is not asked
 * for twice; the original stays as it is.
 * @throws not_found, forbidden, precondition_failed, type_not_allowed, upload_state_conflict, validation_failed, file_locked
 */
export async function processStored(
  deps: ProcessFileDeps,
  caller: Caller,
  target: FileTarget,
  requested: readonly RequestedOperation[],
): Promise<readonly StartedOperation[]> {
  const operations = await Promise.all(
    requested.map(async (operation, index) => withMark(deps, caller, operation, index)),
  );
  let wanted: readonly (readonly NamedRecipe[])[] = [];
  const file = await alterFile(deps, caller, target, 'write', (current) => {
    requireOperable(current, operations);
    wanted = operations.map((operation) => recipesOf(operation, current.mimeType));
    return addRenditions(deps, caller, current, wanted.flat());
  });

  const isPending = ({ name }: NamedRecipe) => file.renditions[name]?.status === 'pending';
  const priority = highest(requested.filter((_, index) => wanted[index]?.some(isPending)));
  const queue = isUrgent({ priority }) ? 'imagesUrgent' : 'images';
  const { tenantId, fileId, version } = file;
  // Also what an earlier call asked for: that one may not have come so far as to send it.
  if (priority) await deps.queues.process({ tenantId, fileId, version, worker: 'images', priority });
  const seconds = priority ? await deps.estimates.estimate('images', isUrgent({ priority })) : 0;
  return requested.map(({ type }, index) => {
    const recipes = wanted[index] ?? [];
    const names = recipes.map(({ name }) => name);
    const estimatedSeconds = recipes.some(isPending) ? seconds : 0;
    return { jobId: operationJobId({ fileId, version, names }), type, queue, estimatedSeconds };
  });
}

const fromLowToHigh: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];

const highest = (operations: readonly RequestedOperation[]): Priority | undefined =>
  operations
    .map(({ priority = 'normal' }) => priority)
    .sort((a, b) => fromLowToHigh.indexOf(b) - fromLowToHigh.indexOf(a))[0];

async function withMark(
  deps: ProcessFileDeps,
  caller: Caller,
  operation: RequestedOperation,
  index: number,
): Promise<Operation> {
  if (operation.type !== 'watermark') return operation;
  const { text, fileId, ...params } = operation.params;
  const mark = text === undefined ? await storedMark(deps, caller, fileId, index) : { text };
  return { type: 'watermark', params: { ...params, mark } };
}

/** The content that the image has now: whatever takes its place later, what was asked for stays what it is. */
async function storedMark(
  deps: ProcessFileDeps,
  caller: Caller,
  fileId: string | undefined,
  index: number,
): Promise<Mark> {
  const field = `operations.${index}.params.fileId`;
  if (fileId === undefined) throw errors.invalidField(field, 'missing', 'send either text or fileId');
  const image = await requireAccess(deps, caller, fileId, 'read');
  if (!availableStatuses.includes(image.status)) throw errors.uploadStateConflict(whyNotYet(image));
  if (!operableTypes.includes(image.mimeType)) {
    throw errors.invalidField(field, 'not_an_image', `must be one of ${operableTypes.join(', ')}`);
  }
  const { watermarkMaxBytes } = deps.bounds;
  if (image.size > watermarkMaxBytes) {
    throw errors.invalidField(field, 'too_large', `a watermark has at most ${watermarkMaxBytes} bytes`);
  }
  return { fileId, version: image.version };
}

function requireOperable(file: FileRecord, operations: readonly Operation[]): void {
  if (!availableStatuses.includes(file.status)) throw errors.uploadStateConflict(whyNotYet(file));
  if (!operableTypes.includes(file.mimeType)) throw errors.notOperable(file.mimeType, operableTypes);
  const refused = operations.findIndex(({ type }) => type === 'compress' && !canCompress(file.mimeType));
  if (refused >= 0) {
    const detail = 'a drawing has no pixels to compress; resize or convert it';
    throw errors.invalidField(`operations.${refused}.type`, 'not_possible', detail);
  }
}

/** Undefined where all of them are there or under way. What failed may do better another time. */
function addRenditions(
  deps: ProcessFileDeps,
  caller: Caller,
  file: FileRecord,
  wanted: readonly NamedRecipe[],
): Change | undefined {
  const missing = wanted.filter(({ name }) => {
    const status = file.renditions[name]?.status;
    return status === undefined || status === 'failed';
  });
  if (missing.length === 0) return undefined;
  const at = deps.now();
  const renditions: Record<string, Rendition> = { ...file.renditions };
  for (const { name, recipe } of missing) {
    renditions[name] = { name, status: 'pending', recipe, onDemand: true, requestedAt: at };
  }
  const { renditionsPerFile } = deps.bounds;
  const asked = Object.values(renditions).filter(({ onDemand }) => onDemand).length;
  if (asked > renditionsPerFile) {
    const detail = `a file has at most ${renditionsPerFile} renditions of operations; these would be ${asked}`;
    throw errors.invalidField('operations', 'too_many', detail);
  }
  const facts = {
    at,
    eventId: deps.newId(),
    actor: caller.actor,
    data: { operations: missing.map(({ name }) => name).join(',') },
    set: { renditions },
    dueAt: addSeconds(at, deps.resendSeconds),
  };
  return file.status === 'processing'
    ? edit(file, { ...facts, type: 'file.processing' })
    : move(file, 'processing', facts);
}
