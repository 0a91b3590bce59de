import type { HostileSample } from './sample.ts';

type Bytes = Buffer | Promise<Buffer>;
/** Samples of one format, whose names begin with it. */
export const pictureSamples =
  (mimeType: string, filename: string, format: string) =>
  (name: string, make: () => Bytes, expected: HostileSample['expected']): HostileSample => ({
    name: `${format} ${name}`,
    filename,
    mimeType,
    bytes: async () => make(),
    expected,
  });
