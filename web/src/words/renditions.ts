import type { RenditionSummary } from '../../../client/index.ts';
import { formatBytes, formatClock, formatCount } from './format.ts';

const HEADS: Readonly<Record<string, string>> = {
  compress: 'Compressed',
  convert: 'Converted',
  resize: 'Resized',
  thumbnail: 'Thumbnail',
  watermark: 'Watermarked',
};
const PART_WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^q(\d+)$/, 'quality $1'],
  [/^w(\d+)$/, '$1 wide'],
  [/^h(\d+)$/, '$1 high'],
  [/^(\d+)x(\d+)$/, '$1 × $2'],
  [/^(jpeg|png|webp|avif)$/, '$1'],
];

/** `compress-q85` -> `Compressed, quality 85`; `page-2` -> `Page 2`; a tenant's own names stay theirs. */
export function renditionName(name: string): string {
  const [head = '', ...parts] = name.split('-');
  // The rest of its name is a hash of what it is.
  if (head === 'watermark' && parts.length > 0) return 'Watermarked';
  if (head === 'thumbnail' || head === 'page') return [HEADS[head] ?? 'Page', ...parts].join(' ');
  const made = HEADS[head];
  if (!made) return name.charAt(0).toUpperCase() + name.slice(1);
  const words = parts.map((part) => {
    const [pattern, word] = PART_WORDS.find(([known]) => known.test(part)) ?? [];
    return pattern && word ? part.replace(pattern, word) : part;
  });
  return [made, ...words].join(', ');
}

const REASON_WORDS: Readonly<Record<string, string>> = {
  malformed: 'The file is damaged',
  too_large: 'The file is too large for it',
  pixels_exceeded: 'Too many pixels for it',
  unsupported: 'Not possible with this format',
  too_complex: 'It would take too long',
  too_slow: 'The time did not suffice',
  too_many: 'Too many at once',
  encrypted: 'It opens with a password only',
  no_cover: 'The recording has no cover',
  no_pictures: 'There are no pictures in it',
  not_a_video: 'There is neither picture nor sound in it',
  unsupported_codec: 'Recorded in a format that cannot be converted',
  too_long: 'It would take too long',
  budget_exceeded: 'No minutes of conversion are left this month',
  not_smaller: 'It would not be smaller',
  watermark_missing: 'The watermark is gone',
  watermark_unreadable: 'The watermark is no picture',
};

const WHY_ELSE = { failed: 'It could not be made', skipped: 'Not needed' } as const;

export function renditionWords({
  status,
  reason,
  width,
  height,
  duration,
  size,
  bytesSaved,
}: RenditionSummary): string {
  if (status === 'pending') return 'In the making…';
  if (status !== 'ready') return REASON_WORDS[reason ?? ''] ?? WHY_ELSE[status];
  const facts = [
    width && height ? `${formatCount(width)} × ${formatCount(height)}` : undefined,
    duration === undefined ? undefined : formatClock(duration),
    size === undefined ? undefined : formatBytes(size),
    savedWords(bytesSaved),
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}

function savedWords(bytesSaved: number | undefined): string | undefined {
  if (!bytesSaved) return undefined;
  return bytesSaved > 0 ? `${formatBytes(bytesSaved)} saved` : `${formatBytes(-bytesSaved)} more`;
}
