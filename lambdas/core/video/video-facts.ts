import type { AudioContent } from '../audio/ports.ts';
import type { Details, Media } from '../files/content-facts.ts';
import type { Probe } from './probe.ts';
import { shownSize } from './shown-size.ts';

/** What a file's record tells of a video or recording, as far as anybody could read it. */
export function videoFacts(
  probe: Probe | undefined,
  recording: AudioContent | undefined,
): { readonly media: Media; readonly details?: Details } {
  const duration = recording?.duration ?? probe?.duration;
  const media = {
    ...(probe?.video && shownSize(probe.video)),
    ...(duration !== undefined && { duration }),
  };
  if (!probe && !recording) return { media };
  return { media, details: { ...(probe && tracksOf(probe)), ...recording?.tags, ...recording?.format } };
}

function tracksOf({ container, video, audio }: Probe): Details {
  return {
    container,
    ...(video && {
      videoCodec: video.codec,
      bitDepth: video.bitDepth,
      dynamicRange: video.dynamicRange,
      ...(video.rotation !== 0 && { rotation: video.rotation }),
      ...(video.frameRate !== undefined && { frameRate: video.frameRate }),
      ...(video.variableFrameRate && { variableFrameRate: true }),
      ...(video.bitsPerSecond !== undefined && { bitrate: video.bitsPerSecond }),
    }),
    ...(audio && {
      // Of a recording it is the codec; beside pictures it is one of two.
      ...(video ? { audioCodec: audio.codec } : { codec: audio.codec }),
      ...(!video && audio.bitsPerSecond !== undefined && { bitrate: audio.bitsPerSecond }),
      sampleRate: audio.sampleRate,
      channels: audio.channels,
    }),
  };
}
