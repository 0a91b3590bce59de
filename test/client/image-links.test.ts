import { expect, it } from 'vitest';
import { HttpClient } from '../../client/http-client.ts';
import { SluiceApi } from '../../client/sluice-api.ts';
import { hastyTiming } from './support/harness.ts';

it('links to pictures are what an <img> of any page can load', async () => {
  const asked: string[] = [];
  const link = (width: number) => ({ url: `/public/p?w=${width}`, expiresAt: 'T', width, height: width });
  const answer = { ...link(640), sources: [link(320), link(640)] };
  const http = new HttpClient({
    baseUrl: 'https://files.example',
    timing: hastyTiming,
    fetch: async (url) => {
      asked.push(String(url));
      return Response.json(answer);
    },
  });

  const links = await new SluiceApi(http).imageLinks('F1', { w: 640, fit: 'inside', widths: [320, 640] });

  expect(asked).toEqual([
    'https://files.example/storage/files/F1/image/url?w=640&fit=inside&widths=320%2C640',
  ]);
  expect(links.url).toBe('https://files.example/public/p?w=640');
  expect(links.sources?.map(({ url, width }) => `${url} ${width}w`)).toEqual([
    'https://files.example/public/p?w=320 320w',
    'https://files.example/public/p?w=640 640w',
  ]);
});
