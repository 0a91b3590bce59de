import type { SluiceApi } from '../../../client/index.ts';

/** A URL with less than this left is asked for anew. */
const MARGIN_MS = 60_000;
/** Oldest out first; a URL is about 1 KB. */
const MAX_CACHED = 2_000;

/** A rendition of a file's present content: other content has other ones under the same names. */
export interface RenditionOf {
  readonly fileId: string;
  readonly version: number;
  readonly rendition: string;
}

const keyOf = ({ fileId, version, rendition }: RenditionOf): string => `${fileId}/${version}/${rendition}`;

interface Cached {
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Download URLs of renditions, each asked for once until it expires: a stable URL is also what the browser can cache. */
export class DownloadUrls {
  readonly #api: Pick<SluiceApi, 'fileUrl' | 'serverNow'>;
  readonly #cached = new Map<string, Promise<Cached>>();

  constructor(api: Pick<SluiceApi, 'fileUrl' | 'serverNow'>) {
    this.#api = api;
  }

  async rendition(of: RenditionOf): Promise<string> {
    const { fileId, rendition } = of;
    const key = keyOf(of);
    const known = await this.#cached.get(key)?.catch(() => undefined);
    if (known && known.expiresAtMs - this.#api.serverNow() > MARGIN_MS) return known.url;
    const asked = this.#api
      .fileUrl(fileId, { rendition, disposition: 'inline' })
      .then(({ url, expiresAt }) => ({ url, expiresAtMs: Date.parse(expiresAt) }));
    this.#remember(key, asked);
    return (await asked).url;
  }

  /** The image did not load: its URL is not worth keeping. */
  forget(of: RenditionOf): void {
    this.#cached.delete(keyOf(of));
  }

  #remember(key: string, asked: Promise<Cached>): void {
    this.#cached.delete(key);
    this.#cached.set(key, asked);
    asked.catch(() => this.#cached.delete(key));
    const [oldest] = this.#cached.keys();
    if (this.#cached.size > MAX_CACHED && oldest !== undefined) this.#cached.delete(oldest);
  }
}
