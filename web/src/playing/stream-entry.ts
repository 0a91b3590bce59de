import type { SluiceApi } from '../../../client/index.ts';

/** The way into the stream of one file, asked for once for all that is loaded by it. */
export class StreamEntry {
  readonly #api: Pick<SluiceApi, 'streamUrl'>;
  readonly #fileId: string;
  #url: Promise<string> | undefined;

  constructor(api: Pick<SluiceApi, 'streamUrl'>, fileId: string) {
    this.#api = api;
    this.#fileId = fileId;
  }

  url(): Promise<string> {
    this.#url ??= this.#api.streamUrl(this.#fileId).then(({ url }) => url);
    const asked = this.#url;
    asked.catch(() => {
      if (this.#url === asked) this.#url = undefined;
    });
    return asked;
  }

  /** Where the last one has ended, too. */
  freshUrl(): Promise<string> {
    this.#url = undefined;
    return this.url();
  }

  /** Of the pictures for scrubbing: they lie beside the master playlist. */
  async thumbnailsUrl(): Promise<string> {
    return (await this.url()).replace('/master.m3u8?', '/thumbnails.vtt?');
  }
}
