import { createEncoderLeases } from '../../lambdas/adapters/dynamodb/encoder-leases.ts';
import { createTranscodeBudget } from '../../lambdas/adapters/dynamodb/transcode-budget.ts';
import { createTranscodeStore } from '../../lambdas/adapters/dynamodb/transcode-store.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { executionName } from '../../lambdas/contract/transcode.ts';
import type { FileRecord, VersionRef } from '../../lambdas/core/files/file.ts';
import type { PurgeDeps } from '../../lambdas/core/files/purge.ts';
import type { DeliverDeps } from '../../lambdas/core/processing/deliver.ts';
import type { ProcessRequest } from '../../lambdas/core/processing/process-file.ts';
import { type AdmitDeps, admit } from '../../lambdas/core/video/admit.ts';
import type { CurrentWorkDeps } from '../../lambdas/core/video/current-work.ts';
import { encodeStep } from '../../lambdas/core/video/encode-step.ts';
import type { EncodedFile } from '../../lambdas/core/video/encoded.ts';
import type { HeldLeases } from '../../lambdas/core/video/lease.ts';
import type { Encoder } from '../../lambdas/core/video/ports.ts';
import type { Prober } from '../../lambdas/core/video/probe.ts';
import { probeStep } from '../../lambdas/core/video/probe-step.ts';
import { type Settled, settleTranscode } from '../../lambdas/core/video/settle.ts';
import type { Transcode, TranscodeRef } from '../../lambdas/core/video/transcode.ts';
import { tenant } from './domain.ts';
import { memoryDb } from './memory-dynamodb/client.ts';
import { intercept, World } from './world.ts';

export interface Message extends ProcessRequest {
  receives: number;
}

interface Execution {
  readonly job: TranscodeRef;
  status: 'running' | 'ended';
}

/** The steps of a stored video's workflow, over models of the table, the bucket and the executions. */
export class VideoSteps {
  readonly world = new World();
  readonly table: ReturnType<typeof memoryDb>['table'];
  readonly objects = new Set<string>();
  readonly executions = new Map<string, Execution>();
  readonly deadLetters: Message[] = [];
  /** Runs of the encoder, whether they ended or not. */
  encodes = 0;
  minutesPerMonth: number | undefined;
  leaseBounds = { encodersMax: 2, tenantShare: 1 };
  encoderName: AdmitDeps['encoder'] = 'ffmpeg';
  prober: Prober = {
    probe: async () => ({
      ...{ container: 'mp4', duration: 120 },
      video: {
        ...{ codec: 'h264', width: 1_280, height: 720, pixelAspect: 1, rotation: 0, frameRate: 25 },
        ...{ variableFrameRate: false, interlaced: false, bitDepth: 8, dynamicRange: 'sdr' },
      },
      audio: { codec: 'aac', channels: 2, sampleRate: 48_000 },
    }),
  };
  /** Nobody waits so long, unless a test lets them. */
  sleep: (ms: number) => Promise<void> = () => new Promise(() => undefined);
  /** Happens once while the encoder works. */
  meanwhile: () => Promise<void> = async () => undefined;
  readonly messages: Message[] = [];
  readonly #db;

  constructor(...stored: readonly FileRecord[]) {
    for (const file of stored) this.world.table.put(file);
    const { db, table } = memoryDb();
    this.#db = db;
    this.table = table;
  }

  get file(): FileRecord | undefined {
    return this.world.table.files.get('acme/F1');
  }

  get transcode(): Transcode | undefined {
    return this.table.get({ ...keys.transcode('acme', 'F1', 1) }) as unknown as Transcode | undefined;
  }

  /** Seconds of output that the tenant was charged this month. */
  get charged(): number {
    const month = this.world.at.slice(0, 7);
    return Number(this.table.get({ ...keys.transcodeMonth('acme', month) })?.seconds ?? 0);
  }

  /** Names of the attempts that hold an encoder; a lease that has ended holds none. */
  get leases(): readonly string[] {
    const held = (this.table.get({ ...keys.encoderLeases() })?.leases ?? {}) as HeldLeases;
    return Object.keys(held).filter((name) => (held[name]?.until ?? '') > this.world.at);
  }

  readonly #port = <T extends object>(name: string, port: T): T =>
    intercept(name, port, () => this.world.around);

