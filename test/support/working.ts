import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { fileJobs } from '../../lambdas/core/bulk/kinds.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { JobRef } from '../../lambdas/core/jobs/job.ts';
import { runSlice } from '../../lambdas/core/jobs/run-slice.ts';
import { caller, file, startOfTime, tenant, user } from './domain.ts';
import { MemoryFolders } from './memory-folders.ts';
import { MemoryJobs } from './memory-jobs.ts';
import { MemoryStore } from './memory-store.ts';

const bounds = { ...defaultLimits.jobs, sliceSeconds: 1 };

/** Jobs on files and folders over models of the table and the queue, with a process that can die at any call. */
export class Workplace {
  readonly table = new MemoryStore();
  readonly folders = new MemoryFolders(this.table);
  readonly jobs = new MemoryJobs();
  readonly messages: JobRef[] = [];
  readonly purges: string[] = [];
  readonly processes: string[] = [];
  /** Files that a job has processed at the same time. */
  window = 50;
  readonly alice = caller();
  asker = user();
  at = startOfTime;
  /** Counts calls to the outside; those of `deadly` fail, before or after they took effect. */
  calls = 0;
  deadly: { readonly at: number; readonly after: boolean } | undefined;
  died = false;
  #ids = 0;

  readonly now = (): string => this.at;
  readonly newId = (): string => `job-${String(++this.#ids).padStart(6, '0')}`;

  /** Stored files, each at its path. */
  put(...paths: readonly string[]): readonly FileRecord[] {
    return paths.map((path) => {
      const cut = path.lastIndexOf('/');
      const name = { path: path.slice(0, cut) || '/', filename: path.slice(cut + 1) };
      const record = file({ fileId: `F-${path}`, ...name, status: 'ready', accounting: 'used', size: 1 });
      this.table.put(record);
      return record;
    });
  }

  readonly #mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, method) => {
        const call = target[method as keyof T];
        if (typeof call !== 'function') return call;
        return async (...args: unknown[]) => {
          this.calls += 1;
          const dies = this.calls === this.deadly?.at;
          if (dies) this.died = true;
          if (dies && !this.deadly?.after) throw new Error('killed');
          const answer = await call.apply(target, args);
          if (dies) throw new Error('killed');
          return answer;
        };
      },
    });

  get deps() {
    const store = this.#mortal({
      ...this.table.port,
      listFiles: async () => ({
        items: [...this.table.files.values()].filter(({ status }) => status === 'ready'),
      }),
    });
    const queues = this.#mortal({
      purge: async ({ fileId }: { fileId: string }) => void this.purges.push(fileId),
      process: async ({ fileId }: { fileId: string }) => void this.processes.push(fileId),
    });
    return {
      ...defaultLimits.names,
      now: this.now,
      newId: this.newId,
      directory: {
        find: async () => ({ tenant: tenant(), user: this.asker }),
        client: async () => undefined,
      },
      defaults: defaultLimits,
      store,
      folders: this.#mortal(this.folders.port),
      queues,
      names: defaultLimits.names,
      resendSeconds: 900,
      processing: { ...bounds, processWindowFiles: this.window, bounds: defaultLimits.processing },
      jobs: this.#mortal(this.jobs.port),
      queue: this.#mortal({ runJob: async (ref: JobRef) => void this.messages.push(ref) }),
      bounds,
    };
  }

  /** What the workers do with what was sent to them, after each round of slices. */
  process: (fileIds: readonly string[]) => void = () => undefined;

  /** Slices and sweeps until no job is left. */
  async work(): Promise<void> {
    const { deps } = this;
    for (let round = 0; round < 40 && this.jobs.due.size > 0; round += 1) {
      const outOfTime = (): boolean => true;
      for (const ref of this.messages.splice(0)) {
        await runSlice({ ...deps, kinds: fileJobs(deps), outOfTime }, ref).catch(() => undefined);
      }
      this.process(this.processes.splice(0));
      this.at = new Date(Date.parse(this.at) + bounds.leaseSeconds * 1000).toISOString();
      this.messages.push(...this.jobs.dueAt(this.at));
    }
  }

  /** Paths of the files that have a name, in order. */
  get tree(): string[] {
    return [...this.table.files.values()]
      .filter(({ status }) => status !== 'deleted' && status !== 'purged')
      .map(({ path, filename }) => `${path === '/' ? '' : path}/${filename}`)
      .sort();
  }

  /** What became of each file, by its id's path. */
  get outcomes(): Record<string, string> {
    return Object.fromEntries(
      this.jobs.saved.map(({ fileId, outcome, code }) => [fileId?.slice(2), code ?? outcome]),
    );
  }
}
