/** Numbers and times as people read them. */
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const STEP = 1024;

/** 1024-based, three significant digits at most: `0 bytes`, `9.54 MiB`, `117 GiB`. */
export function formatBytes(bytes: number): string {
  const unit = bytes < STEP ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(STEP)));
  const value = bytes / STEP ** unit;
  if (unit === 0) return value === 1 ? '1 byte' : `${Math.round(value)} bytes`;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value)} ${UNITS[unit]}`;
}

export const formatSpeed = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Rounded up, since a promise broken early is a nice surprise: `12 s`, `3 min`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < MINUTE) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < HOUR) return `${Math.ceil(seconds / MINUTE)} min`;
  if (seconds < DAY) {
    const hours = Math.floor(seconds / HOUR);
    const minutes = Math.round((seconds % HOUR) / MINUTE);
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  }
  return `${Math.round(seconds / DAY)} days`;
}

/** Where a recording stands: `0:07`, `12:30`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE)];
  const rest = String(whole % MINUTE).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `ofNothing`: what to say of 0 of 0. */
export const formatPercent = (part: number, whole: number, ofNothing = 100): string =>
  `${whole === 0 ? ofNothing : Math.floor((part / whole) * 100)} %`;

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** `2 minutes ago`, `yesterday`; dates from a week on. */
export function formatAgo(iso: string, nowMs: number): string {
  const seconds = (Date.parse(iso) - nowMs) / 1000;
  const age = Math.abs(seconds);
  if (age < 45) return 'just now';
  if (age < HOUR) return relative.format(Math.round(seconds / MINUTE), 'minute');
  if (age < DAY) return relative.format(Math.round(seconds / HOUR), 'hour');
  if (age < 7 * DAY) return relative.format(Math.round(seconds / DAY), 'day');
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(Date.parse(iso));
}

export const formatMoment = (iso: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(Date.parse(iso));

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${new Intl.NumberFormat().format(count)} ${count === 1 ? one : many}`;

export const formatCount = (count: number): string => new Intl.NumberFormat().format(count);

/** An average: `0.04`, `12.3`. */
export const formatNumber = (value: number): string =>
  new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 ? 2 : 1 }).format(value);

/** 0..1 as people read it: `99.5 %`. */
export const formatRate = (rate: number): string =>
  `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(rate * 100)} %`;

/** Exact enough to compare: `0.42 s`, `12.3 s`, `3 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 100) return formatDuration(seconds);
  return `${new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 }).format(seconds)} s`;
}
