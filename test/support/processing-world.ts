import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { ProcessFileDeps } from '../../lambdas/core/files/process.ts';
import type { PurgeDeps } from '../../lambdas/core/files/purge.ts';
import { giveUpOnFile, type ProcessDeps, processFile } from '../../lambdas/core/processing/process-file.ts';
import { startProcessing } from '../../lambdas/core/processing/start-processing.ts';
import { intercept, World } from './world.ts';

interface Message {
  readonly tenantId: string;
  readonly fileId: string;
  readonly version: number;
  receives: number;
}

/** One stored file, its worker and its queue, over the model of the table. */
export class ProcessingWorld {
  readonly world = new World();
  /** Keys in the derived bucket. */
  readonly objects = new Set<string>();
  /** Happens once while the worker makes something. */
  meanwhile: () => Promise<void> = async () => undefined;
  readonly #messages: Message[] = [];

  constructor(stored: FileRecord) {
    this.world.table.put(stored);
  }

  get file(): FileRecord | undefined {
    return this.world.table.files.get('acme/F1');
  }

  readonly #queues = intercept(
    'queues',
    {
      process: async ({ tenantId, fileId, version }: Omit<Message, 'receives'>) =>
        void this.#messages.push({ tenantId, fileId, version, receives: 0 }),
      purge: async () => undefined,
    },
    () => this.world.around,
  );

  get #deps(): ProcessDeps {
    return {
      ...this.world.dispatching,
      derived: intercept(
        'derived',
        {
          put: async ({ version }: FileRecord, { name }: { name: string }) => {
            const key = `v${version}/${name}`;
            this.objects.add(key);
            return key;
          },
          putText: async () => ({ key: 'text', characters: 1, truncated: false }),
          forgetText: async () => undefined,
          deleteAll: async (keys: readonly string[]) => {
            for (const key of keys) this.objects.delete(key);
          },
        },
        () => this.world.around,
      ),
      work: async (_file, pending) => {
        const { meanwhile } = this;
        this.meanwhile = async () => undefined;
        await meanwhile();
        return {
          facts: { media: { width: 1, height: 1 } },
          made: pending.map(({ name }) => ({
            ...({ name, folder: 'thumbnails', mimeType: 'image/jpeg', extension: '.jpg' } as const),
            body: new Uint8Array(1),
          })),
          unmade: [],
        };
      },
    };
  }

  get operating(): ProcessFileDeps {
    return {
      ...this.world.dispatching,
      queues: this.#queues,
      estimates: { estimate: async () => 1 },
      bounds: defaultLimits.processing,
    };
  }

  get purging(): PurgeDeps {
    return { ...this.world.dispatching, queues: this.#queues };
  }

  /** As the promotion does it, and the sweep. */
  async start(): Promise<void> {
    const { file } = this;
    if (file && ['stored', 'processing'].includes(file.status)) {
      await startProcessing({ ...this.world.dispatching, queues: this.#queues }, file);
    }
  }

  /** Until the queue is empty; a message that fails comes again, and is given up the fifth time. */
  async deliver(): Promise<void> {
    for (;;) {
      const message = this.#messages.shift();
      if (!message) return;
      message.receives += 1;
      try {
        await processFile(this.#deps, message);
      } catch {
        if (message.receives < defaultLimits.pipeline.maxReceives) this.#messages.push(message);
        else await giveUpOnFile(this.#deps, message).catch(() => undefined);
      }
    }
  }

  /** The sweep finds what was left half done, and its message does the rest. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await this.deliver();
      await this.start();
    }
    await this.deliver();
  }
}
