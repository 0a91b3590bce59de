import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { signalEncoder } from '../support/running-encoders.ts';
import { type VideoSource, videoSource } from '../support/video-sources.ts';
import type { ConsolePage } from './support/console-page.ts';
import { pictures } from './support/looks.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();

/** A workflow of several functions, on a machine that has other things to do. */
const workflowDeadlineMs = 200_000;
const frameSeconds = 1 / 25;
const patience = { timeout: 20_000 };

it('plays a video to its end, in the quality that is chosen, and shows where one would go', async () => {
  session.expectComplaint(refusal(403));
  const { tab } = await session.signedIn();
  const { page } = tab;
  const encoder = signalEncoder('SIGSTOP');
  const name = await pick(tab, 'twoScenes', 'video/mp4');

  await tab.openDetails(name);
  const pid = await encoder;
  await tab.get('in-the-making').getByText(/\d %/).waitFor();
  process.kill(pid, 'SIGCONT');
  const player = tab.get('video-player');
  await player.waitFor({ timeout: workflowDeadlineMs });
  expect(await tab.get('quality').locator('option').allTextContents()).toEqual(['Auto', '480p', '360p']);

  const minutes = () => tab.get('quota-minutes').textContent();
  await expect.poll(minutes, patience).toMatch(/^0\.2\d of [\d,]+ minutes of video made this month$/);

  // The first picture for scrubbing is of 0 s, the second of 5 s: the scene has changed at 4 s.
  const scrubbed = tab.get('scrub-picture');
  await hoverOver(tab.get('seek'), 0.5);
  expect(await colourOf(scrubbed)).toBe('red');
  await hoverOver(tab.get('seek'), 0.9);
  await tab.get('scrub-picture', { 'data-from': '5' }).waitFor();
  expect(await colourOf(scrubbed)).toBe('blue');
  await tab.picture('video-scrubbing');

  const video = tab.get('video');
  const state = () =>
    video.evaluate(({ currentTime, duration, ended, videoHeight, currentSrc }: HTMLVideoElement) => ({
      ...{ currentTime, duration, ended, videoHeight, isFed: currentSrc.startsWith('blob:') },
    }));
  await tab.get('quality').focus();
  await page.keyboard.press('ArrowDown');
  await tab.get('play-large').click();
  await expect.poll(state, patience).toMatchObject({ videoHeight: 480, isFed: true });
  // What is left of it stays to be loaded, however slow the machine is.
  await tab.get('play').click();
  await tab.get('quality').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(state, patience).toMatchObject({ videoHeight: 360, ended: false });
  await tab.get('quality', { 'data-shown': '360p' }).waitFor();

  // As if somebody had come back after hours: every URL that was signed up to now has ended.
  const before = await state();
  await page.route(
    /cmaf-480p/,
    (route) => route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } }),
    { times: 1 },
  );
  const renewed = page.waitForResponse((answer) => answer.url().endsWith('/stream/url'));
  await tab.get('quality').selectOption('480p');
  await renewed;
  await expect.poll(state, patience).toMatchObject({ videoHeight: 480, ended: false });
  expect((await state()).currentTime).toBeGreaterThanOrEqual(before.currentTime);

  await tab.get('play').click();
  await expect.poll(state, patience).toMatchObject({ ended: true, videoHeight: 480 });
  const end = await state();
  expect(Math.abs(end.duration - 6.4)).toBeLessThan(frameSeconds);
  expect(Math.abs(end.currentTime - end.duration)).toBeLessThan(frameSeconds);
  await pictures(tab, 'video-player');

  await tab.get('close-details').click();
  expect(await tab.card(name).getByTestId('duration').textContent()).toBe('0:06');
  await tab.card(name).hover();
  await tab.get('card-clip', { 'data-plays': 'true' }).waitFor();
});

it('says why a video does not play, and plays a recording along its waveform', async () => {
  const { tab } = await session.signedIn();
  const refused = await pick(tab, 'unsupported', 'video/quicktime');
  const recording = await pick(tab, 'm4a', 'audio/mp4');

  await tab.card(refused, 'failed').waitFor({ timeout: workflowDeadlineMs });
  await tab.openDetails(refused);
  await tab.get('not-played').getByText('recorded in a format that cannot be converted').waitFor();
  expect(await tab.get('download').isEnabled()).toBe(true);
  expect(await tab.get('video-player').count()).toBe(0);
  await pictures(tab, 'video-failed');
  await tab.get('close-details').click();

  await tab.card(recording, 'ready').waitFor({ timeout: workflowDeadlineMs });
  await tab.openDetails(recording);
  await tab.get('waveform').waitFor();
  await tab.get('play').click();
  const state = () =>
    tab.get('audio').evaluate(({ currentTime, duration, ended }: HTMLAudioElement) => ({
      ...{ currentTime, duration, ended },
    }));
  await expect.poll(state, patience).toMatchObject({ ended: true });
  const { currentTime, duration } = await state();
  expect(duration).toBeCloseTo(2, 0);
  expect(currentTime).toBeCloseTo(duration, 1);
  await pictures(tab, 'audio-player');
});

async function pick(tab: ConsolePage, source: VideoSource, mimeType: string): Promise<string> {
  const path = videoSource(source);
  await tab.pick(basename(path), mimeType, readFileSync(path));
  return basename(path);
}

async function hoverOver(bar: Locator, share: number): Promise<void> {
  const { width, height } = (await bar.boundingBox()) ?? { width: 0, height: 0 };
  await bar.hover({ position: { x: width * share, y: height / 2 } });
}

/** Of most of what is seen of an element. */
async function colourOf(element: Locator): Promise<'red' | 'blue' | 'other'> {
  await element.evaluate((image: HTMLImageElement) => image.decode());
  const { channels } = await sharp(await element.screenshot()).stats();
  const [red = 0, , blue = 0] = channels.map(({ mean }) => mean);
  if (red > 2 * blue) return 'red';
  return blue > 2 * red ? 'blue' : 'other';
}
