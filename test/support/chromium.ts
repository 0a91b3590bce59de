import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium as playwright } from 'playwright-core';

/** Where package managers and installers put Chrome, by what people have most. */
const USUAL_PLACES = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
const LAUNCH_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 20_000;

/** Containers and CI run as root, where Chromium's sandbox refuses to start; /dev/shm is small there. */
const CONTAINER_ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];
/**
 * The packaged build is chrome-headless-shell without a zygote; a process of its own per renderer is what people run,
 * so it stays. Web security stays on too (the package's own list turns it off): CORS and CSP are what we test.
 */
const PACKAGED_ARGS = [...CONTAINER_ARGS, '--no-zygote', '--disable-gpu', '--font-render-hinting=none'];

interface Installed {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Launches Chrome or Chromium headless: CHROME_PATH, else an installed one, else the one that @sparticuz/chromium carries. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, args, env } = installedChromium() ?? (await packagedChromium());
  return playwright.launch({
    executablePath,
    args: [...args],
    env: { ...definedEnv(), ...env },
    headless: true,
    timeout: LAUNCH_TIMEOUT_MS,
  });
}

function installedChromium(): Installed | undefined {
  const asked = process.env.CHROME_PATH;
  if (asked && !existsSync(asked))
    throw new Error(`CHROME_PATH is set to ${asked}, where there is no such file.`);
  const executablePath = asked ?? USUAL_PLACES.find((place) => existsSync(place));
  return executablePath ? { executablePath, args: CONTAINER_ARGS, env: {} } : undefined;
}

/**
 * Unpacks the package's archives (brotli) into one folder per version, once per machine. The package's own
 * executablePath() takes whatever lies in the temp folder, half-written by another process or of another version;
 * here a finished folder appears by one rename.
 */
async function packagedChromium(): Promise<Installed> {
  // Its exports hide package.json; the entry lies in build/, the archives beside it in bin/.
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const home = join(tmpdir(), `sluice-chromium-${version}-${process.arch}`);
  if (!existsSync(home)) await unpack(join(packageFolder, 'bin'), home);
  const installed: Installed = {
    executablePath: join(home, 'chromium'),
    args: PACKAGED_ARGS,
    env: {
      // NSS and the like, which the build needs and many machines lack.
      LD_LIBRARY_PATH: [join(home, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_PATH: join(home, 'fonts'),
    },
  };
  await probe(installed);
  return installed;
}

async function unpack(archives: string, home: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium');
  const staging = await mkdtemp(`${home}-`);
  const tmpBefore = process.env.TMPDIR;
  // The package unpacks into the temp folder and nowhere else.
  process.env.TMPDIR = staging;
  try {
    for (const archive of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
      await inflate(join(archives, archive));
    }
  } finally {
    if (tmpBefore === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = tmpBefore;
  }
  await writeFile(join(staging, 'fonts', 'fonts.conf'), fontsConf(home));
  try {
    await rename(staging, home);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process was faster; its folder is as good.
    if (!existsSync(home)) throw error;
  }
}

/** The package's own file looks in Lambda's folders only; without a single font Chromium dies at its first form field. */
const fontsConf = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts', 'fonts')}</dir>
  <cachedir>${join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** One clear sentence instead of a page of launch logs. */
async function probe({ executablePath, env }: Installed): Promise<void> {
  try {
    await promisify(execFile)(executablePath, ['--version'], {
      env: { ...definedEnv(), ...env },
      timeout: PROBE_TIMEOUT_MS,
    });
  } catch (cause) {
    throw new Error(
      'The packaged Chromium does not run on this machine. Install Chrome or Chromium, or name one in CHROME_PATH.',
      { cause },
    );
  }
}

const definedEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
