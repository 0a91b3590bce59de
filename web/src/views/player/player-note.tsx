import type { FileRecord } from '../../../../client/index.ts';
import { useConsole } from '../../state/console.ts';
import { useFileProgress } from '../../state/file-progress.ts';
import { isInTheMaking, makingWords, whyNotPlayed } from '../../words/playing.ts';

/** Why a video or recording does not play yet, or not at all. */
export function PlayerNote({ file }: { file: FileRecord }) {
  if (isInTheMaking(file)) return <InTheMaking fileId={file.id} />;
  const why = whyNotPlayed(file);
  if (!why) return null;
  return (
    <p class="player-note" data-testid="not-played">
      {why}
    </p>
  );
}

function InTheMaking({ fileId }: { fileId: string }) {
  const { client } = useConsole();
  const report = useFileProgress(client.api, fileId);
  return (
    <div class="player-note" data-testid="in-the-making">
      <label for="making-progress">Being made ready to play{report && `: ${makingWords(report)}`}</label>
      <progress id="making-progress" max={100} value={report?.progress ?? 0} />
    </div>
  );
}
