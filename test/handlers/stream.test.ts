import { describe, expect, it } from 'vitest';
import type { StreamPackage } from '../../lambdas/core/video/encoded.ts';
import { startOfTime, tenant } from '../support/domain.ts';
import {
  beside,
  film,
  folder,
  ofBob,
  start,
  stream,
  streamApi,
  toBob,
  video,
} from '../support/stream-api.ts';
import { streamPackage } from '../support/streams.ts';

describe('the entry to a stream', () => {
  it('leads to the master playlist, by a link that nobody keeps for another', async () => {
    const { call, entry, recorded } = streamApi();
    const answer = await call('fileStream');

    expect(answer.status).toBe(302);
    expect(answer.header).toMatchObject({
      location: await entry(),
      'cache-control': 'no-store',
      vary: 'Authorization',
    });
    expect(recorded[0]).toMatchObject({ type: 'access.download', fileId: 'F1' });
  });

  it('lives as long as asked for, up to its bound', async () => {
    const { call } = streamApi();
    const life = async (expirationSeconds?: string) => {
      const answer = await call('streamUrl', { query: { ...(expirationSeconds && { expirationSeconds }) } });
      return answer.json.expiresAt && (Date.parse(answer.json.expiresAt) - start) / 1000;
    };
    expect(await life()).toBe(video.streamSeconds);
    expect(await life('3600')).toBe(3_600);
    for (const seconds of ['59', String(video.streamSeconds + 1), 'x'])
      expect(await life(seconds)).toBeUndefined();
  });

  it('is there for those alone who may read the file', async () => {
    for (const over of [{ file: undefined }, { file: { ...film, tenantId: 'globex' } }]) {
      expect((await streamApi(over).call('streamUrl')).json).toMatchObject({
        status: 404,
        code: 'not_found',
      });
    }
    expect((await streamApi().call('fileStream', { claims: ofBob })).json).toMatchObject({
      code: 'not_found',
    });
    expect((await streamApi({ share: toBob }).call('fileStream', { claims: ofBob })).status).toBe(302);
  });

  it.each([
    ['processing', 'video/mp4', {}, 409, 'upload_state_conflict', 'processing'],
    ['inspecting', 'video/mp4', {}, 409, 'upload_state_conflict', 'inspecting'],
    ['deleted', 'video/mp4', { stream }, 409, 'upload_state_conflict', 'trash'],
    ['processing', 'audio/mpeg', {}, 415, 'type_not_allowed', 'audio/mpeg'],
    ['ready', 'image/png', {}, 415, 'type_not_allowed', 'image/png'],
    ['processing', 'image/png', {}, 415, 'type_not_allowed', 'image/png'],
    [
      ...([
        'ready',
        'video/mp4',
        { stream: { name: 'stream', status: 'skipped', reason: 'too_long' } },
      ] as const),
      ...([415, 'type_not_allowed', 'too_long'] as const),
    ],
  ] as const)(
    'of a file that is %s (%s) is refused, and why',
    async (status, mimeType, renditions, http, code, why) => {
      const { json } = await streamApi({ file: { ...film, status, mimeType, renditions } }).call('streamUrl');
      expect(json).toMatchObject({ status: http, code });
      expect(json.detail).toContain(why);
    },
  );

  it('of a failed file tells the reason', async () => {
    const failed = { ...film, status: 'failed', reason: 'unsupported_codec', renditions: {} } as const;
    const { json } = await streamApi({ file: failed }).call('streamUrl');
    expect(json).toMatchObject({
      code: 'type_not_allowed',
      detail: expect.stringContaining('unsupported_codec'),
    });
  });

  it('goes on while the file is processed again', async () => {
    expect((await streamApi({ file: { ...film, status: 'processing' } }).call('streamUrl')).status).toBe(200);
  });
});

