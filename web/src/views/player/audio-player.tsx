import { useMemo, useRef } from 'preact/hooks';
import type { FileRecord } from '../../../../client/index.ts';
import { attachUrl } from '../../playing/attach-url.ts';
import { useMedia } from '../../playing/use-media.ts';
import { usePlayer } from '../../playing/use-player.ts';
import { useConsole } from '../../state/console.ts';
import { PlayerControls } from './player-controls.tsx';
import { PlayerFailure } from './player-failure.tsx';
import { SeekBar } from './seek-bar.tsx';
import { Waveform } from './waveform.tsx';

/** A recording by its `audio` rendition, which every browser plays. */
export function AudioPlayer({ file }: { file: FileRecord }) {
  const { urls } = useConsole();
  const audio = useRef<HTMLAudioElement>(null);
  const { id: fileId, version } = file;
  const open = useMemo(() => {
    const of = { fileId, version, rendition: 'audio' };
    return () => {
      urls.forget(of);
      return urls.rendition(of);
    };
  }, [urls, fileId, version]);
  const { player, failure } = usePlayer(audio, { open, attach: attachUrl });
  const media = useMedia(audio);
  const duration = media.duration ?? file.media?.duration ?? 0;
  return (
    <div class="player" data-testid="audio-player">
      {/* biome-ignore lint/a11y/useMediaCaption: what people upload has no captions that we know of */}
      <audio ref={audio} preload="none" aria-label={file.filename} data-testid="audio" />
      <SeekBar time={media.time} duration={duration} onSeek={(seconds) => player?.seek(seconds)}>
        <Waveform file={file} played={duration > 0 ? media.time / duration : 0} />
      </SeekBar>
      <PlayerControls media={audio} state={media} duration={duration} onToggle={() => player?.toggle()} />
      <PlayerFailure failure={failure} onAgain={() => player?.again()} />
    </div>
  );
}
