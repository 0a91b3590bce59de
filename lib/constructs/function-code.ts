import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const repositoryRoot = resolve(import.meta.dirname, '../..');

/** Native packages that a layer brings, and that a bundle must therefore not contain. */
const layerPackages = ['sharp'];

/**
 * What functions run in processes of their own (adapters/child): entries that are bundled beside `index.mjs` under their own
 * names, and files of packages that these read.
 */
const children: Readonly<
  Record<string, { readonly entries: readonly string[]; readonly files: readonly string[] }>
> = {
  'lambdas/workers/documents.lambda.ts': {
    entries: ['lambdas/adapters/pdf/pdf.child.ts', 'lambdas/adapters/documents/extract.child.ts'],
    files: ['@hyzyla/pdfium/pdfium.wasm'],
  },
};

const lambdaCredentials = fileURLToPath(import.meta.resolve('../../lambdas/runtime/lambda-credentials.ts'));

/** Where the source maps go: beside the asset, not in it, since a function would load them at every cold start. */
const sourceMapDirectory = join(repositoryRoot, 'dist', 'source-maps');

/**
 * The code of one function: one minified ES module, `index.mjs`, with everything but `layerPackages` inside, so
 * that what runs is what the lock file says and not the SDK that Lambda happens to carry.
 *
 * `entry` is relative to the repository. esbuild runs within this process, once per function and synthesis; its
 * output decides the asset's hash, so that an unchanged function is not deployed again.
 */
export function functionCode(entry: string): AssetCode {
  const source = join(repositoryRoot, entry);
  return Code.fromAsset(dirname(source), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never run: the local bundling below always succeeds or throws. CDK tells bundlings apart by `command`.
      image: DockerImage.fromRegistry('scratch'),
      command: [entry],
      local: {
        tryBundle: (outputDirectory) => {
          bundleFunction(entry, outputDirectory);
          return true;
        },
      },
    },
  });
}

/**
 * Writes `index.mjs`, as a function is deployed, into a directory, with what its children need; source maps go beside the
 * assets.
 */
export function bundleFunction(entry: string, outputDirectory: string): void {
  bundle(entry, join(outputDirectory, 'index.mjs'));
  const { entries = [], files = [] } = children[entry] ?? {};
  for (const child of entries) bundle(child, join(outputDirectory, `${basename(child, '.ts')}.mjs`));
  for (const file of files) {
    copyFileSync(fileURLToPath(import.meta.resolve(file)), join(outputDirectory, basename(file)));
  }
}

function bundle(entry: string, outfile: string): void {
  const source = join(repositoryRoot, entry);
  const result = buildSync({
    entryPoints: [source],
    outfile,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: layerPackages,
    alias: { '@aws-sdk/credential-provider-node': lambdaCredentials },
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const file of result.outputFiles) {
    if (file.path.endsWith('.map')) {
      mkdirSync(sourceMapDirectory, { recursive: true });
      writeFileSync(join(sourceMapDirectory, `${basename(source, '.ts')}.mjs.map`), file.contents);
    } else {
      writeFileSync(file.path, needsRequire(file.text) ? requireBanner + file.text : file.text);
    }
  }
}

const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";

/** esbuild leaves this text where a CommonJS dependency calls `require` for a built-in module. */
const needsRequire = (code: string): boolean => code.includes('Dynamic require of');
