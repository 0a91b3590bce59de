import mediaInfoFactory from 'mediainfo.js';
import { type ChildLine, type MediaInfoTask, maxToldTracks, type Track, toldKinds } from './report.ts';

/**
 * A seek mostly leads to a header of some kilobytes, and what is read on from there to pictures and sound. Fragmented files
 * have a header every few seconds.
 */
const readBytes = { afterSeek: 64 * 1024, onwards: 256 * 1024 };

const say = (line: ChildLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** Exactly these bytes of the object: nothing else comes by standard input until they are there. */
function read(from: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let have = 0;
  return new Promise((resolve) => {
    const take = (chunk: Buffer) => {
      bytes.set(chunk, have);
      have += chunk.length;
      if (have < length) return;
      process.stdin.off('data', take);
      resolve(bytes);
    };
    process.stdin.on('data', take);
    say({ read: [from, length] });
  });
}

function rangesOf(bytes: number) {
  let end = -1;
  return (wanted: number, from: number): Promise<Uint8Array> => {
    const most = from === end ? readBytes.onwards : readBytes.afterSeek;
    // A file that it gets in one piece it reads twice, and tells everything twice.
    const length = Math.min(wanted, most, from === 0 ? Math.ceil(bytes / 2) : bytes);
    end = from + length;
    return read(from, length);
  };
}

const told = (json: string): readonly Track[] => {
  const { media } = JSON.parse(json) as { media?: { track?: Track[] } | null };
  const tracks = media?.track ?? [];
  return tracks.filter((track) => toldKinds.includes(track['@type'])).slice(0, maxToldTracks);
};

const task = JSON.parse(process.argv[2] ?? '') as MediaInfoTask;
// Whoever feeds it has given up.
process.stdin.on('end', () => process.exit(1));
const mediaInfo = await mediaInfoFactory({ format: 'JSON', full: true, locateFile: () => task.wasmFile });
try {
  say({ tracks: told(await mediaInfo.analyzeData(task.bytes, rangesOf(task.bytes))) });
} catch (error) {
  say({ unreadable: error instanceof Error ? error.message : String(error) });
}
process.exit(0);
