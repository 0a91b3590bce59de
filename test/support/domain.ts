import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { Caller } from '../../lambdas/core/tenancy/caller.ts';
import { effectivePolicy, type Tenant, type User } from '../../lambdas/core/tenancy/policy.ts';
import { planParts } from '../../lambdas/core/uploads/part-plan.ts';
import type { UploadSession } from '../../lambdas/core/uploads/session.ts';

/** One of each noun of the domain, as plain as it can be; a test names what matters to it. */
export const startOfTime = '2026-11-20T12:00:00.000Z';

export const tenant = (over: Partial<Tenant> = {}): Tenant => ({
  tenantId: 'acme',
  name: 'Acme',
  status: 'active',
  tier: 'enterprise',
  policy: {},
  userCount: 10,
  createdAt: startOfTime,
  ...over,
});

export const user = (over: Partial<User> = {}): User => ({
  tenantId: 'acme',
  userId: 'alice',
  email: 'alice@example.com',
  role: 'user',
  status: 'active',
  createdAt: startOfTime,
  ...over,
});

export const caller = (over: { tenant?: Partial<Tenant>; user?: Partial<User> } = {}): Caller => {
  const [ofTenant, who] = [tenant(over.tenant), user(over.user)];
  return {
    tenantId: who.tenantId,
    userId: who.userId,
    tenant: ofTenant,
    user: who,
    policy: effectivePolicy(ofTenant, who, defaultLimits),
    actor: { kind: 'user', userId: who.userId },
  };
};

export const file = (over: Partial<FileRecord> = {}): FileRecord => ({
  tenantId: 'acme',
  fileId: 'F1',
  ownerId: 'alice',
  path: '/',
  filename: 'photo.jpg',
  originalName: 'photo.jpg',
  mimeType: 'image/jpeg',
  size: 1_000,
  status: 'uploading',
  isPublic: false,
  sensitivity: 'internal',
  tags: [],
  metadata: {},
  priority: 'normal',
  revision: 1,
  version: 1,
  uploadId: 'U1',
  renditions: {},
  accounting: 'reserved',
  createdAt: startOfTime,
  updatedAt: startOfTime,
  ...over,
});

export const session = (over: Partial<UploadSession> = {}): UploadSession => ({
  tenantId: 'acme',
  fileId: 'F1',
  uploadId: 'U1',
  ownerId: 'alice',
  phase: 'open',
  filename: 'photo.jpg',
  path: '/',
  mimeType: 'image/jpeg',
  priority: 'normal',
  createdAt: startOfTime,
  lastActivityAt: startOfTime,
  lastProgressAt: startOfTime,
  seenParts: 0,
  expiresAt: '2026-11-27T12:00:00.000Z',
  ...planParts(over.size ?? 1_000),
  size: over.size ?? 1_000,
  ...over,
});
