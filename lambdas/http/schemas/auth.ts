import * as z from 'zod';

export const loginBody = z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(256) });
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(8_192) });

export const tokensAnswer = z
  .object({
    accessToken: z.string(),
    expiresIn: z.number().int().describe('Seconds'),
    refreshToken: z.string().optional(),
  })
  .meta({ id: 'Tokens' });
