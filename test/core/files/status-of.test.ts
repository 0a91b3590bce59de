import { describe, expect, it } from 'vitest';
import { type StatusDeps, statusOf } from '../../../lambdas/core/files/status-of.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const current = file({ status: 'ready', version: 1 });
const underWay = { uploadId: 'U2', startedAt: startOfTime };
const brought = file({ status: 'inspecting', version: 2, uploadId: 'U2', isReplacement: true });

const estimates = {
  untilReady: async ({ status }: typeof current) => (status === 'inspecting' ? 4 : 0),
};

const noTranscodes: StatusDeps['transcodes'] = {
  transcode: () => Promise.reject(new Error('it is no video in processing')),
};

function worldWith(...[main, replacement]: readonly [typeof current, typeof current?]) {
  const { table, dispatching } = new World();
  table.files.set('acme/F1', main);
  if (replacement) table.replacements.set('acme/F1', replacement);
  const deps = { ...dispatching, store: table.port };
  return {
    table,
    ask: async (store = deps.store, transcodes = noTranscodes) =>
      (await statusOf({ ...deps, store, estimates, transcodes }, caller(), 'F1')).answer,
  };
}

describe('the status of a file', () => {
  it('goes with the encoder of a video, and asks for it while that works and no longer', async () => {
    const video = file({ status: 'processing', mimeType: 'video/mp4' });
    const transcode = {
      ...{ tenantId: 'acme', fileId: 'F1', version: 1, attempt: 1, firstAttempt: 1, startedAt: startOfTime },
      ...{ percent: 50, encodingSince: startOfTime },
    };
    const { table, ask } = worldWith(video);

    expect(await ask(undefined, { transcode: async () => undefined })).toMatchObject({ progress: 80 });
    expect(await ask(undefined, { transcode: async () => transcode })).toMatchObject({ progress: 89 });
    for (const over of [{ status: 'ready' }, { mimeType: 'image/png' }] as const) {
      table.files.set('acme/F1', { ...video, ...over });
      expect(await ask()).not.toMatchObject({ progress: 89 });
    }
  });

  it('tells how far the upload is that replaces its content, and that the file itself is ready', async () => {
    const { ask } = worldWith({ ...current, replacement: underWay }, brought);
    expect(await ask()).toMatchObject({
      status: 'ready',
      version: 1,
      replacement: { uploadId: 'U2', status: 'inspecting', estimatedSeconds: 4 },
    });
  });

  it('tells why the last replacement came to nothing', async () => {
    const ended = { ...underWay, endedAs: 'rejected', reason: 'malware_found' } as const;
    const { ask } = worldWith({ ...current, replacement: ended });
    expect(await ask()).toMatchObject({
      status: 'ready',
      replacement: { uploadId: 'U2', status: 'rejected', reason: 'malware_found', estimatedSeconds: 0 },
    });
  });

  it('has the new content when the file takes it over between both reads', async () => {
    const { table, ask } = worldWith({ ...current, replacement: underWay }, brought);
    const store: typeof table.port = {
      ...table.port,
      file: async (ref) => {
        if (ref.uploadId === undefined) return table.port.file(ref);
        table.replacements.delete('acme/F1');
        table.files.set('acme/F1', { ...current, status: 'stored', version: 2, uploadId: 'U2' });
        return table.port.file(ref);
      },
    };
    const answer = await ask(store);
    expect(answer).toMatchObject({ status: 'stored', version: 2 });
    expect(answer).not.toHaveProperty('replacement');
  });
});
