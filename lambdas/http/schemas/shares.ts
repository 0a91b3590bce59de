import * as z from 'zod';
import { id, moment } from './fields.ts';
import { time } from './shapes.ts';

const access = z.enum(['read', 'write']);

export const sharePath = z.object({ id, userId: id });

export const shareBody = z.strictObject({ access, expiresAt: moment.optional() });

export const shareView = z
  .object({
    userId: z.string(),
    access,
    expiresAt: time.optional(),
    createdAt: time,
    createdBy: z.string().describe('Who shared it'),
  })
  .meta({ id: 'Share' });

export const sharesView = z.object({ shares: z.array(shareView) });
