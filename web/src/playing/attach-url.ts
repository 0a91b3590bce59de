import type { Attach } from './player.ts';

/** A file that the browser plays by itself, or a stream where it can do that and has nothing that scripts could feed. */
export const attachUrl: Attach = ({ media, url, at, onEnded }) => {
  // Before its length is known there is no place to go to.
  const onMetadata = () => {
    if (at > 0) media.currentTime = at;
  };
  // It does not say why: a URL that has ended looks like one that leads nowhere.
  const onError = () => onEnded(media.error);
  media.addEventListener('loadedmetadata', onMetadata);
  media.addEventListener('error', onError);
  media.src = url;
  return {
    // It decides by itself.
    choose: () => undefined,
    detach: () => {
      media.removeEventListener('loadedmetadata', onMetadata);
      media.removeEventListener('error', onError);
      media.removeAttribute('src');
      media.load();
    },
  };
};
