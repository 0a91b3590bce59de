import type { Limits } from '../../contract/limits.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { streamSchemas, streamUrlAnswer } from '../schemas/stream.ts';
import { type OperationsOf, redirection, success } from './operation.ts';

const ofStream: readonly ErrorCode[] = ['not_found', 'upload_state_conflict', 'type_not_allowed'];

export function streamOperations(limits: Limits): OperationsOf<'stream'> {
  const schemas = streamSchemas(limits);
  return {
    fileStream: {
      summary: "To the master playlist (HLS) of a video's stream",
      query: schemas.entry,
      success: redirection('To the playlist, by a link that needs no sign-in'),
      refusals: ofStream,
    },
    streamUrl: {
      summary: 'The link to the master playlist, for players that send no bearer',
      description:
        'It is given to the caller: it opens the stream for as long as the caller may read the file, the file has this content and the link has not ended. Asked for again within a quarter of its life, it is the same link.',
      query: schemas.entry,
      success: success(200, 'The link', streamUrlAnswer),
      refusals: ofStream,
    },
    streamPlaylist: {
      summary: 'A playlist of the stream, or its thumbnails, for whoever has the link',
      description: `\`master.m3u8\` leads to the others with the same query. They list URLs that last ${limits.video.streamUrlSeconds} seconds: a player whose URLs have ended loads its playlist anew.`,
      query: schemas.playlist,
      success: {
        status: 200,
        description: 'HLS (RFC 8216), or WebVTT whose cues are parts of sheets of pictures',
        mediaTypes: ['application/vnd.apple.mpegurl', 'text/vtt'],
      },
      refusals: [
        ...ofStream,
        'forbidden',
        'tenant_suspended',
        'user_inactive',
        'region_blocked',
        'rate_limited',
      ],
    },
  };
}
