import {
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import type { CopyClip } from '../../core/video/mediaconvert-package.ts';

/** Packets stay as they are, in the order in which they are decoded; their times begin at 0. */
export const copyClip: CopyClip = async (bytes, seconds) => {
  using input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const decoderConfig = await track?.getDecoderConfig();
  if (!track?.codec || !decoderConfig) throw new Error('the track of the clip has no pictures to copy');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const pictures = new EncodedVideoPacketSource(track.codec);
  output.addVideoTrack(pictures);
  await output.start();
  const begin = await track.getFirstTimestamp();
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const timestamp = packet.timestamp - begin;
    // Times are fractions: half a frame is more than they are off by.
    if (packet.type === 'key' && timestamp > seconds - packet.duration / 2) break;
    await pictures.add(packet.clone({ timestamp }), { decoderConfig });
  }
  await output.finalize();
  if (!target.buffer) throw new Error('the clip has not been written');
  return new Uint8Array(target.buffer);
};
