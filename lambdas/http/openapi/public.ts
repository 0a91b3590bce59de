import type { Limits } from '../../contract/limits.ts';
import { publicSchemas } from '../schemas/public.ts';
import { signedUrl } from '../schemas/shapes.ts';
import { type OperationsOf, success } from './operation.ts';

export const publicOperations = (limits: Limits): OperationsOf<'public'> => ({
  publicFileUrl: {
    summary: 'A signed URL of a public file, for anybody',
    query: publicSchemas(limits).fileUrl,
    success: success(200, 'The URL and its end', signedUrl),
    refusals: ['not_found', 'region_blocked', 'rate_limited'],
  },
});
