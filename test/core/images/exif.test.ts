import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxExifFields, maxExifStringChars, summariseExif } from '../../../lambdas/core/images/exif.ts';

describe('EXIF summary', () => {
  it('flattens what a camera writes', () => {
    const summary = summariseExif({
      Image: { Make: 'Sluice\0\0', Model: ' Penstock 7 ', Orientation: 6 },
      Photo: {
        DateTimeOriginal: new Date('2026-05-01T12:34:56Z'),
        OffsetTimeOriginal: '+02:00',
        ExposureTime: 1 / 250,
        FNumber: 2.8,
        ISOSpeedRatings: [200, 0],
        FocalLength: 35,
        Flash: 0x19,
      },
      GPSInfo: {
        GPSLatitude: [33, 51, 31.2],
        GPSLatitudeRef: 'S',
        GPSLongitude: [151, 12.5, Number.NaN],
        GPSLongitudeRef: 'E',
        GPSAltitude: 12.5,
        GPSAltitudeRef: 1,
      },
    });

    expect(summary).toEqual({
      make: 'Sluice',
      model: 'Penstock 7',
      orientation: 6,
      takenAt: '2026-05-01T12:34:56+02:00',
      exposureSeconds: 0.004,
      fNumber: 2.8,
      iso: 200,
      focalLengthMm: 35,
      flashFired: true,
      gpsLatitude: -33.858667,
      gpsLongitude: 151.208333,
      gpsAltitudeMetres: -12.5,
    });
  });

  it('is undefined when nothing usable is there', () => {
    expect(summariseExif({ Image: { Orientation: 77, Make: '' }, Photo: null })).toBeUndefined();
    expect(summariseExif({})).toBeUndefined();
  });

  it('drops coordinates that are nowhere on Earth', () => {
    const at = (GPSLatitude: unknown) => summariseExif({ GPSInfo: { GPSLatitude, GPSLatitudeRef: 'N' } });

    expect(at([91, 0, 0])).toBeUndefined();
    expect(at([Number.NaN, 0, 0])).toBeUndefined();
    expect(at([1, 2])).toBeUndefined();
  });

  it('reads strings in UTF-8 and Latin-1 and takes control characters out', () => {
    expect(summariseExif({ Image: { Artist: new TextEncoder().encode('Zoë') } })).toEqual({ artist: 'Zoë' });
    expect(summariseExif({ Image: { Artist: Uint8Array.of(0x5a, 0x6f, 0xeb) } })).toEqual({ artist: 'Zoë' });
    expect(summariseExif({ Image: { Artist: 'a\u001b[31m\u202eb' } })).toEqual({ artist: 'a [31m b' });
  });

  it('cuts strings at their bound without cutting a character in two', () => {
    const summary = summariseExif({ Image: { ImageDescription: '😀'.repeat(1_000) } });

    expect([...String(summary?.description)]).toHaveLength(maxExifStringChars);
    expect(String(summary?.description)).toBe('😀'.repeat(maxExifStringChars));
  });

  it('stays flat, finite and bounded whatever the file holds', () => {
    const names = [
      'Make Model Artist ImageDescription Orientation DateTime DateTimeOriginal OffsetTimeOriginal ExposureTime',
      'ISOSpeedRatings Flash GPSLatitude GPSLatitudeRef GPSLongitude GPSLongitudeRef GPSAltitude GPSAltitudeRef',
    ].flatMap((line) => line.split(' '));
    const tags = fc.dictionary(
      fc.constantFrom(...names),
      fc.anything({ withDate: true, withTypedArray: true }),
    );

    fc.assert(
      fc.property(tags, tags, tags, (Image, Photo, GPSInfo) => {
        const fields = Object.entries(summariseExif({ Image, Photo, GPSInfo }) ?? {});
        expect(fields.length).toBeLessThanOrEqual(maxExifFields);
        for (const [, value] of fields) {
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
          else if (typeof value === 'string')
            expect([...value].length).toBeLessThanOrEqual(maxExifStringChars);
          else expect(typeof value).toBe('boolean');
        }
      }),
      { numRuns: 500 },
    );
  });
});
