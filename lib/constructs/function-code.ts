import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const repositoryRoot = resolve(import.meta.dirname, '../..');

/** Native packages that a layer brings, and that a bundle must therefore not contain. */
const layerPackages = ['sharp'];

const svgChild = 'lambdas/adapters/sharp/svg.child.ts';
const mediaInfo = {
  entries: ['lambdas/adapters/mediainfo/mediainfo.child.ts'],
  files: ['mediainfo.js/MediaInfoModule.wasm'],
};

/**
 * What functions run in processes of their own (adapters/child): entries that are bundled beside `index.mjs` under their own
 * names, and files of packages that these read.
 */
const children: Readonly<
  Record<string, { readonly entries: readonly string[]; readonly files?: readonly string[] }>
> = {
  'lambdas/workers/images.lambda.ts': { entries: [svgChild] },
  'lambdas/workers/documents.lambda.ts': {
    entries: [svgChild, 'lambdas/adapters/pdf/pdf.child.ts', 'lambdas/adapters/documents/extract.child.ts'],
    files: ['@hyzyla/pdfium/pdfium.wasm'],
  },
  'lambdas/steps/probe.lambda.ts': mediaInfo,
  'lambdas/steps/verify.lambda.ts': mediaInfo,
  'lambdas/steps/settle.lambda.ts': { entries: [svgChild] },
};

const allChildren = Object.values(children).flatMap(({ entries }) => entries);
const nameOf = (child: string): string => basename(child, '.ts');

const lambdaCredentials = fileURLToPath(import.meta.resolve('../../lambdas/runtime/lambda-credentials.ts'));

/** Its package has bundlers take the build for browsers, which fetches its WebAssembly from an address. */
const mediaInfoForNode = fileURLToPath(import.meta.resolve('mediainfo.js'));

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
  for (const child of entries) bundle(child, join(outputDirectory, `${nameOf(child)}.mjs`));
  const code = readFileSync(join(outputDirectory, 'index.mjs'), 'utf8');
  const missing = allChildren.find(
    (child) => !entries.includes(child) && code.includes(`"${nameOf(child)}"`),
  );
  // It would show where the function runs, and only at the first file that needs it.
  if (missing) throw new Error(`${entry} starts ${missing}, which is not among its children`);
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
    alias: { '@aws-sdk/credential-provider-node': lambdaCredentials, 'mediainfo.js': mediaInfoForNode },
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
