import { createAccessLog } from '../../lambdas/adapters/dynamodb/access-log.ts';
import { createAuditSearch } from '../../lambdas/adapters/dynamodb/audit-search.ts';
import { createBatchStore } from '../../lambdas/adapters/dynamodb/batch-store.ts';
import { createConcurrencyStore } from '../../lambdas/adapters/dynamodb/concurrency-store.ts';
import { createContentHolders } from '../../lambdas/adapters/dynamodb/content-store.ts';
import { createDirectory } from '../../lambdas/adapters/dynamodb/directory.ts';
import { createErasureGuard } from '../../lambdas/adapters/dynamodb/erasure-guard.ts';
import { createEventLog } from '../../lambdas/adapters/dynamodb/event-log.ts';
import { createFileStore } from '../../lambdas/adapters/dynamodb/file-store.ts';
import { createFolderStore } from '../../lambdas/adapters/dynamodb/folder-store.ts';
import { createJobStore } from '../../lambdas/adapters/dynamodb/job-store.ts';
import { createListings } from '../../lambdas/adapters/dynamodb/listing.ts';
import { createMetricReads } from '../../lambdas/adapters/dynamodb/metric-reads.ts';
import { createPublicFiles } from '../../lambdas/adapters/dynamodb/public-files.ts';
import { createRateLimiter } from '../../lambdas/adapters/dynamodb/rate-limiter.ts';
import { createResemblances } from '../../lambdas/adapters/dynamodb/resemblances.ts';
import { createShareListing } from '../../lambdas/adapters/dynamodb/share-store.ts';
import { createTenancyStore } from '../../lambdas/adapters/dynamodb/tenancy-store.ts';
import { createTextExcerpts } from '../../lambdas/adapters/dynamodb/text-excerpts.ts';
import { createVersionStore } from '../../lambdas/adapters/dynamodb/version-store.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { type RoleName, tenantItem, userItem } from '../../lambdas/contract/tenant-items.ts';
import { dispatch } from '../../lambdas/core/intake/dispatch.ts';
import { type IntakeVersion, inspect } from '../../lambdas/core/intake/inspect.ts';
import { fileChangeRoutes } from '../../lambdas/http/file-changes.ts';
import { fileRoutes } from '../../lambdas/http/files.ts';
import { folderRoutes } from '../../lambdas/http/folders.ts';
import { operationRoutes } from '../../lambdas/http/operations.ts';
import { processingRoutes } from '../../lambdas/http/processing.ts';
import { publicRoutes } from '../../lambdas/http/public.ts';
import { receiptRoutes } from '../../lambdas/http/receipts.ts';
import { rescanRoutes } from '../../lambdas/http/rescan.ts';
import { auditSchemas } from '../../lambdas/http/schemas/audit.ts';
import { fileSchemas } from '../../lambdas/http/schemas/files.ts';
import { folderSchemas } from '../../lambdas/http/schemas/folders.ts';
import { processingSchemas } from '../../lambdas/http/schemas/processing.ts';
import { publicSchemas } from '../../lambdas/http/schemas/public.ts';
import { tenantSchemas } from '../../lambdas/http/schemas/tenants.ts';
import { uploadSchemas } from '../../lambdas/http/schemas/uploads.ts';
import { versionSchemas } from '../../lambdas/http/schemas/versions.ts';
import { shareRoutes } from '../../lambdas/http/shares.ts';
import { similarRoutes } from '../../lambdas/http/similar.ts';
import { tenantRoutes } from '../../lambdas/http/tenants.ts';
import { uploadRoutes } from '../../lambdas/http/uploads.ts';
import { versionRoutes } from '../../lambdas/http/versions.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { jobStoreSettings, storeSettings } from '../../lambdas/runtime/settings.ts';
import { startOfTime } from './domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from './events.ts';
import { downloadSigner, estimates, letsPass, receiptSigner, uploadSigner } from './in-process-ports.ts';
import { memoryDb } from './memory-dynamodb/client.ts';
import { MemoryS3 } from './memory-s3.ts';
import { silentObserver } from './observer.ts';

export interface Person {
  readonly tenantId: string;
  readonly userId: string;
  readonly role: RoleName;
}

