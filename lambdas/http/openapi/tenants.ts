import type { Limits } from '../../contract/limits.ts';
import { jobStartedAnswer } from '../schemas/folders.ts';
import {
  clientPage,
  newClientView,
  tenantPage,
  tenantSchemas,
  tenantView,
  userPage,
  userView,
} from '../schemas/tenants.ts';
import { type OperationsOf, success } from './operation.ts';

export function tenantOperations(limits: Limits): OperationsOf<'tenants'> {
  const schemas = tenantSchemas(limits);
  return {
    listTenants: {
      summary: 'All tenants, oldest first (root)',
      query: schemas.page,
      success: success(200, 'A page of tenants', tenantPage),
      refusals: ['cursor_invalid'],
    },
    createTenant: {
      summary: 'A new tenant (root)',
      body: schemas.createTenant,
      example: { tenantId: 'northwind', name: 'Northwind', tier: 'premium', policy: { trashDays: 90 } },
      success: success(201, 'The tenant', tenantView),
      refusals: ['name_conflict'],
    },
    getTenant: {
      summary: 'A tenant with its policy (admin of it, root)',
      success: success(200, 'The tenant', tenantView),
      refusals: ['not_found'],
    },
    changeTenant: {
      summary: 'Name and policy (admin of it: only tighter), status and tier (root)',
      description: 'Fields that are left out stay; `null` puts a field of the policy back to its default.',
      body: schemas.changeTenant,
      example: { policy: { allowedMimeTypes: ['image/*', 'application/pdf'], retentionDays: null } },
      success: success(200, 'The tenant as changed', tenantView),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    eraseTenant: {
      summary: 'Erase a tenant with everything that it has but its audit (root)',
      description: 'Refused while one of its files is under legal hold, or its policy retains files.',
      success: success(202, 'The job, to be asked for under /storage/jobs', jobStartedAnswer),
      refusals: ['not_found', 'legal_hold', 'retention_active'],
    },
    listUsers: {
      summary: 'The users of a tenant, removed ones too (admin of it, root)',
      query: schemas.page,
      success: success(200, 'A page of users', userPage),
      refusals: ['not_found', 'cursor_invalid'],
    },
    createUser: {
      summary: 'A new user with a sign-in; repeated, the user as it is (admin of it, root)',
      body: schemas.createUser,
      example: { email: 'jo@northwind.example', role: 'admin' },
      success: success(201, 'The user', userView),
      refusals: ['not_found', 'name_conflict', 'upload_state_conflict'],
    },
    changeUser: {
      summary: 'Tier, role and status (admin of it, root); they hold at the next call',
      body: schemas.changeUser,
      example: { tier: 'enterprise', role: 'user', status: 'active' },
      success: success(200, 'The user as changed', userView),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    removeUser: {
      summary: 'Remove a user and the sign-in; the files stay with the admins (admin of it, root)',
      success: success(204, 'Removed'),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    listClients: {
      summary: 'The machine clients of a tenant (admin of it, root)',
      query: schemas.page,
      success: success(200, 'A page of clients', clientPage),
      refusals: ['not_found', 'cursor_invalid'],
    },
    createClient: {
      summary: 'A new machine client; the secret is told this once (admin of it, root)',
      body: schemas.createClient,
      example: { name: 'Nightly import', scopes: ['uploads', 'files.read'] },
      success: success(201, 'The client with its secret', newClientView),
      refusals: ['not_found', 'name_conflict', 'upload_state_conflict'],
    },
    removeClient: {
      summary: 'Remove a machine client; its tokens are refused at once (admin of it, root)',
      success: success(204, 'Removed'),
      refusals: ['not_found'],
    },
    reconcileTenant: {
      summary: 'Prove the counters of a tenant against what is stored, and repair them (admin of it, root)',
      success: success(202, 'The job, to be asked for under /storage/jobs', jobStartedAnswer),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    rebuildSearch: {
      summary: 'Take all stored files of a tenant into the search index again (admin of it, root)',
      success: success(202, 'The job, to be asked for under /storage/jobs', jobStartedAnswer),
      refusals: ['not_found', 'upload_state_conflict'],
    },
  };
}