  readonly queues = this.#port('queues', {
    process: async ({ tenantId, fileId, version }: VersionRef) =>
      void this.messages.push({ tenantId, fileId, version, receives: 0 }),
    purge: async ({ tenantId, fileId }: { tenantId: string; fileId: string }) => {
      const file = this.world.table.files.get(`${tenantId}/${fileId}`);
      if (file)
        for (const key of [...this.objects]) if (key.startsWith(`${fileId}/`)) this.objects.delete(key);
    },
  });

  get current(): Omit<CurrentWorkDeps, 'store'> & {
    readonly store: World['dispatching']['store'];
    readonly transcodes: ReturnType<typeof createTranscodeStore>;
    readonly budget: ReturnType<typeof createTranscodeBudget>;
    readonly leases: ReturnType<typeof createEncoderLeases>;
  } {
    return {
      store: this.world.dispatching.store,
      transcodes: this.#port('transcodes', createTranscodeStore(this.#db)),
      budget: this.#port('budget', createTranscodeBudget(this.#db, { retryMs: 100 })),
      leases: this.#port('leases', createEncoderLeases(this.#db, this.world.now)),
    };
  }

  get delivering(): DeliverDeps {
    return {
      ...this.world.dispatching,
      derived: this.#port('derived', {
        put: async ({ fileId, version }: FileRecord, { name }: { name: string }) =>
          this.#written({ fileId, version }, name),
        putText: async () => ({ key: 'text', characters: 1, truncated: false }),
        forgetText: async () => undefined,
        deleteAll: async (all: readonly string[]) => {
          for (const key of all) this.objects.delete(key);
        },
      }),
    };
  }

  readonly #written = ({ fileId, version }: Pick<VersionRef, 'fileId' | 'version'>, name: string): string => {
    const key = `${fileId}/v${version}/${name}`;
    this.objects.add(key);
    return key;
  };

  readonly #outputs = {
    keyOf: ({ fileId, version }: VersionRef, name: string) => `${fileId}/v${version}/videos/${name}`,
    ...this.#port('outputs', {
      read: async () => new Uint8Array(1),
      deleteAll: async ({ fileId, version }: VersionRef) => {
        const prefix = `${fileId}/v${version}/videos/`;
        for (const key of [...this.objects]) if (key.startsWith(prefix)) this.objects.delete(key);
      },
    }),
  };

  encoder: Encoder = {
    encode: async ({ plan, target, onProgress }) => {
      this.encodes += 1;
      const files: EncodedFile[] = [];
      const names = [
        ...(plan.video?.rungs.map(({ name }) => `${name}.mp4`) ?? []),
        'poster.jpg',
        'stream.json',
      ];
      for (const [index, name] of names.entries()) {
        await target.put(name, 'video/mp4', '/tmp', new AbortController().signal);
        files.push({ name, mimeType: 'video/mp4', bytes: 1_000 });
        this.world.pass(5);
        onProgress(Math.floor((100 * (index + 1)) / names.length));
        const { meanwhile } = this;
        this.meanwhile = async () => undefined;
        await meanwhile();
      }
      return files;
    },
  };

  get starting() {
    return {
      ...this.delivering,
      ...this.current,
      executions: this.#port('executions', {
        start: async (job: TranscodeRef) => {
          if (this.executions.has(executionName(job))) return 'exists' as const;
          this.executions.set(executionName(job), { job, status: 'running' });
          return 'started' as const;
        },
        status: async (job: TranscodeRef) => this.executions.get(executionName(job))?.status ?? 'unknown',
      }),
      bounds: defaultLimits.video,
    };
  }

  get admitting(): AdmitDeps {
    const policy =
      this.minutesPerMonth === undefined ? {} : { transcodeMinutesPerMonth: this.minutesPerMonth };
    return {
      ...this.current,
      tenants: { tenant: async (tenantId) => tenant({ tenantId, policy }) },
      defaults: defaultLimits,
      encoder: this.encoderName,
      vCpus: 4,
      bounds: defaultLimits.video,
      leaseBounds: this.leaseBounds,
      now: this.world.now,
      random: () => 0.5,
    };
  }

  readonly #library = {
    library: { readRange: async () => new Uint8Array() },
    bounds: defaultLimits.inspection,
  };

  get purging(): PurgeDeps {
    return { ...this.world.dispatching, queues: this.queues };
  }

  probe = (job: TranscodeRef) => probeStep({ ...this.current, ...this.#library, prober: this.prober }, job);

  admit = (job: TranscodeRef) => admit(this.admitting, job);

  encode = (job: TranscodeRef) =>
    encodeStep(
      {
        ...this.current,
        encoder: this.encoder,
        openOriginal: () => async () => {
          throw new Error('nobody reads it');
        },
        target: (file) =>
          this.#port('target', { put: async (name: string) => void this.#written(file, `videos/${name}`) }),
        outputs: this.#outputs,
        bounds: defaultLimits.video,
        leaseBounds: this.leaseBounds,
        now: this.world.now,
        random: () => 0.5,
        monotonicMs: () => Date.parse(this.world.at),
        sleep: this.sleep,
      },
      job,
    );

  settleJob = (job: TranscodeRef & { readonly failed?: true }): Promise<Settled> =>
    settleTranscode(
      {
        ...this.delivering,
        ...this.current,
        ...this.#library,
        outputs: this.#outputs,
        audio: { read: async () => ({ tags: { title: 'Ode' }, format: {} }) },
        images: {
          render: async (_picture, { presets }) => ({
            media: { width: 1, height: 1, format: 'jpeg', hasAlpha: false, colourSpace: 'srgb' },
            renditions: presets.map(({ name }) => ({
              ...{ name, mimeType: 'image/jpeg', extension: '.jpg', width: 1, height: 1 },
              body: new Uint8Array(1),
            })),
          }),
        },
        deadLetters: this.#port('deadLetters', {
          keep: async ({ tenantId, fileId, version }: VersionRef) =>
            void this.deadLetters.push({ tenantId, fileId, version, receives: 0 }),
        }),
      },
      job,
    );
}
