import { describe, expect, it } from 'vitest';
import { probeOf } from '../../../lambdas/adapters/mediainfo/probe-of.ts';
import type { Track } from '../../../lambdas/adapters/mediainfo/report.ts';
import { NotProbed } from '../../../lambdas/core/video/probe.ts';

const general = (over: object = {}): Track => ({
  '@type': 'General',
  ...{ Format: 'MPEG-4', Duration: '10.000' },
  ...over,
});
const picture = (over: object = {}): Track => ({
  '@type': 'Video',
  ...{ Format: 'AVC', CodecID: 'avc1', Width: '1920', Height: '1080', FrameRate: '25.000' },
  ...over,
});
const sound = (over: object = {}): Track => ({
  '@type': 'Audio',
  ...{ Format: 'AAC', Channels: '2', SamplingRate: '48000' },
  ...over,
});

const probe = (...tracks: Track[]) => probeOf([general(), ...tracks], 1_000_000);

const reason = (...tracks: Track[]): string => {
  try {
    probeOf(tracks, 1_000_000);
    return 'none';
  } catch (error) {
    return error instanceof NotProbed ? error.reason : String(error);
  }
};

describe('what MediaInfo says, as a probe', () => {
  it.each([
    [{ Format: 'HEVC', CodecID: 'hvc1' }, 'hevc'],
    [{ Format: 'AVC', CodecID: 'ai12' }, 'h264'],
    [{ Format: 'MPEG Video', Format_Version: '1', CodecID: '' }, 'mpeg1video'],
    [{ Format: 'MPEG Video', Format_Version: '2', CodecID: '' }, 'mpeg2video'],
    [{ Format: 'MPEG-4 Visual', CodecID: 'mp4v-20' }, 'mpeg4'],
    [{ Format: 'MPEG-4 Visual', CodecID: 'DIV3' }, 'msmpeg4v3'],
    [{ Format: 'xvid', CodecID: 'xvid' }, 'mpeg4'],
    [{ Format: 'VC-1', CodecID: 'WMV3' }, 'wmv3'],
    [{ Format: 'AV1', CodecID: 'av01' }, 'av1'],
    [{ Format: 'ProRes', CodecID: 'apch' }, 'prores'],
    [{ Format: 'Something New' }, 'something new'],
  ])('pictures of %o are %s', (over, codec) => {
    expect(probe(picture(over)).video?.codec).toBe(codec);
  });

  it.each([
    [{ Format: 'PCM', BitDepth: '24', Format_Settings_Endianness: 'Big' }, 'pcm_s24be'],
    [{ Format: 'PCM', BitDepth: '8' }, 'pcm_u8'],
    [{ Format: 'PCM', BitDepth: '32', Format_Profile: 'Float' }, 'pcm_f32le'],
    [{ Format: 'MPEG Audio', Format_Profile: 'Layer 2' }, 'mp2'],
    [{ Format: 'MPEG Audio', Format_Profile: 'Layer 3' }, 'mp3'],
    [{ Format: 'AAC LC' }, 'aac'],
    [{ Format: 'DTS XLL' }, 'dts'],
    [{ Format: 'E-AC-3 JOC' }, 'eac3'],
    [{ Format: 'ADPCM', Format_Profile: 'U-Law' }, 'pcm_mulaw'],
    [{ Format: 'AMR', SamplingRate: '8000' }, 'amr_nb'],
  ])('sound of %o is %s', (over, codec) => {
    expect(probe(sound(over)).audio?.codec).toBe(codec);
  });

  it.each([
    [{}, 'sdr'],
    [{ transfer_characteristics: 'BT.709' }, 'sdr'],
    [{ transfer_characteristics: 'PQ / BT.709', HDR_Format: 'SMPTE ST 2086' }, 'hdr10'],
    [{ transfer_characteristics: 'HLG' }, 'hlg'],
    [{ transfer_characteristics: 'HLG', HDR_Format: 'Dolby Vision / SMPTE ST 2086' }, 'dolby-vision'],
  ])('light of %o is %s', (over, range) => {
    expect(probe(picture(over)).video?.dynamicRange).toBe(range);
  });

  it.each([
    ['90.000', 90],
    ['-90.000', 270],
    ['360.000', 0],
    ['180.500', 180],
    ['upside down', 0],
  ])('a turn of %s is %d degrees', (Rotation, degrees) => {
    expect(probe(picture({ Rotation })).video?.rotation).toBe(degrees);
  });

  it.each([
    ['1.422', 64 / 45],
    ['1.333', 4 / 3],
    ['0.889', 8 / 9],
    ['1.000', 1],
    ['1.234', 1.234],
  ])('pixels of %s are %d wide', (PixelAspectRatio, aspect) => {
    expect(probe(picture({ PixelAspectRatio })).video?.pixelAspect).toBeCloseTo(aspect, 6);
  });

  it('has the first track of a kind, as the encoder takes it', () => {
    expect(probe(sound(), sound({ Channels: '6', Default: 'Yes' })).audio?.channels).toBe(2);
    expect(probe(sound({ Channels: 'Object Based / 8' })).audio?.channels).toBe(8);
  });

  it('has no pictures where there is a cover, or a picture of a chapter', () => {
    const probed = probe(picture({ Format: 'JPEG', CodecID: 'jpeg', FrameCount: '1' }), sound());

    expect(probed).not.toHaveProperty('video');
    expect(probe(picture({ Format: 'JPEG', CodecID: 'jpeg', FrameCount: '50' })).video?.codec).toBe('mjpeg');
  });

  it('lasts no longer than samples that are not compressed can', () => {
    const wave = general({ Format: 'Wave', Duration: '96076792050570.580', extra: { IsTruncated: 'Yes' } });

    expect(probeOf([wave, sound({ Format: 'PCM', BitRate: '1536000' })], 192_000).duration).toBe(1);
  });

  it('is refused for its reason', () => {
    expect(reason(general({ Format: undefined }))).toBe('not_a_video');
    expect(reason(general({ Format: 'AC-3' }), sound())).toBe('not_a_video');
    expect(reason(general())).toBe('not_a_video');
    expect(reason(general({ Duration: undefined }))).toBe('malformed');
    expect(reason(general({ Duration: undefined }), picture())).toBe('malformed');
    expect(reason(general({ extra: { IsTruncated: 'Yes' } }), picture())).toBe('malformed');
    expect(reason(general(), picture({ Width: '0' }))).toBe('malformed');
    expect(reason()).toBe('not_a_video');
  });
});
