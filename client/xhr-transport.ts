import {
  type PartAnswer,
  type PartRequest,
  type PartTransport,
  partDeadlineMs,
  STALL_TIMEOUT_MS,
} from './part-transport.ts';
import { cancelled, SluiceError } from './sluice-error.ts';

/** For browsers: XMLHttpRequest is the only way there to learn how many bytes of a request body have left. */
export const xhrTransport: PartTransport = {
  put: (request) => new Promise((resolve, reject) => send(request, resolve, reject)),
};

function send(
  request: PartRequest,
  resolve: (answer: PartAnswer) => void,
  reject: (error: SluiceError) => void,
) {
  if (request.signal.aborted) {
    reject(cancelled(request.signal.reason));
    return;
  }
  const xhr = new XMLHttpRequest();
  let stallTimer: ReturnType<typeof setTimeout> | undefined;

  const settle = (finish: () => void) => {
    clearTimeout(stallTimer);
    request.signal.removeEventListener('abort', onAbort);
    finish();
  };
  const fail = (code: 'network_error' | 'timeout', detail: string) =>
    settle(() => reject(new SluiceError({ status: 0, code, detail })));
  const onAbort = () => {
    settle(() => reject(cancelled(request.signal.reason)));
    xhr.abort();
  };
  const watchForStall = () => {
    clearTimeout(stallTimer);
    stallTimer = setTimeout(() => {
      fail('timeout', 'The connection to the storage stalled.');
      xhr.abort();
    }, STALL_TIMEOUT_MS);
  };

  xhr.upload.onprogress = (event) => {
    watchForStall();
    request.onProgress(event.loaded);
  };
  xhr.onload = () =>
    settle(() =>
      resolve({
        status: xhr.status,
        etag: xhr.getResponseHeader('etag') ?? undefined,
        body: xhr.responseText,
      }),
    );
  xhr.onerror = () => fail('network_error', 'The connection to the storage broke.');
  xhr.ontimeout = () => fail('timeout', 'The storage took too long to take the bytes.');
  request.signal.addEventListener('abort', onAbort, { once: true });

  xhr.open('PUT', request.url);
  xhr.timeout = partDeadlineMs(request.body.size);
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isSetByBrowser(name)) xhr.setRequestHeader(name, value);
  }
  watchForStall();
  xhr.send(request.body);
}

/** Scripts may not set these; the browser sends them by itself, and right. */
const isSetByBrowser = (name: string): boolean => /^(content-length|host)$/i.test(name);
