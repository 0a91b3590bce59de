import * as z from 'zod';
import { id, wholeNumber } from './fields.ts';

/** HMAC-SHA256, base64url. */
const signatureCharacters = 43;

/** What every link carries that this API signs. */
export const linkProof = z.object({
  tenant: id.describe('As the link has it'),
  expires: wholeNumber(0, Number.MAX_SAFE_INTEGER).describe('As the link has it'),
  signature: z.string().length(signatureCharacters).describe('As the link has it'),
});
