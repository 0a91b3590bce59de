import { type PartTransport, partDeadlineMs } from './part-transport.ts';
import { cancelled, toSluiceError } from './sluice-error.ts';

/** For Node and workers without XMLHttpRequest: progress arrives only once the whole part has. */
export const fetchTransport: PartTransport = {
  async put(request) {
    const deadline = AbortSignal.timeout(partDeadlineMs(request.body.size));
    try {
      const response = await fetch(request.url, {
        method: 'PUT',
        headers: request.headers,
        body: request.body,
        signal: AbortSignal.any([request.signal, deadline]),
      });
      const body = await response.text();
      if (response.ok) request.onProgress(request.body.size);
      return { status: response.status, etag: response.headers.get('etag') ?? undefined, body };
    } catch (error) {
      throw request.signal.aborted ? cancelled(request.signal.reason) : toSluiceError(error);
    }
  },
};
