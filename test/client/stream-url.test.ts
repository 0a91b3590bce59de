import { expect, it } from 'vitest';
import { HttpClient } from '../../client/http-client.ts';
import { SluiceApi } from '../../client/sluice-api.ts';
import { hastyTiming } from './support/harness.ts';

it('the URL of a stream is what a player of any page can load', async () => {
  const asked: string[] = [];
  const http = new HttpClient({
    baseUrl: 'https://files.example',
    timing: hastyTiming,
    fetch: async (url) => {
      asked.push(String(url));
      return Response.json({ url: '/public/p/master.m3u8?x=1', expiresAt: 'T' });
    },
  });

  const { url, expiresAt } = await new SluiceApi(http).streamUrl('F1', { expirationSeconds: 600 });

  expect(asked).toEqual(['https://files.example/storage/files/F1/stream/url?expirationSeconds=600']);
  expect([url, expiresAt]).toEqual(['https://files.example/public/p/master.m3u8?x=1', 'T']);
});
