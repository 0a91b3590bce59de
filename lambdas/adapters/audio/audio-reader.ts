import { type IAudioMetadata, parseFromTokenizer, selectCover } from 'music-metadata';
import {
  type AudioContent,
  type AudioFormat,
  type AudioReader,
  type AudioTags,
  AudioUnreadable,
} from '../../core/audio/ports.ts';
import { ReadBudgetSpent } from '../../core/content/structure/structure.ts';
import { SourceTokenizer } from './source-tokenizer.ts';

/** Characters of one tag: the record is read with every look at the file. */
const maxTagCharacters = 200;

/** Tags of a well-made recording take milliseconds; the reads are bounded by the source. */
const readDeadlineMs = 20_000;

/** AudioReader by music-metadata, which takes the first and last kilobytes of most recordings, never the sound. */
export const createAudioReader = (deadlineMs = readDeadlineMs): AudioReader => ({
  read: async (source, mimeType) => {
    const tokenizer = new SourceTokenizer(source, mimeType, performance.now() + deadlineMs);
    try {
      return contentOf(await parseFromTokenizer(tokenizer, { duration: false, mkvUseIndex: true }));
    } catch (error) {
      const { failure } = tokenizer;
      if (failure !== undefined && !(failure instanceof ReadBudgetSpent)) throw failure;
      throw new AudioUnreadable('its tags cannot be read', { cause: error });
    }
  },
});

function contentOf({ common, format }: IAudioMetadata): AudioContent {
  const duration = positive(format.duration);
  const cover = selectCover(common.picture)?.data;
  return {
    tags: defined<AudioTags>({
      title: text(common.title),
      artist: text(common.artist ?? common.albumartist),
      album: text(common.album),
      genre: text(common.genre?.join(', ')),
      year: within(common.year, 1, 9_999),
      track: within(common.track.no, 1, 9_999),
    }),
    format: defined<AudioFormat>({
      container: text(format.container),
      codec: text(format.codec),
      bitrate: rounded(positive(format.bitrate)),
      sampleRate: positive(format.sampleRate),
      channels: positive(format.numberOfChannels),
      lossless: format.lossless,
    }),
    ...(duration !== undefined && { duration: Math.round(duration * 1000) / 1000 }),
    ...(cover && { cover }),
  };
}

type Loose<T> = { readonly [Name in keyof Required<T>]: T[Name] | undefined };

const defined = <T extends object>(fields: Loose<T>): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const line = value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line === '' ? undefined : [...line].slice(0, maxTagCharacters).join('').toWellFormed();
}

/** Some formats write floats, and files lie: what no recording has, the table may not even be able to hold. */
const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 0.001 && value <= 1e12 ? value : undefined;

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value);

/** `null` stands for a number that was not there. */
const within = (value: number | null | undefined, min: number, max: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
