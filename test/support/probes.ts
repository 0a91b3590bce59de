import type { Probe, VideoTrack } from '../../lambdas/core/video/probe.ts';

/** What probes tell of an ordinary video, and of what a test says otherwise. */
export const stereo = { codec: 'aac', channels: 2, sampleRate: 48_000 };

export const track = (fields: Partial<VideoTrack> = {}): VideoTrack => ({
  codec: 'h264',
  ...{
    width: 1_920,
    height: 1_080,
    pixelAspect: 1,
    rotation: 0,
    frameRate: 25,
    variableFrameRate: false,
    interlaced: false,
  },
  ...{ bitDepth: 8, dynamicRange: 'sdr' },
  ...fields,
});

export const probe = (video: Partial<VideoTrack> = {}, fields: Partial<Probe> = {}): Probe => ({
  ...{ container: 'mp4', duration: 60, audio: stereo, video: track(video) },
  ...fields,
});
