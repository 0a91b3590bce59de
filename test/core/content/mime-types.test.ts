import { describe, expect, it } from 'vitest';
import {
  canonicalMimeType,
  extensionOf,
  mediaKind,
  mimeTypeAllowed,
} from '../../../lambdas/core/content/mime-types.ts';

describe('MIME types', () => {
  it('have one name each', () => {
    expect(canonicalMimeType('image/jpg')).toBe('image/jpeg');
    expect(canonicalMimeType(' Text/Plain; charset=utf-8 ')).toBe('text/plain');
    expect(canonicalMimeType('audio/mp3')).toBe('audio/mpeg');
    expect(canonicalMimeType('application/x-unheard-of')).toBe('application/x-unheard-of');
  });

  it('are allowed by name, by another name, or by group', () => {
    expect(mimeTypeAllowed('video/mp4', ['video/*'])).toBe(true);
    expect(mimeTypeAllowed('VIDEO/MP4', ['Video/*'])).toBe(true);
    expect(mimeTypeAllowed('image/jpg', ['image/jpeg'])).toBe(true);
    expect(mimeTypeAllowed('text/xml', ['application/xml'])).toBe(true);
    expect(mimeTypeAllowed('image/jpeg', ['image/jpg'])).toBe(true);
    expect(mimeTypeAllowed('text/csv; header=present', ['text/csv'])).toBe(true);
  });

  it('are not allowed by a group that only begins alike, nor by nothing', () => {
    expect(mimeTypeAllowed('videoconference/mp4', ['video/*'])).toBe(false);
    expect(mimeTypeAllowed('video', ['video/*'])).toBe(false);
    expect(mimeTypeAllowed('image/png', ['image/jpeg', 'video/*'])).toBe(false);
    expect(mimeTypeAllowed('image/png', [])).toBe(false);
    expect(mimeTypeAllowed('', ['text/plain'])).toBe(false);
  });

  it('have an extension with its dot', () => {
    expect(extensionOf('image/pjpeg')).toBe('.jpg');
    expect(extensionOf('text/markdown')).toBe('.md');
    expect(extensionOf('application/x-unheard-of')).toBe('');
  });

  it('belong to a pipeline', () => {
    expect(mediaKind('image/avif')).toBe('image');
    expect(mediaKind('video/mp4')).toBe('video');
    expect(mediaKind('audio/mp3')).toBe('audio');
    expect(mediaKind('application/pdf')).toBe('document');
    expect(mediaKind('application/vnd.openxmlformats-officedocument.wordprocessingml.document')).toBe(
      'document',
    );
    expect(mediaKind('application/vnd.ms-excel')).toBe('document');
    expect(mediaKind('text/csv')).toBe('text');
    expect(mediaKind('text/xml')).toBe('text');
    expect(mediaKind('application/zip')).toBe('other');
    expect(mediaKind('application/octet-stream')).toBe('other');
  });
});
