import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { expirationQuery } from './fields.ts';

export const publicSchemas = (limits: Limits) => ({
  fileUrl: z.strictObject({ expirationSeconds: expirationQuery(limits).optional() }),
});

export type PublicSchemas = ReturnType<typeof publicSchemas>;
