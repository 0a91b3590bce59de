import { useMemo, useRef } from 'preact/hooks';
import type { FileRecord } from '../../../../client/index.ts';
import { attachStream } from '../../playing/attach-stream.ts';
import { StreamEntry } from '../../playing/stream-entry.ts';
import { useMedia } from '../../playing/use-media.ts';
import { usePlayer } from '../../playing/use-player.ts';
import { useConsole } from '../../state/console.ts';
import { FullscreenIcon, KindIcon, PlayIcon } from '../icons.tsx';
import { RenditionImage } from '../rendition-image.tsx';
import { PlayerControls } from './player-controls.tsx';
import { PlayerFailure } from './player-failure.tsx';
import { QualityMenu, qualitiesOf } from './quality-menu.tsx';
import { ScrubPicture } from './scrub-picture.tsx';
import { SeekBar } from './seek-bar.tsx';

/** Sharpest first: it stands in the place of the video. */
const POSTERS = ['poster', 'preview', 'large', 'medium', 'small'];

/** iPhones let nothing but the video itself fill the screen. */
type PhoneVideo = HTMLVideoElement & { readonly webkitEnterFullscreen?: () => void };

/** A video by its adaptive stream. */
export function VideoPlayer({ file }: { file: FileRecord }) {
  const { client } = useConsole();
  const frame = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const entry = useMemo(() => new StreamEntry(client.api, file.id), [client, file.id]);
  const open = useMemo(() => () => entry.freshUrl(), [entry]);
  const { player, ...state } = usePlayer(video, { open, attach: attachStream });
  const media = useMedia(video);
  const duration = media.duration ?? file.media?.duration ?? 0;
  const poster = POSTERS.find((name) =>
    file.renditions.some((rendition) => rendition.name === name && rendition.status === 'ready'),
  );

  const fillScreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else if (frame.current?.requestFullscreen) void frame.current.requestFullscreen();
    else (video.current as PhoneVideo | null)?.webkitEnterFullscreen?.();
  };

  return (
    <div class="player" ref={frame} data-testid="video-player">
      <div class="player-picture" data-waiting={state.loading || media.waiting}>
        {/* biome-ignore lint/a11y/useMediaCaption: what people upload has no captions that we know of */}
        <video
          ref={video}
          playsInline
          preload="none"
          aria-label={file.filename}
          onClick={() => player?.toggle()}
          data-testid="video"
        />
        {!media.visible && (
          <RenditionImage
            fileId={file.id}
            version={file.version}
            rendition={poster}
            placeholder={file.media?.placeholder}
            alt={`Preview of ${file.filename}`}
          >
            <KindIcon kind="video" />
          </RenditionImage>
        )}
        {media.paused && !media.visible && !state.loading && (
          <button
            type="button"
            class="player-start"
            aria-label={`Play ${file.filename}`}
            onClick={() => player?.toggle()}
            data-testid="play-large"
          >
            <PlayIcon />
          </button>
        )}
      </div>
      <SeekBar
        time={media.time}
        duration={duration}
        onSeek={(seconds) => player?.seek(seconds)}
        preview={(seconds) => <ScrubPicture entry={entry} seconds={seconds} />}
      />
      <PlayerControls media={video} state={media} duration={duration} onToggle={() => player?.toggle()}>
        <QualityMenu
          qualities={qualitiesOf(file)}
          chosen={state.chosen}
          shown={state.shown}
          onChoose={(quality) => player?.choose(quality)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label="Full screen"
          title="Full screen"
          onClick={fillScreen}
          data-testid="fullscreen"
        >
          <FullscreenIcon />
        </button>
      </PlayerControls>
      <PlayerFailure failure={state.failure} onAgain={() => player?.again()} />
    </div>
  );
}
