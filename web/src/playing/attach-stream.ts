import type { Level } from 'hls.js';
import { attachUrl } from './attach-url.ts';
import type { Attach } from './player.ts';

const FORBIDDEN = 403;
/** hls.js for: whatever fits. */
const AUTO = -1;

/** Old iPhones have neither. */
const takesScripts = (): boolean => 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;

/** Adaptive streams: by hls.js, which is fetched when the first one is to play, and by the browser where it must be. */
export const attachStream: Attach = async (options) => {
  const { media, url, at, quality, onShown, onEnded, onFailure } = options;
  if (!takesScripts()) return attachUrl(options);
  const { default: Hls } = await import('hls.js');
  if (!Hls.isSupported()) return attachUrl(options);

  const hls = new Hls({
    startPosition: at,
    // No sharper than it is shown: in a window, that is, until it fills the screen.
    capLevelToPlayerSize: true,
    // Tracks are fragmented MP4 already: there is nothing to be rewritten.
    enableWorker: false,
    preserveManualLevelOnError: true,
  });
  const indexOf = (name: string | undefined): number =>
    name === undefined ? AUTO : hls.levels.findIndex((level) => nameOf(level) === name);

  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    const index = indexOf(quality);
    if (index !== AUTO) hls.loadLevel = index;
  });
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
    const shown = hls.levels[level];
    if (shown) onShown(nameOf(shown));
  });
  hls.on(Hls.Events.ERROR, (_, data) => {
    // A refusal that CORS hides from scripts looks like no answer at all.
    const noAnswer = data.fatal && data.type === Hls.ErrorTypes.NETWORK_ERROR;
    if (noAnswer || data.response?.code === FORBIDDEN) onEnded(data.error);
    else if (data.fatal) onFailure(data.error);
  });
  hls.loadSource(url);
  hls.attachMedia(media);
  return {
    choose: (name) => {
      const index = indexOf(name);
      // Who asks for a quality wants to see it now; who asks for none is content with what is loaded.
      if (index === AUTO) {
        hls.loadLevel = AUTO;
        return;
      }
      hls.currentLevel = index;
      // While it stands, the browser keeps the picture that it has decoded.
      if (media.paused) hls.once(Hls.Events.LEVEL_SWITCHED, () => repaint(media));
    },
    detach: () => hls.destroy(),
  };
};

/** The API names the playlist of each quality by it: `720p.m3u8`. */
const nameOf = (level: Level): string => /([^/]+)\.m3u8/.exec(level.uri)?.[1] ?? `${level.height}p`;

function repaint(media: HTMLMediaElement): void {
  const { currentTime } = media;
  media.currentTime = currentTime;
}
