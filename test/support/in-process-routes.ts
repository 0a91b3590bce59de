import { createAccessLog } from '../../lambdas/adapters/dynamodb/access-log.ts';
import { createAuditSearch } from '../../lambdas/adapters/dynamodb/audit-search.ts';
import { createBatchStore } from '../../lambdas/adapters/dynamodb/batch-store.ts';
import type { Db } from '../../lambdas/adapters/dynamodb/client.ts';
import { createConcurrencyStore } from '../../lambdas/adapters/dynamodb/concurrency-store.ts';
import { createDirectory } from '../../lambdas/adapters/dynamodb/directory.ts';
import { createErasureGuard } from '../../lambdas/adapters/dynamodb/erasure-guard.ts';
import { createEventLog } from '../../lambdas/adapters/dynamodb/event-log.ts';
import { createFileStore, getItem } from '../../lambdas/adapters/dynamodb/file-store.ts';
import { createFolderStore } from '../../lambdas/adapters/dynamodb/folder-store.ts';
import { createJobStore } from '../../lambdas/adapters/dynamodb/job-store.ts';
import { createLinkedFiles } from '../../lambdas/adapters/dynamodb/linked-files.ts';
import { createListings } from '../../lambdas/adapters/dynamodb/listing.ts';
import { createMetricReads } from '../../lambdas/adapters/dynamodb/metric-reads.ts';
import { createPublicFiles } from '../../lambdas/adapters/dynamodb/public-files.ts';
import { createRateLimiter } from '../../lambdas/adapters/dynamodb/rate-limiter.ts';
import { createResemblances } from '../../lambdas/adapters/dynamodb/resemblances.ts';
import { createSearchReads } from '../../lambdas/adapters/dynamodb/search-reads.ts';
import { createShareListing } from '../../lambdas/adapters/dynamodb/share-store.ts';
import { createTenancyStore } from '../../lambdas/adapters/dynamodb/tenancy-store.ts';
import { createTextExcerpts } from '../../lambdas/adapters/dynamodb/text-excerpts.ts';
import { createTranscodeBudget } from '../../lambdas/adapters/dynamodb/transcode-budget.ts';
import { createTranscodeStore } from '../../lambdas/adapters/dynamodb/transcode-store.ts';
import { createVersionStore } from '../../lambdas/adapters/dynamodb/version-store.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { keys } from '../../lambdas/contract/table.ts';
import type { SearchIndex } from '../../lambdas/core/search/ports.ts';
import { fileChangeRoutes } from '../../lambdas/http/file-changes.ts';
import { fileRoutes } from '../../lambdas/http/files.ts';
import { folderRoutes } from '../../lambdas/http/folders.ts';
import { operationRoutes } from '../../lambdas/http/operations.ts';
import { processingRoutes } from '../../lambdas/http/processing.ts';
import { publicRoutes } from '../../lambdas/http/public.ts';
import { receiptRoutes } from '../../lambdas/http/receipts.ts';
import { rescanRoutes } from '../../lambdas/http/rescan.ts';
import { searchRoutes } from '../../lambdas/http/search.ts';
import { shareRoutes } from '../../lambdas/http/shares.ts';
import { similarRoutes } from '../../lambdas/http/similar.ts';
import { streamRoutes } from '../../lambdas/http/stream.ts';
import { tenantRoutes } from '../../lambdas/http/tenants.ts';
import { uploadRoutes } from '../../lambdas/http/uploads.ts';
import { variantRoutes } from '../../lambdas/http/variants.ts';
import { versionRoutes } from '../../lambdas/http/versions.ts';
import { jobStoreSettings, storeSettings } from '../../lambdas/runtime/settings.ts';
import {
  downloadSigner,
  estimates,
  linkKeys,
  memoryPictures,
  receiptSigner,
  uploadSigner,
} from './in-process-ports.ts';
import { schemas } from './in-process-schemas.ts';
import type { MemoryS3 } from './memory-s3.ts';
import { streamPackage } from './streams.ts';

/** What the routes of one API share. */
interface InProcessParts {
  readonly db: Db;
  readonly clock: { readonly now: () => string; readonly newId: () => string };
  readonly store: InProcessStore;
  readonly intake: MemoryS3['intake'];
  readonly index: SearchIndex;
}

type InProcessStore = ReturnType<typeof inProcessStore>;

/** Everything of the file store that some route or worker asks for. */
export const inProcessStore = (db: Db) => ({
  ...createFileStore(db, storeSettings(defaultLimits)),
  ...createListings(db),
  ...createShareListing(db),
  ...createResemblances(db),
  ...createVersionStore(db),
  ...createBatchStore(db),
});

