import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { envNames } from '../lambdas/contract/env.ts';
import { functionCode } from '../lib/constructs/function-code.ts';
import { alternate, type Benchmark, markdownTable, median } from './support/report.ts';

const rounds = 7;
const repositoryRoot = resolve(import.meta.dirname, '..');

interface Bundle {
  readonly entry: string;
  readonly file: string;
  readonly clients: readonly string[];
  /** Clients in the bundle that no source of ours in it imports. */
  readonly unused: readonly string[];
}

/** Size, cold import and SDK clients of each function, built by the very code that the stacks deploy. */
const bundles: Benchmark = {
  title: 'Function bundles',
  async run() {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
    try {
      const built = entries().map((entry) => build(entry, directory));
      const importMs = await alternate(built, rounds, coldImportMs);
      const rows = built.map((bundle) => [
        bundle.entry,
        (statSync(bundle.file).size / 1024).toFixed(0),
        median(importMs.get(bundle) ?? []).toFixed(0),
        bundle.clients.join(', ') || 'none',
        bundle.unused.join(', ') || 'none',
      ]);
      const header = ['function', 'KiB', 'cold import ms', 'SDK clients', 'of them unused'];
      const note = `Minified ES modules as deployed; sharp comes from a layer and is loaded at the first picture. Import: median of ${rounds} fresh Node processes, handler wired.`;
      return `${note}\n\n${markdownTable(header, rows)}`;
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

const entries = (): string[] =>
  ['http', 'workers'].flatMap((folder) =>
    readdirSync(join(repositoryRoot, 'lambdas', folder))
      .filter((file) => file.endsWith('.lambda.ts'))
      .map((file) => `lambdas/${folder}/${file}`),
  );

function build(entry: string, directory: string): Bundle {
  const name = basename(entry, '.ts');
  const app = new App({ outdir: join(directory, name), analyticsReporting: false });
  functionCode(entry).bind(new Stack(app, 'Bench'));
  const asset = readdirSync(app.outdir).find((file) => file.startsWith('asset.'));
  if (!asset) throw new Error(`${entry} has not been bundled`);
  return { entry, file: join(app.outdir, asset, 'index.mjs'), ...sdkClients(name) };
}

/** Read from the source map that bundling leaves beside the asset: it names every file that went in. */
function sdkClients(name: string): Pick<Bundle, 'clients' | 'unused'> {
  const map = join(repositoryRoot, 'dist', 'source-maps', `${name}.mjs.map`);
  const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
  const clients = new Set(sources.flatMap((source) => /@aws-sdk\/(client-[\w-]+)\//.exec(source)?.[1] ?? []));
  const ours = sources
    .flatMap((source) => /(?:^|\/)(lambdas\/.+\.ts)$/.exec(source)?.[1] ?? [])
    .map((source) => readFileSync(join(repositoryRoot, source), 'utf8'));
  const imported = (client: string) =>
    ours.some((text) => new RegExp(`^(?:import|export) (?!type)[^;]*'@aws-sdk/${client}'`, 'm').test(text)) ||
    // The presigner and the document client stand on these.
    ours.some((text) => text.includes(`'${basesOf[client]}'`));
  return { clients: [...clients].sort(), unused: [...clients].filter((client) => !imported(client)).sort() };
}

const basesOf: Record<string, string> = {
  'client-s3': '@aws-sdk/s3-request-presigner',
  'client-dynamodb': '@aws-sdk/lib-dynamodb',
};

async function coldImportMs({ file }: Bundle): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...functionEnvironment(), NODE_PATH: join(repositoryRoot, 'node_modules') },
  });
  return Number(stdout.trim().split('\n').at(-1));
}

/** Values of the right shape for every variable that a function may declare; nothing is called with them. */
function functionEnvironment(): Record<string, string> {
  const values = Object.values(envNames).map((name) => [name, sampleValue(name)] as const);
  return { ...Object.fromEntries(values), AWS_REGION: 'eu-central-1', POWERTOOLS_DEV: 'false' };
}

function sampleValue(name: string): string {
  if (name.endsWith('_URL')) return 'https://sqs.eu-central-1.amazonaws.com/111111111111/bench';
  const special: Record<string, string> = {
    [envNames.limits]: '{}',
    [envNames.scanner]: 'hold',
    [envNames.definitionsSource]: '{}',
    [envNames.s3PathStyle]: 'false',
  };
  return special[name] ?? 'bench';
}

export default bundles;
