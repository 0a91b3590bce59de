import { gzipSync } from 'node:zlib';
import { apiSecurityHeaders } from '../contract/api-headers.ts';
import type { HttpResponse } from './http-response.ts';

/** Below it one packet takes it anyway. */
const worthCompressing = 1_400;

/**
 * Lambda's answers hold 6 MB of JSON (DESIGN): beyond this, with room for the escapes, it is compressed for everybody, which
 * RFC 9110 (12.5.3) allows towards those who do not say what they take.
 */
const maxPlainBytes = 5 * 1024 * 1024;

/**
 * Text that is no JSON and that nobody may keep. Playlists repeat one long URL thousands of times: compressed, 7,200 segments
 * are some 140 kB in place of 11 MB.
 */
export function text(body: string, mimeType: string, acceptEncoding: string | undefined): HttpResponse {
  const headers = {
    'content-type': mimeType,
    'cache-control': 'no-store',
    vary: 'Accept-Encoding',
    ...apiSecurityHeaders,
  };
  const bytes = Buffer.byteLength(body);
  if (bytes <= maxPlainBytes && (bytes < worthCompressing || !takesGzip(acceptEncoding))) {
    return { statusCode: 200, headers, body };
  }
  return {
    statusCode: 200,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: gzipSync(body).toString('base64'),
    isBase64Encoded: true,
  };
}

const takesGzip = (acceptEncoding = ''): boolean =>
  acceptEncoding
    .toLowerCase()
    .split(',')
    .some((coding) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(coding));
