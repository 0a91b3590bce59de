import * as z from 'zod';
import { id } from './fields.ts';

/** RFC 6749, 4.4: the form of a request by client credentials; id and secret may come by Basic authentication instead. */
export const tokenForm = z.strictObject({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().min(1).max(255).optional(),
  client_secret: z.string().min(1).max(255).optional(),
  scope: z.string().max(1_024).optional(),
});

/** However they came: a client's id becomes part of keys. */
export const tokenCredentials = z.object({ clientId: id, clientSecret: z.string().min(1).max(255) });

export const tokenView = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
    scope: z.string(),
  })
  .meta({ id: 'MachineToken' });
