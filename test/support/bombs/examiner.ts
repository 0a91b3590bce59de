import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { intakeKey } from '../../../lambdas/contract/storage-keys.ts';
import { type RangedServer, type Served, startRangedServer } from '../ranged-server.ts';
import { type Cost, owner, type ToExamine } from './examine-child.ts';

const bucket = 'intake';

/** A process that is nothing but the inspect function's examination, and the bucket that it reads from. */
export class Examiner {
  readonly #server: RangedServer;
  readonly #child: ChildProcess;
  #files = 0;

  private constructor(server: RangedServer, child: ChildProcess) {
    this.#server = server;
    this.#child = child;
  }

  static async start(): Promise<Examiner> {
    const child = fork(join(import.meta.dirname, 'examine-child.ts'), {
      execArgv: [],
      serialization: 'advanced',
    });
    return new Examiner(await startRangedServer(), child);
  }

  /** @throws Error when the process ends instead of answering */
  async examine(
    object: Served,
    { filename, mimeType }: Pick<ToExamine, 'filename' | 'mimeType'>,
  ): Promise<Cost> {
    this.#files += 1;
    const fileId = `file-${this.#files}`;
    const key = intakeKey({ ...owner, fileId });
    this.#server.serve(key, object);
    const size = Buffer.isBuffer(object) ? object.length : object.size;
    const file: ToExamine = { endpoint: this.#server.endpoint, bucket, fileId, filename, mimeType, size };
    const settled = new AbortController();
    const { signal } = settled;
    const answered = once(this.#child, 'message', { signal }) as Promise<[Cost]>;
    const ended = once(this.#child, 'exit', { signal }).then(([code, killedBy]): [Cost] => {
      throw new Error(`the process ended with ${code ?? killedBy} while it examined ${filename}`);
    });
    this.#child.send(file);
    try {
      const [cost] = await Promise.race([answered, ended]);
      return cost;
    } finally {
      settled.abort();
      await Promise.allSettled([answered, ended]);
      this.#server.forget(key);
    }
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await this.#server.stop();
  }
}