/** Every route of the API but those of sign-ins, wired as the functions wire them, over ports in memory. */
export function inProcessRoutes({ db, clock, store, intake, index }: InProcessParts) {
  const limits = defaultLimits;
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
  const tenancy = createTenancyStore(db, storeSettings(limits));
  const variantBounds = { ...limits.variants, maxBytes: limits.pipeline.imageMaxBytes };
  const links = { keys: linkKeys, now: clock.now, maxSeconds: limits.upload.urlSeconds.max };
  const nothing = async (): Promise<void> => undefined;
  const queue = { runJob: nothing };
  const queues = { complete: nothing, purge: nothing, process: nothing };
  const { resendSeconds } = limits.pipeline;
  const downloads = { ...clock, store, signer: downloadSigner, urlSeconds: limits.upload.urlSeconds };
  const changing = { ...clock, store, queues, resendSeconds };
  const versionQueues = { store, queues, resendSeconds, ...clock };
  const queueAdmin = { sizes: async () => [], states: async () => [] };
  return {
    ...uploadRoutes({
      auth,
      uploads: {
        ...clock,
        store,
        intake,
        signer: uploadSigner,
        queues,
        rates,
        sleep: nothing,
        scannerMaxBytes: undefined,
        limits: { ...limits.upload, ...limits.rates },
        names: limits.names,
      },
      schemas: schemas.upload,
      onUnexpected: (error) => {
        throw error;
      },
      count: () => undefined,
    }),
    ...fileRoutes({
      auth,
      store,
      excerpts: createTextExcerpts(db),
      estimates,
      usage: directory,
      transcodes: createTranscodeStore(db),
      transcoded: createTranscodeBudget(db, { retryMs: 0 }),
      downloads,
      names: limits.names,
      schemas: schemas.file,
    }),
    ...fileChangeRoutes({
      auth,
      changes: {
        ...changing,
        names: limits.names,
        annotationsMaxBytes: limits.names.annotationsMaxBytes,
      },
      schemas: schemas.file,
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
      schemas: schemas.processing,
    }),
    ...shareRoutes({ auth, sharing: { ...clock, store, directory, bounds: limits.sharing } }),
    ...versionRoutes({ auth, versions: versionQueues, schemas: schemas.version }),
    ...folderRoutes({
      ...clock,
      auth,
      folders: createFolderStore(db, storeSettings(limits)),
      files: store,
      jobs,
      queue,
      bounds: limits.jobs,
      names: limits.names,
      schemas: schemas.folder,
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
      schemas: schemas.tenant,
    }),
    ...operationRoutes({
      auth,
      auditing: { audit: createAuditSearch(db), now: clock.now, keepSeconds: limits.audit.keepSeconds },
      auditSchemas: schemas.audit,
      concurrency: {
        store: createConcurrencyStore(db),
        limits,
        sweepOverdueSeconds: 1_500,
        now: clock.now,
      },
      clearing: { ...clock, store, directory, intake, events },
      reporting: {
        metrics: createMetricReads(db),
        queues: queueAdmin as never,
        tenants: {
          tenantExists: async (tenantId) => (await getItem(db, keys.tenant(tenantId))) !== undefined,
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
      schemas: schemas.public,
      now: clock.now,
      audit,
    }),
    ...searchRoutes({
      auth,
      searching: {
        now: clock.now,
        index,
        reads: createSearchReads(db),
        bounds: limits.search,
        names: limits.names,
      },
      schemas: schemas.search,
    }),
    ...variantRoutes({
      auth,
      store,
      variants: {
        ...{
          store,
          rates,
          now: clock.now,
          bounds: variantBounds,
          ...memoryPictures(),
          signer: downloadSigner,
        },
        perTenantAndMinute: limits.variants.perTenantAndMinute,
        urlSeconds: limits.variants.urlSeconds,
      },
      linking: { bounds: variantBounds, links, linkSeconds: limits.upload.urlSeconds },
      opening: { links, files: createLinkedFiles(db), defaults: limits },
      bounds: { ...limits.rates, ...limits.variants },
      schemas: schemas.variant,
    }),
    ...streamRoutes({
      auth,
      store,
      links: { ...links, maxSeconds: limits.video.streamSeconds },
      entrySeconds: limits.video.streamSeconds,
      stream: {
        packages: { read: async () => streamPackage },
        signer: downloadSigner,
        urlSeconds: limits.video.streamUrlSeconds,
        now: clock.now,
      },
      bounds: { ...limits.rates, ...limits.variants },
      schemas: schemas.stream,
    }),
  };
}
