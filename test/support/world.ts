import { createHash } from 'node:crypto';
import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { defaultPresets } from '../../lambdas/core/images/presets.ts';
import { type DispatchDeps, dispatch } from '../../lambdas/core/intake/dispatch.ts';
import type { InspectionPolicy } from '../../lambdas/core/intake/examine.ts';
import { type InspectDeps, inspect } from '../../lambdas/core/intake/inspect.ts';
import { recordScan } from '../../lambdas/core/intake/record-scan.ts';
import type {
  IntakeTarget,
  ScanAnswer,
  Scanner,
  ScannerBreaker,
  ScanResults,
  ScanVerdict,
} from '../../lambdas/core/intake/scanner.ts';
import type { FileQueues } from '../../lambdas/core/ports.ts';
import { type SweepDeps, type SweepResult, sweep } from '../../lambdas/core/sweep/sweep.ts';
import type { PromotionPolicy } from '../../lambdas/core/tenancy/policy.ts';
import { completeClaimed } from '../../lambdas/core/uploads/complete.ts';
import type { UploadDeps } from '../../lambdas/core/uploads/deps.ts';
import { startOfTime } from './domain.ts';
import { MemoryS3 } from './memory-s3.ts';
import { MemoryStore } from './memory-store.ts';

export const answers = {
  clean: { verdict: 'clean', engine: 'test' },
  infected: { verdict: 'infected', engine: 'test', threat: 'EICAR' },
  unscannable: { verdict: 'unscannable', engine: 'test', detail: 'encrypted' },
  unavailable: { verdict: 'unavailable', detail: 'down' },
  requested: { verdict: 'requested' },
} as const satisfies Record<string, ScanAnswer>;

export type Around = (call: string, run: () => Promise<unknown>) => Promise<unknown>;

/** Every method of `port` goes through `around`, which may delay it, count it or let it fail. */
export const intercept = <T extends object>(name: string, port: T, around: () => Around): T =>
  new Proxy(port, {
    get: (target, method) => {
      const original = target[method as keyof T];
      if (typeof original !== 'function' || method === 'dueItems') return original;
      return (...args: unknown[]) =>
        around()(`${name}.${String(method)}`, () => original.apply(target, args));
    },
  });

/** The whole upload path over models of the table, S3 and the queues, with a clock that a test turns. */
export class World {
  readonly table = new MemoryStore();
  readonly s3 = new MemoryS3();
  readonly messages = {
    complete: [] as Ref3[],
    inspect: [] as Inspect[],
    process: [] as Ref2[],
    scan: [] as IntakeTarget[],
    purge: [] as Ref2[],
  };
  around: Around = (_call, run) => run();
  at = startOfTime;
  /** What the scanner answers; `requested`: nothing at once, and `verdict` later. */
  scan: keyof typeof answers = 'clean';
  verdict: Exclude<keyof typeof answers, 'requested'> = 'clean';
  /** Results that came by themselves, by version id. */
  readonly scanResults = new Map<string, ScanVerdict>();
  policy: InspectionPolicy & PromotionPolicy = {
    allowedMimeTypes: ['image/*', 'text/*', 'application/*'],
    unscannable: 'reject',
    svg: 'rasterize',
    activeContent: 'allow',
    encryptedContent: 'allow',
    virusScanningRequired: true,
    dedupe: 'off',
    dedupeQuota: 'each',
    renditionPresets: defaultPresets.slice(0, 1),
  };
  readonly scans: ScanResults = {
    result: async ({ versionId }) => this.scanResults.get(versionId),
    save: async ({ versionId }, verdict) => void this.scanResults.set(versionId, verdict),
  };
  readonly breaker: ScannerBreaker = {
    mayScan: async () => true,
    isOpen: async () => false,
    failed: async () => undefined,
    succeeded: async () => undefined,
  };
  rateTaken = 0;
  #ids = 0;

  readonly now = (): string => this.at;
  readonly newId = (): string => {
    this.#ids += 1;
    return `id-${String(this.#ids).padStart(6, '0')}`;
  };
  pass(seconds: number): void {
    this.at = new Date(Date.parse(this.at) + seconds * 1000).toISOString();
  }

