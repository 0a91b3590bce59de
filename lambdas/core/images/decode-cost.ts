const MiB = 1024 * 1024;

/**
 * What a picture may take to decode, and nothing else decides on it: the inspection refuses by this table, the processor
 * that makes renditions looks again before it decodes.
 *
 * 70 % of the 2,048 MiB of the images function are 1,433 MiB. At its worst that is
 *   Node, the SDK, libvips and the encoders                                      150 MiB
 *   source bytes (limits.pipeline.imageMaxBytes)                                 128 MiB
 *   working image and, when the picture is turned, one copy: 2 x 16 MP x 4 bytes 122 MiB
 *   decoder                                                                      1,000 MiB
 * = 1,400 MiB.
 */
export const maxDecodeBytes = 1_000 * MiB;

/** 16,320 x 12,240, the largest picture that a phone takes, and no camera writes a larger one in these formats. */
export const maxPixels = 200_000_000;

/** What decides how much memory a picture takes while it is decoded. */
export type PixelCoding =
  /** `coefficientBytes`: kept for each pixel until the last scan has come; 0 where one scan holds everything. */
  | { readonly format: 'jpeg'; readonly coefficientBytes: number }
  /** `pixelBytes`: of one decoded pixel, palettes resolved. */
  | { readonly format: 'png'; readonly interlaced: boolean; readonly pixelBytes: number }
  | { readonly format: 'webp' | 'gif' }
  /** `deep`: more than 8 bits a channel. */
  | { readonly format: 'avif'; readonly deep: boolean }
  /** Stored and never decoded by us: what any viewer needs for the plain pixels. */
  | { readonly format: 'stored'; readonly pixelBytes: number };

/**
 * Peak bytes a pixel costs, measured with sharp 0.35 (libvips 8.18) in processes of their own, one thread, at 16 and 64 MP,
 * above an idle process, rounded up:
 *   JPEG, one scan                                     0.4 to 1.0
 *   JPEG, progressive or a scan for each component     1.0 more than the coefficients (4:2:0 3, 4:4:4 6, CMYK 8)
 *   PNG, row by row                                    0.32 x the pixel (8-bit RGBA 1.3, 16-bit RGBA turned 2.5)
 *   PNG, interlaced                                    1.28 x the pixel (8-bit RGB 3.7, 16-bit RGBA 10.0)
 *   WebP 8.5 · GIF 5.3 · AVIF of 8 bits 18.6, of 10 and 12 bits 25.5
 */
export function decodeBytesPerPixel(coding: PixelCoding): number {
  switch (coding.format) {
    case 'jpeg':
      return 1.2 + coding.coefficientBytes;
    case 'png':
      return (coding.interlaced ? 1.3 : 0.4) * coding.pixelBytes;
    case 'webp':
      return 9;
    case 'gif':
      return 6;
    case 'avif':
      return coding.deep ? 26 : 19;
    case 'stored':
      return coding.pixelBytes;
  }
}

/** Width x height that a picture may have. */
export function decodablePixels(coding: PixelCoding): number {
  const affordable = Math.floor(maxDecodeBytes / decodeBytesPerPixel(coding));
  return coding.format === 'stored' ? affordable : Math.min(maxPixels, affordable);
}
