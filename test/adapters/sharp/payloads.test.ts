import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { zip } from '../../support/archives.ts';
import { chunk, mp4, segment } from '../../support/image-writer.ts';
import { metadataParts, photo } from '../../support/images.ts';

vi.setConfig({ testTimeout: 30_000 });

/** What must not survive: text that no encoder makes by chance. */
const marks = ['PAYLOAD-7c1e', '<script>alert(document.domain)</script>', '<?php system($_GET[0]); ?>'];
const script = Buffer.from(marks.join(' '));
const archive = zip([{ name: 'PAYLOAD-7c1e.txt', content: marks.join(' ') }]);
const size = { width: 200, height: 120 };
const exif = {
  IFD0: { Artist: marks[1] as string, Copyright: marks[2] as string, Software: marks[0] as string },
};

const picture = async () => sharp(await photo(size)).withExif(exif);
/** Behind the signature and the header. */
const afterHeader = (png: Buffer, ...chunks: Buffer[]) =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
const gifComment = Buffer.concat([Buffer.from([0x21, 0xfe, script.length]), script, Buffer.from([0])]);

const carriers: readonly (readonly [string, string, () => Promise<Buffer>])[] = [
  [
    'image/jpeg',
    'in comments, EXIF and behind its end',
    async () => {
      const jpeg = await (await picture()).jpeg().toBuffer();
      const parts = [
        jpeg.subarray(0, 2),
        segment(0xfe, script),
        segment(0xeb, script),
        jpeg.subarray(2),
        script,
        archive,
        mp4(),
      ];
      return Buffer.concat(parts);
    },
  ],
  [
    'image/png',
    'in texts, chunks of its own, EXIF and behind its end',
    async () => {
      const png = await (await picture()).png().toBuffer();
      const text = chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), script]));
      return Buffer.concat([afterHeader(png, text, chunk('prVt', script)), script, archive]);
    },
  ],
  [
    'image/gif',
    'in a comment and behind its end',
    async () => {
      const gif = await (await picture()).gif().toBuffer();
      // Before the trailer, between blocks.
      return Buffer.concat([gif.subarray(0, -1), gifComment, gif.subarray(-1), script, archive]);
    },
  ],
  [
    'image/webp',
    'in EXIF, XMP and behind its end',
    async () => {
      const webp = await (await picture())
        .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><!--${marks.join('')}--></x:xmpmeta>`)
        .webp()
        .toBuffer();
      return Buffer.concat([webp, script, archive]);
    },
  ],
  [
    'image/svg+xml',
    'as a script, a comment and metadata',
    async () =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><!-- ${marks[0]} --><metadata>${marks[0]}</metadata>${marks[1]}<rect width="50" height="50"/></svg>`,
      ),
  ],
];

describe('a payload that a picture carries', () => {
  it.each(carriers)('in %s, %s, is in no rendition', async (mimeType, _where, make) => {
    const source = await make();
    expect(source.includes('PAYLOAD-7c1e')).toBe(true);

    const { renditions } = await createImageProcessor().render(source, {
      mimeType,
      presets: defaultPresets,
      maxPixels: 100_000_000,
    });

    expect(renditions).toHaveLength(defaultPresets.length);
    for (const { body } of renditions) {
      const bytes = Buffer.from(body);
      for (const mark of [...marks, 'PK\x03\x04', 'PK\x05\x06', 'ftypisom'])
        expect(bytes.includes(mark, 0, 'latin1')).toBe(false);
      expect(metadataParts(bytes)).toEqual([]);
      // Nothing behind its end either.
      const end =
        bytes.readUInt16BE(0) === 0xffd8
          ? bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) + 2
          : bytes.readUInt32LE(4) + 8;
      expect(end).toBe(bytes.length);
    }
  });
});