describe('a playlist', () => {
  it('leads from master to tracks by the same link, and lists objects that are signed there and then', async () => {
    const { world, load, entry, signed } = streamApi();
    const url = await entry();
    const master = await load(url);
    expect(master.status).toBe(200);
    expect(master.header).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'no-store',
    });
    expect(signed).toEqual([]);

    const [, rung = ''] = /\n(720p\.m3u8\?.*)\n/.exec(master.text) ?? [];
    const media = await load(String(new URL(rung, new URL(url, 'https://api.test'))));
    expect(media.text).toContain(`\nhttps://derived.test/${folder}/cmaf-720p.cmfv?signed=${world.now}\n`);
    expect(signed).toEqual([
      expect.objectContaining({
        bucket: 'derived',
        seconds: 2_700,
        filename: 'film-cmaf-720p.cmfv',
        disposition: 'inline',
      }),
    ]);
    const [, audio = ''] = /URI="(audio\.m3u8\?[^"]*)"/.exec(master.text) ?? [];
    expect((await load(String(new URL(audio, new URL(url, 'https://api.test'))))).text).toContain(
      'cmaf-audio.cmfa',
    );

    world.now += 60_000;
    expect((await load(beside(url, '720p.m3u8'))).text).toContain(`?signed=${world.now}\n`);
  });

  it('of thumbnails is WebVTT', async () => {
    const { load, entry } = streamApi();
    const { header, text } = await load(beside(await entry(), 'thumbnails.vtt'));
    expect(header['content-type']).toBe('text/vtt; charset=utf-8');
    expect(text).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:05\.000\nhttps:\/\/derived\.test\/.*\/sprite-1\.jpg\?/,
    );
  });

  it('that a stream lacks is not found, with what it has', async () => {
    const { load, entry } = streamApi({ stored: { tracks: streamPackage.tracks.slice(0, 1) } });
    const url = await entry();
    for (const name of ['720p.m3u8', 'audio.m3u8', 'thumbnails.vtt']) {
      expect((await load(beside(url, name))).json).toMatchObject({
        status: 404,
        detail: `There is no "${name}" in this stream. It has master.m3u8, 1080p.m3u8.`,
      });
    }
    for (const name of ['stream.json', 'cmaf-720p.cmfv', 'MASTER.m3u8']) {
      expect((await load(beside(url, name))).json).toMatchObject({ code: 'validation_failed' });
    }
  });

  it('is compressed for who takes that, and for everybody where Lambda could not answer otherwise', async () => {
    const { world, load, entry } = streamApi();
    const url = beside(await entry(), '720p.m3u8');
    expect((await load(url)).header['content-encoding']).toBeUndefined();
    const first = world.stored.tracks[1];
    const segments = Array.from(
      { length: 60 },
      () => first?.segments[0] ?? { offset: 0, bytes: 1, duration: 6 },
    );
    const track = { ...streamPackage.tracks[1], segments } as StreamPackage['tracks'][number];
    world.stored = { tracks: [track] };
    const compressed = await load(url, { 'accept-encoding': 'gzip, deflate, br' });
    expect(compressed.header).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(compressed.text).toBe((await load(url)).text);
    expect(
      (await load(url, { 'accept-encoding': 'gzip;q=0, br' })).header['content-encoding'],
    ).toBeUndefined();

    const hours = Array.from({ length: 80_000 }, () => segments[0]);
    world.stored = { tracks: [{ ...track, segments: hours as typeof segments }] };
    const long = await load(url);
    expect(long.header['content-encoding']).toBe('gzip');
    expect(long.text.match(/#EXTINF/g)).toHaveLength(80_000);
  });

  it('is a read of the one whom the link was given to', async () => {
    const { load, entry, recorded, taken } = streamApi({
      tenant: tenant({ policy: { auditLevel: 'full' } }),
      share: toBob,
    });
    const url = await entry(ofBob);
    [recorded.length, taken.length] = [0, 0];
    await load(url);
    expect(recorded).toEqual([
      expect.objectContaining({
        type: 'access.read',
        fileId: 'F1',
        actor: expect.objectContaining({ userId: 'bob', address: '192.0.2.1' }),
      }),
    ]);
    expect(taken).toEqual([['link-address#192.0.2.1', 'playlists', 1_200, startOfTime]]);
  });
});

describe('cookies of the edge', () => {
  const inPage = { 'x-sluice-edge-secret': 'secret', 'sec-fetch-site': 'same-origin' };

  it('open the folder of the content to players in its own pages, for as long as watching takes', async () => {
    const { load, entry, cookies, signed } = streamApi();
    const url = await entry();
    const media = await load(beside(url, '720p.m3u8'), inPage);

    expect(media.cookies).toEqual(['CloudFront-Policy=p']);
    expect(media.text).toContain(`\n/${folder}/cmaf-720p.cmfv\n`);
    expect(cookies).toEqual([
      { path: `/${folder}/`, seconds: 15 + video.streamUrlSeconds, now: startOfTime },
    ]);
    expect((await load(beside(url, 'thumbnails.vtt'), inPage)).text).toContain(
      `\n/${folder}/sprite-1.jpg#xywh=`,
    );
    expect(signed).toEqual([]);
    expect((await load(url, inPage)).cookies).toBeUndefined();
  });

  it('are for nobody to whom they would not come back', async () => {
    const { world, load, entry, cookies } = streamApi();
    const url = beside(await entry(), '720p.m3u8');
    const others = [
      { ...inPage, 'sec-fetch-site': 'cross-site' },
      { ...inPage, 'sec-fetch-site': 'same-site' },
      { 'x-sluice-edge-secret': 'secret' },
      { ...inPage, 'x-sluice-edge-secret': 'guessed' },
    ];
    for (const headers of others) {
      const media = await load(url, headers);
      expect(media.cookies, JSON.stringify(headers)).toBeUndefined();
      expect(media.text).toContain('https://derived.test/');
    }
    world.file = { ...film, encryptionKey: 'arn:aws:kms:eu-west-1:123456789012:key/acme' };
    expect((await load(url, inPage)).text).toContain('https://derived.test/');
    expect(cookies).toEqual([]);
  });
});
