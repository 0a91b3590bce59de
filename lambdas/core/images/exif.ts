/** What the file's record keeps of a picture's EXIF: flat and bounded. Field names carry their unit. */
export type ExifSummary = Record<string, string | number | boolean>;

/** The record is read on every listing of a folder: no single field may fill it. */
export const maxExifStringChars = 120;
export const maxExifFields = 40;

/** Tags by their standard names; a value is whatever the file held, so nothing about it is certain. */
type Tags = Readonly<Record<string, unknown>>;

export interface ParsedExif {
  readonly Image?: Tags | null;
  readonly Photo?: Tags | null;
  readonly GPSInfo?: Tags | null;
}

/** Undefined when nothing usable is in it. Values of a wrong type or out of range are left out. */
export function summariseExif({ Image, Photo, GPSInfo }: ParsedExif): ExifSummary | undefined {
  const image = Image ?? {};
  const photo = Photo ?? {};
  const gps = GPSInfo ?? {};

  const fields: Record<string, string | number | boolean | undefined> = {
    make: text(image.Make),
    model: text(image.Model),
    lensMake: text(photo.LensMake),
    lensModel: text(photo.LensModel),
    software: text(image.Software),
    artist: text(image.Artist),
    copyright: text(image.Copyright),
    description: text(image.ImageDescription),
    orientation: numberWithin(image.Orientation, 1, 8),
    takenAt: localTime(photo.DateTimeOriginal ?? photo.DateTimeDigitized, photo.OffsetTimeOriginal),
    modifiedAt: localTime(image.DateTime, photo.OffsetTime),
    exposureSeconds: numberWithin(photo.ExposureTime, 0, 100_000),
    exposureBiasEv: numberWithin(photo.ExposureBiasValue, -100, 100),
    exposureProgram: numberWithin(photo.ExposureProgram, 0, 255),
    fNumber: numberWithin(photo.FNumber, 0, 1_000),
    iso: numberWithin(first(photo.ISOSpeedRatings), 0, 100_000_000),
    focalLengthMm: numberWithin(photo.FocalLength, 0, 100_000),
    focalLength35mm: numberWithin(photo.FocalLengthIn35mmFilm, 0, 100_000),
    flashFired: flashFired(photo.Flash),
    meteringMode: numberWithin(photo.MeteringMode, 0, 255),
    whiteBalance: numberWithin(photo.WhiteBalance, 0, 255),
    digitalZoom: numberWithin(photo.DigitalZoomRatio, 0, 10_000),
    gpsLatitude: coordinate(gps.GPSLatitude, gps.GPSLatitudeRef, 'S', 90),
    gpsLongitude: coordinate(gps.GPSLongitude, gps.GPSLongitudeRef, 'W', 180),
    gpsAltitudeMetres: altitude(gps.GPSAltitude, gps.GPSAltitudeRef),
    gpsDirectionDegrees: numberWithin(gps.GPSImgDirection, 0, 360),
  };

  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (present.length === 0) return undefined;
  return Object.fromEntries(present.slice(0, maxExifFields)) as ExifSummary;
}

/** EXIF calls its strings ASCII; cameras and editors write UTF-8 or Latin-1 as well. */
function text(value: unknown): string | undefined {
  const raw = value instanceof Uint8Array ? decodeBytes(value) : value;
  if (typeof raw !== 'string') return undefined;
  // A string ends at its first NUL; what follows is padding.
  const visible = (raw.split('\0', 1)[0] ?? '').replace(/\p{C}+/gu, ' ').trim();
  return visible === ''
    ? undefined
    : [...visible.slice(0, 2 * maxExifStringChars)].slice(0, maxExifStringChars).join('');
}

function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function numberWithin(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return undefined;
  return Number(value.toPrecision(6));
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** The camera's wall clock as ISO 8601; with the offset only where the file tells it, since it has no zone else. */
function localTime(value: unknown, offset: unknown): string | undefined {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
  const zone = typeof offset === 'string' ? (/^[+-]\d{2}:\d{2}$/.exec(offset.trim())?.[0] ?? '') : '';
  return `${value.toISOString().slice(0, 19)}${zone}`;
}

const flashFired = (value: unknown): boolean | undefined =>
  typeof value === 'number' ? (value & 1) === 1 : undefined;

/** Degrees, minutes, seconds -> signed decimal degrees with 6 decimals (0.1 m). */
function coordinate(value: unknown, ref: unknown, negativeRef: string, max: number): number | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [degrees, minutes, seconds] = value as [unknown, unknown, unknown];
  if (typeof degrees !== 'number' || typeof minutes !== 'number') return undefined;
  // Phones that write degrees and decimal minutes leave the seconds at 0/0.
  const rest = typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : 0;
  const decimal = degrees + minutes / 60 + rest / 3600;
  if (!(decimal >= 0 && decimal <= max)) return undefined;
  const negative = typeof ref === 'string' && ref.toUpperCase().startsWith(negativeRef);
  const rounded = Number(decimal.toFixed(6));
  return negative && rounded !== 0 ? -rounded : rounded;
}

function altitude(value: unknown, ref: unknown): number | undefined {
  const metres = numberWithin(value, 0, 1_000_000);
  const belowSeaLevel = first(ref) === 1;
  return metres !== undefined && belowSeaLevel && metres !== 0 ? -metres : metres;
}
