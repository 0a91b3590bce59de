import type { ComponentChildren } from 'preact';
import type { FileRecord } from '../../../../client/index.ts';
import { useLoaded } from '../../state/loaded.ts';
import { isInTheMaking, playableAs } from '../../words/playing.ts';
import { ErrorNotice } from '../notice.tsx';
import { PlayerNote } from './player-note.tsx';

interface FilePlayerProps {
  readonly file: FileRecord;
  /** A listing's record does not say whether it can be played. */
  readonly isWhole: boolean;
  /** Its picture: in the place of what does not play, or has none. */
  readonly children: ComponentChildren;
}

/** What a file looks and sounds like: its player with all that belongs to it, or its picture. */
export function FilePlayer({ file, isWhole, children }: FilePlayerProps) {
  const playedAs = playableAs(file);
  if (playedAs) {
    return (
      <Players key={file.version} file={file} playedAs={playedAs}>
        {children}
      </Players>
    );
  }
  return (
    <>
      {children}
      {(isWhole || isInTheMaking(file)) && <PlayerNote file={file} />}
    </>
  );
}

interface PlayersProps extends Pick<FilePlayerProps, 'file' | 'children'> {
  readonly playedAs: 'video' | 'audio';
}

function Players({ file, playedAs, children }: PlayersProps) {
  const { data: players, error } = useLoaded(() => import('./players.ts'), 'players');
  if (players && playedAs === 'video') return <players.VideoPlayer file={file} />;
  return (
    <>
      {children}
      {players && <players.AudioPlayer file={file} />}
      {error !== undefined && <ErrorNotice error={error} />}
    </>
  );
}
