import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { auditSchemas } from '../../lambdas/http/schemas/audit.ts';
import { fileSchemas } from '../../lambdas/http/schemas/files.ts';
import { folderSchemas } from '../../lambdas/http/schemas/folders.ts';
import { processingSchemas } from '../../lambdas/http/schemas/processing.ts';
import { publicSchemas } from '../../lambdas/http/schemas/public.ts';
import { searchSchemas } from '../../lambdas/http/schemas/search.ts';
import { streamSchemas } from '../../lambdas/http/schemas/stream.ts';
import { tenantSchemas } from '../../lambdas/http/schemas/tenants.ts';
import { uploadSchemas } from '../../lambdas/http/schemas/uploads.ts';
import { variantSchemas } from '../../lambdas/http/schemas/variants.ts';
import { versionSchemas } from '../../lambdas/http/schemas/versions.ts';

/** What requests are checked by, compiled once: each of them costs as much as some calls do. */
export const schemas = {
  audit: auditSchemas(defaultLimits),
  file: fileSchemas(defaultLimits),
  folder: folderSchemas(defaultLimits),
  processing: processingSchemas(defaultLimits),
  public: publicSchemas(defaultLimits),
  search: searchSchemas(defaultLimits),
  stream: streamSchemas(defaultLimits),
  tenant: tenantSchemas(defaultLimits),
  upload: uploadSchemas(defaultLimits),
  variant: variantSchemas(defaultLimits),
  version: versionSchemas(defaultLimits),
};
