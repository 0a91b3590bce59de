import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { id, wholeNumber } from './fields.ts';
import { linkProof } from './links.ts';
import { time } from './shapes.ts';

export const playlistPath = z.object({
  id,
  playlist: z
    .string()
    .regex(/^[a-z0-9]{1,16}\.(?:m3u8|vtt)$/, 'must be a playlist such as master.m3u8, or thumbnails.vtt'),
});

const asInLink = 'As the link has it';

export function streamSchemas({ upload, video }: Limits) {
  const seconds = wholeNumber(upload.urlSeconds.min, video.streamSeconds);
  return {
    entry: z.strictObject({
      expirationSeconds: seconds.describe(`Life of the link; ${video.streamSeconds} unless given`).optional(),
    }),
    playlist: z.strictObject({
      ...linkProof.shape,
      user: id.describe(asInLink),
      client: id.describe(asInLink).optional(),
      version: wholeNumber(1, Number.MAX_SAFE_INTEGER).describe(asInLink),
    }),
  };
}

export type StreamSchemas = ReturnType<typeof streamSchemas>;

export const streamUrlAnswer = z
  .object({
    url: z
      .string()
      .describe("Of the master playlist, from the API's address on; for a player, without a sign-in"),
    expiresAt: time,
  })
  .meta({ id: 'StreamUrl' });