  readonly #store = intercept('store', this.table.port, () => this.around);
  readonly #intake = intercept('s3', this.s3.intake, () => this.around);
  readonly #queues: FileQueues = intercept(
    'queues',
    {
      complete: async (message) => void this.messages.complete.push(message),
      inspect: async (message) => void this.messages.inspect.push(message),
      process: async ({ tenantId, fileId }) => void this.messages.process.push({ tenantId, fileId }),
      purge: async ({ tenantId, fileId }) => void this.messages.purge.push({ tenantId, fileId }),
    } satisfies FileQueues,
    () => this.around,
  );

  readonly #scanner: Scanner = {
    engine: 'test',
    scan: async (target) => {
      if (this.scan === 'requested' && target.bucket === 'intake') this.messages.scan.push(target);
      return answers[this.scan];
    },
  };

  get uploads(): UploadDeps & { digest: (text: string) => string } {
    return {
      store: this.#store,
      intake: this.#intake,
      queues: this.#queues,
      signer: {
        signParts: async (session, parts) =>
          parts.map(({ partNumber, size }) => ({
            partNumber,
            size,
            url: `https://intake.test/${session.uploadId}?part=${partNumber}`,
            headers: {},
            expiresAt: this.at,
          })),
      },
      rates: {
        take: async () => {
          this.rateTaken += 1;
        },
      },
      limits: { ...defaultLimits.upload, ...defaultLimits.rates },
      names: defaultLimits.names,
      now: this.now,
      newId: this.newId,
      sleep: async () => undefined,
      scannerMaxBytes: undefined,
      digest: (text) => createHash('sha256').update(text).digest('base64'),
    };
  }

  get dispatching(): DispatchDeps {
    return {
      store: this.#store,
      intake: this.#intake,
      queues: this.#queues,
      now: this.now,
      newId: this.newId,
      resendSeconds: 900,
    };
  }

  get inspecting(): InspectDeps {
    return {
      ...this.dispatching,
      store: this.#store,
      intake: intercept('intake', this.s3.reader, () => this.around),
      library: intercept('library', this.s3.libraryPort, () => this.around),
      detect: async (head) => (head.length === 0 ? { kind: 'empty' } : { kind: 'unknown' }),
      inflate,
      scanner: intercept('scanner', this.#scanner, () => this.around),
      scans: intercept('scans', this.scans, () => this.around),
      contents: intercept('contents', this.table.shared.port, () => this.around),
      breaker: intercept('breaker', this.breaker, () => this.around),
      random: () => 0.5,
      queues: this.#queues,
      policyOf: async () => this.policy,
      bounds: { ...defaultLimits.pipeline, ...defaultLimits.inspection },
    };
  }

  get sweeping(): SweepDeps {
    return {
      store: this.#store,
      intake: this.#intake,
      jobs: { postponeJob: async () => undefined },
      queues: { ...this.#queues, runJob: async () => undefined },
      bus: { publish: async () => undefined },
      bounds: {
        ...defaultLimits.upload,
        ...defaultLimits.pipeline,
        ...defaultLimits.inspection,
        concurrency: 4,
      },
      now: this.now,
      newId: this.newId,
      random: () => 0.5,
      outOfTime: () => false,
      onFailure: () => undefined,
    };
  }

  sweep(): Promise<SweepResult> {
    return sweep(this.sweeping);
  }

  /** Delivers what S3 and the queues hold until nothing is left; a failed message comes again, like SQS does it. */
  async deliver(): Promise<void> {
    for (let round = 0; round < 50; round += 1) {
      const events = this.s3.landed.splice(0);
      const [completions, inspections] = [this.messages.complete.splice(0), this.messages.inspect.splice(0)];
      const scans = this.messages.scan.splice(0);
      if (events.length + completions.length + inspections.length + scans.length === 0) return;
      for (const event of events)
        await orAgain(
          () => dispatch(this.dispatching, event),
          () => this.s3.landed.push(event),
        );
      for (const message of completions) {
        const run = async (): Promise<void> => {
          const session = await this.#store.session(message);
          if (session?.phase === 'completing') await completeClaimed(this.uploads, session);
        };
        await orAgain(run, () => this.messages.complete.push(message));
      }
      for (const target of scans)
        await orAgain(
          () => recordScan(this.inspecting, target, answers[this.verdict]),
          () => this.messages.scan.push(target),
        );
      for (const message of inspections)
        await orAgain(
          () => inspect(this.inspecting, message),
          () => this.messages.inspect.push(message),
        );
    }
    throw new Error('messages keep coming');
  }

  /** The sweep and the queues until nothing moves any more. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      await this.deliver();
      this.pass(4 * 86_400);
      await this.sweep();
    }
    await this.deliver();
  }
}

interface Ref2 {
  readonly tenantId: string;
  readonly fileId: string;
}
interface Ref3 extends Ref2 {
  readonly uploadId: string;
}
interface Inspect extends Ref2 {
  readonly uploadId: string;
  readonly versionId: string;
}

export async function orAgain(run: () => Promise<unknown>, again: () => void): Promise<void> {
  try {
    await run();
  } catch {
    again();
  }
}