export interface Answer {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

/**
 * Ids tell who asked and count that one's, so that what one does leaves no trace in the ids of another: the `nth` file
 * that the `asker`-th of the people initiated.
 */
export const fileIdOf = (asker: number, nth: number): string => madeId(asker, 'F', nth);

const madeId = (asker: number, kind: 'F' | 'X', nth: number): string =>
  `01${String(asker).repeat(15)}${kind}${String(nth).padStart(8, '0')}`;

/**
 * The whole HTTP API in this process: routes, core and the DynamoDB adapters are the very ones of the functions, over
 * a table and an S3 in memory. Thousands of calls a second, and every run with the same calls is the same run.
 */
export class InProcessApi {
  readonly #db = memoryDb();
  readonly s3 = new MemoryS3();
  readonly #counts = new Map<string, number>();
  readonly #inspections: IntakeVersion[] = [];
  #now = startOfTime;
  #asker = 0;
  /** The next id is that of a file which is being initiated. */
  #initiating = false;

  readonly #clock = { now: (): string => this.#now, newId: (): string => this.#newId() };
  readonly #store = {
    ...createFileStore(this.#db.db, storeSettings(defaultLimits)),
    ...createListings(this.#db.db),
    ...createShareListing(this.#db.db),
    ...createResemblances(this.#db.db),
    ...createVersionStore(this.#db.db),
    ...createBatchStore(this.#db.db),
  };
  readonly #handler = this.#wire();

  get table() {
    return this.#db.table;
  }

  enroll(people: readonly Person[]): void {
    const createdAt = startOfTime;
    for (const tenantId of new Set(people.map((person) => person.tenantId))) {
      const userCount = people.filter((person) => person.tenantId === tenantId).length;
      const tenant = {
        tenantId,
        name: tenantId,
        tier: 'enterprise',
        policy: {},
        userCount,
        createdAt,
      } as const;
      this.table.put({ ...tenantItem({ ...tenant, status: 'active' }) });
    }
    for (const { tenantId, userId, role } of people) {
      const email = `${userId}@${tenantId}.example`;
      this.table.put({ ...userItem({ tenantId, userId, email, role, status: 'active', createdAt }) });
    }
  }

  /** A call at its own time by the `asker`-th of the people; null: without a sign-in. */
  async call(
    person: Person | null,
    asker: number,
    at: string,
    name: RouteName,
    call: HttpCall,
  ): Promise<Answer> {
    this.#now = at;
    this.#asker = asker;
    this.#initiating = name === 'initiate';
    const claims = person && { sub: person.userId, tenant: person.tenantId, token_use: 'access' };
    const answer = await this.#handler(httpEvent(name, { ...call, claims }), lambdaContext());
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: answer.body ? JSON.parse(answer.body) : undefined,
    };
  }

  /** The bytes of an upload land, and the pipeline brings them as far as it goes. */
  async land(asker: number, at: string, file: { tenantId: string; fileId: string }, body: Uint8Array) {
    this.#now = at;
    this.#asker = asker;
    this.#initiating = false;
    const found = await this.#store.file(file);
    if (found?.status !== 'uploading') return;
    this.s3.put({ ...file, uploadId: found.uploadId }, body);
    const queues = {
      inspect: async (message: IntakeVersion) => void this.#inspections.push(message),
      process: async () => undefined,
      purge: async () => undefined,
    };
    const shared = { ...this.#clock, store: this.#store, queues, resendSeconds: 900 };
    for (const landed of this.s3.landed.splice(0))
      await dispatch({ ...shared, intake: this.s3.intake }, landed);
    for (const message of this.#inspections.splice(0)) {
      await inspect(
        {
          ...shared,
          intake: this.s3.reader,
          library: this.s3.libraryPort,
          detect: async () => ({ kind: 'unknown' }),
          contents: createContentHolders(this.#db.db),
          ...letsPass,
        },
        message,
      );
    }
  }

  #newId(): string {
    const kind = this.#initiating ? 'F' : 'X';
    this.#initiating = false;
    const scope = `${this.#asker}${kind}`;
    const count = (this.#counts.get(scope) ?? 0) + 1;
    this.#counts.set(scope, count);
    return madeId(this.#asker, kind, count);
  }

  #wire() {
    const limits = defaultLimits;
    const { db } = this.#db;
    const clock = this.#clock;
    const directory = createDirectory(db);
    const rates = createRateLimiter(db);
    const jobs = createJobStore(db, jobStoreSettings(limits));
    const events = createEventLog(db, storeSettings(limits));
    const audit = { ...clock, ...createAccessLog(db, limits) };
    const auth = {
      directory,
      rates,
      limits,
      tenantClaim: 'tenant',
      machineClaim: 'client_id',
      now: clock.now,
      audit,
    };
    const store = this.#store;
    const tenancy = createTenancyStore(db, storeSettings(limits));
    const nothing = async (): Promise<void> => undefined;
    const queue = { runJob: nothing };
    const queues = { complete: nothing, purge: nothing, process: nothing };
    const { resendSeconds } = limits.pipeline;
    const downloads = { ...clock, store, signer: downloadSigner, urlSeconds: limits.upload.urlSeconds };
    const changing = { ...clock, store, queues, resendSeconds };
    const versionQueues = { store, queues, resendSeconds, ...clock };
    const queueAdmin = { sizes: async () => [], states: async () => [] };
    return httpFunction(silentObserver().observer, {
      ...uploadRoutes({
        auth,
        uploads: {
          ...clock,
          store,
          intake: this.s3.intake,
          signer: uploadSigner,
          queues,
          rates,
          sleep: nothing,
          scannerMaxBytes: undefined,
          limits: { ...limits.upload, ...limits.rates },
          names: limits.names,
        },
        schemas: uploadSchemas(limits),
        onUnexpected: (error) => {
          throw error;
        },
        count: () => undefined,
      }),
      ...fileRoutes({
        auth,
        store,
        excerpts: createTextExcerpts(this.#db.db),
        estimates,
        usage: directory,
        downloads,
        names: limits.names,
        schemas: fileSchemas(limits),
      }),
      ...fileChangeRoutes({
        auth,
        changes: {
          ...changing,
          names: limits.names,
          annotationsMaxBytes: limits.names.annotationsMaxBytes,
        },
        schemas: fileSchemas(limits),
      }),
      ...similarRoutes({ auth, similar: { ...clock, store } }),
      ...receiptRoutes({ auth, receipts: { ...clock, store, signer: receiptSigner } }),
      ...rescanRoutes({
        auth,
        rescans: {
          ...clock,
          store,
          queues: { inspect: nothing, rescan: nothing },
          hasScanner: true,
          breaker: { isOpen: async () => false },
        },
      }),
      ...processingRoutes({
        auth,
        processing: {
          ...changing,
          estimates: { estimate: async () => 1 },
          bounds: limits.processing,
        },
        schemas: processingSchemas(limits),
      }),
      ...shareRoutes({ auth, sharing: { ...clock, store, directory, bounds: limits.sharing } }),
      ...versionRoutes({ auth, versions: versionQueues, schemas: versionSchemas(limits) }),
      ...folderRoutes({
        ...clock,
        auth,
        folders: createFolderStore(db, storeSettings(limits)),
        files: store,
        jobs,
        queue,
        bounds: limits.jobs,
        names: limits.names,
        schemas: folderSchemas(limits),
      }),
      ...tenantRoutes({
        auth,
        admin: {
          ...clock,
          tenants: tenancy,
          guard: createErasureGuard(db),
          keys: { ensure: async (tenantId) => `arn:aws:kms:eu-west-1:123456789012:key/${tenantId}` },
          users: tenancy,
          clients: tenancy,
          accounts: undefined,
          secrets: undefined,
          defaults: limits,
          names: limits.names,
          jobs,
          queue,
          bounds: limits.jobs,
        },
        schemas: tenantSchemas(limits),
      }),
      ...operationRoutes({
        auth,
        auditing: { audit: createAuditSearch(db), now: clock.now, keepSeconds: limits.audit.keepSeconds },
        auditSchemas: auditSchemas(limits),
        concurrency: {
          store: createConcurrencyStore(db),
          limits,
          sweepOverdueSeconds: 1_500,
          now: clock.now,
        },
        clearing: { ...clock, store, directory, intake: this.s3.intake, events },
        reporting: {
          metrics: createMetricReads(db),
          queues: queueAdmin as never,
          tenants: {
            tenantExists: async (tenantId) => this.table.get(keys.tenant(tenantId) as never) !== undefined,
          },
          now: clock.now,
        },
        queueing: { ...clock, queues: queueAdmin as never, events },
      }),
      ...publicRoutes({
        downloads: {
          files: createPublicFiles(db),
          signer: downloadSigner,
          urlSeconds: limits.upload.urlSeconds,
          defaults: limits,
        },
        rates,
        bounds: limits.rates,
        schemas: publicSchemas(limits),
        now: clock.now,
        audit,
      }),
    });
  }
}
