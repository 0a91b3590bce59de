import { type AccessFacts, accessEvent, isKept } from '../core/audit/access.ts';
import { errors, SluiceError } from '../core/errors.ts';
import type { AccessEvent } from '../core/files/event.ts';
import type { FileRecord } from '../core/files/file.ts';
import { type Actor, type StampDeps, stamp } from '../core/tenancy/actor.ts';
import type { Barred, Caller } from '../core/tenancy/caller.ts';
import type { AuditLevel } from '../core/tenancy/policy.ts';
import type { HttpRequest } from './http-request.ts';
import type { HttpResponse } from './http-response.ts';
import { accessOfRoute } from './route-access.ts';

export interface AccessAudit extends StampDeps {
  /** One write. */
  record(event: AccessEvent): Promise<void>;
}

/** An answer that is about one file, of which the audit then knows whose it is and how sensitive. */
export interface AboutFile {
  readonly response: HttpResponse;
  readonly file: FileRecord;
}

export const about = (file: FileRecord, response: HttpResponse): AboutFile => ({ response, file });

/** Ids are ULIDs. What else a path may hold where an id belongs is text of the caller's and stays out of the audit. */
const idShape = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * Runs a route and records what the tenant's auditLevel asks for before the answer leaves: a URL without its record
 * is not given out. Changes record themselves, in their transactions.
 * @throws storage_unavailable when the record cannot be written, and whatever the route throws
 */
export async function audited(
  audit: AccessAudit,
  request: HttpRequest,
  caller: Caller,
  run: () => Promise<HttpResponse | AboutFile>,
): Promise<HttpResponse> {
  const { tenantId, actor, policy } = caller;
  const who = { tenantId, actor, level: policy.auditLevel };
  try {
    const answer = await run();
    const [response, file] = 'response' in answer ? [answer.response, answer.file] : [answer, undefined];
    const { kind } = accessOfRoute[request.route];
    if (kind === 'download' || kind === 'read') await recordAccess(audit, request, who, { kind, file });
    return response;
  } catch (error) {
    if (isRefusal(error)) await recordRefusal(audit, request, who, error);
    throw error;
  }
}

export interface Accessor {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly level: AuditLevel;
}

/** @throws storage_unavailable */
export const recordAccess = (
  audit: AccessAudit,
  request: HttpRequest,
  who: Accessor,
  { kind, file }: { readonly kind: 'download' | 'read'; readonly file: FileRecord | undefined },
): Promise<void> => record(audit, request, who, { type: `access.${kind}`, ...(file && { file }) });

/** Whoever reads an audit is recorded in it at every level. @throws storage_unavailable */
export const recordReading = (
  audit: AccessAudit,
  request: HttpRequest,
  who: Omit<Accessor, 'level'>,
): Promise<void> => record(audit, request, { ...who, level: 'full' }, { type: 'access.read' });

/** That somebody was refused who was known to be who they say. @throws storage_unavailable */
export const recordRefusal = (
  audit: AccessAudit,
  request: HttpRequest,
  who: Accessor,
  { code }: SluiceError,
): Promise<void> => record(audit, request, who, { type: 'access.refused', code });

export const recordBarred = (audit: AccessAudit, request: HttpRequest, barred: Barred): Promise<void> =>
  recordRefusal(audit, request, { ...barred, level: barred.auditLevel }, barred);

const isRefusal = (error: unknown): error is SluiceError =>
  error instanceof SluiceError && error.status === 403;

async function record(
  audit: AccessAudit,
  request: HttpRequest,
  { tenantId, actor, level }: Accessor,
  facts: Pick<AccessFacts, 'type' | 'code' | 'file'>,
): Promise<void> {
  if (!isKept(level, facts.type)) return;
  const { route } = request;
  const { id, fileId = id } = request.event.pathParameters ?? {};
  const event = accessEvent(tenantId, stamp(audit, actor), {
    ...facts,
    operation: accessOfRoute[route].operation,
    route,
    ...(!facts.file && fileId !== undefined && idShape.test(fileId) && { fileId }),
  });
  try {
    await audit.record(event);
  } catch (cause) {
    throw errors.storageUnavailable(cause);
  }
}
