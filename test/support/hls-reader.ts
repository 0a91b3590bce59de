/** Where a stream is fetched from. */
export interface HlsReader {
  text(url: string): Promise<string>;
  /** Bytes of the whole object. */
  size(url: string): Promise<number>;
  /** Fewer where the object ends. */
  range(url: string, offset: number, bytes: number): Promise<Buffer>;
}

/** Over HTTP, by GET alone: a signed URL is signed for nothing else. */
export const httpReader = (headers: Readonly<Record<string, string>> = {}): HlsReader => {
  const get = async (url: string, range?: string): Promise<Response> => {
    const answer = await fetch(url, { headers: { ...headers, ...(range && { range }) } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer;
  };
  return {
    text: async (url) => (await get(url)).text(),
    size: async (url) => {
      const answer = await get(url, 'bytes=0-0');
      await answer.arrayBuffer();
      return Number(answer.headers.get('content-range')?.split('/')[1]);
    },
    range: async (url, offset, bytes) =>
      Buffer.from(await (await get(url, `bytes=${offset}-${offset + bytes - 1}`)).arrayBuffer()),
  };
};
