import { describe, expect, it } from 'vitest';
import { pictureGraph } from '../../../lambdas/adapters/ffmpeg/picture-graph.ts';
import type { VideoTrack } from '../../../lambdas/core/video/probe.ts';
import { planned } from '../../support/encoding.ts';

const track: VideoTrack = {
  ...{ codec: 'h264', width: 1_920, height: 1_080, pixelAspect: 1, rotation: 0, frameRate: 25 },
  ...{ variableFrameRate: false, interlaced: false, bitDepth: 8, dynamicRange: 'sdr' },
};

function graphOf(more: Partial<VideoTrack>): string {
  const video = { ...track, ...more };
  const plan = planned({ container: 'mp4', duration: 60, video }).video;
  if (!plan) throw new Error('it has pictures');
  return pictureGraph(plan, video, 60);
}

describe('the graph of all pictures', () => {
  it('decodes once, and scales each rung from the one above it', () => {
    const graph = graphOf({});

    expect(graph.match(/\[0:V:0\]/g)).toHaveLength(1);
    for (const rung of [1, 2, 3]) expect(graph).toMatch(new RegExp(`\\[s${rung}\\]scale=`));
    for (const label of ['v0', 'v1', 'v2', 'v3', 'poster', 'tiles', 'clip'])
      expect(graph).toContain(`[${label}]`);
  });

  it('begins with what takes pictures of any size', () => {
    expect(graphOf({})).toMatch(/^\[0:V:0\]scale=1920:1080/);
    expect(graphOf({ dynamicRange: 'hlg' })).toMatch(/^\[0:V:0\]zscale=w=1920:h=1080/);
  });

  it('makes frames of fields, in the size that the probe has found, where there are any', () => {
    expect(graphOf({ interlaced: true })).toMatch(/^\[0:V:0\]scale=1920:1080,bwdif=[^,]+,scale=1920:1080/);
    expect(graphOf({ interlaced: true, rotation: 90 })).not.toContain('bwdif');
    expect(graphOf({})).not.toContain('bwdif');
  });

  it('shows the last picture until the end of the sound, where that is sure', () => {
    expect(graphOf({})).toContain('tpad=stop=-1:stop_mode=clone,trim=end=60,');
    const plan = planned({ container: 'mpegts', duration: 60, video: track }).video;
    expect(plan && pictureGraph(plan, track, undefined)).not.toContain('tpad');
  });

  it('takes high definition that does not say so for BT.709, and believes what does', () => {
    expect(graphOf({})).toContain('in_color_matrix=bt709:');
    const [first] = graphOf({ matrix: 'bt601' }).split('split');
    expect(first).not.toContain('in_color_matrix');
    const [small] = graphOf({ width: 640, height: 360 }).split('split');
    expect(small).not.toContain('in_color_matrix');
  });

  it('maps the tones of each kind of high dynamic range by its own curve, in the size of the best rung', () => {
    const uhd = { width: 3_840, height: 2_160 };

    expect(graphOf({ ...uhd, dynamicRange: 'hdr10' })).toContain(
      'w=1920:h=1080:t=linear:npl=100:tin=smpte2084',
    );
    expect(graphOf({ ...uhd, dynamicRange: 'hlg' })).toContain('tin=arib-std-b67');
    expect(graphOf({ ...uhd, dynamicRange: 'dolby-vision' })).not.toContain('tin=');
    expect(graphOf(uhd)).not.toContain('tonemap');
  });
});
