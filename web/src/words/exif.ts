import { formatMoment } from './format.ts';

type Exif = Readonly<Record<string, string | number | boolean>>;

/** The few facts that people look for in a picture, in the order in which they ask. */
export function exifFacts(exif: Exif): ReadonlyArray<readonly [label: string, value: string]> {
  const facts: Array<readonly [string, string | undefined]> = [
    ['Taken', takenAt(exif.takenAt)],
    ['Camera', join(' ', exif.make, exif.model)],
    ['Lens', join(' ', exif.lensMake, exif.lensModel)],
    ['Exposure', exposure(exif)],
    ['Location', location(exif)],
    ['Artist', join('', exif.artist)],
    ['Copyright', join('', exif.copyright)],
    ['Software', join('', exif.software)],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
}

/** The hour on the photographer's watch, wherever the picture is looked at: without the offset it reads as local time. */
const takenAt = (value: unknown): string | undefined =>
  typeof value === 'string' ? formatMoment(value.slice(0, 'yyyy-mm-ddThh:mm:ss'.length)) : undefined;

const join = (separator: string, ...values: readonly unknown[]): string | undefined => {
  const present = values.filter((value) => value !== undefined && value !== '');
  return present.length === 0 ? undefined : present.join(separator);
};

function exposure(exif: Exif): string | undefined {
  const { exposureSeconds: seconds, fNumber, iso, focalLengthMm } = exif;
  return join(
    ' · ',
    typeof seconds === 'number' && seconds > 0
      ? seconds < 1
        ? `1/${Math.round(1 / seconds)} s`
        : `${seconds} s`
      : undefined,
    fNumber === undefined ? undefined : `f/${fNumber}`,
    iso === undefined ? undefined : `ISO ${iso}`,
    focalLengthMm === undefined ? undefined : `${focalLengthMm} mm`,
  );
}

function location({ gpsLatitude: latitude, gpsLongitude: longitude }: Exif): string | undefined {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  const side = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
  return `${side(latitude, 'N', 'S')}, ${side(longitude, 'E', 'W')}`;
}
