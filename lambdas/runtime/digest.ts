import { createHash } from 'node:crypto';

/** base64 */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
