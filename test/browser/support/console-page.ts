import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, CDPSession, Locator, Page } from 'playwright-core';
import { defaultStackDir } from '../../../local/paths.ts';

const screenshots = join(defaultStackDir, 'screenshots');

/** Far above what anything takes on a busy small machine: reached only by what never happens. */
export const stepDeadlineMs = 60_000;

/** The console in one tab, by what people see and do. */
export class ConsolePage {
  readonly page: Page;
  /** Part numbers of the PUTs to S3 in the order of their beginning, and of those that S3 took. */
  readonly putsBegun: number[] = [];
  readonly putsDone: number[] = [];
  #complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(stepDeadlineMs);
    page.on('pageerror', (error) => this.#complaints.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.#complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.method() === 'PUT') this.putsBegun.push(partNumberOf(request.url()));
    });
    page.on('response', (response) => {
      if (response.request().method() !== 'PUT' || !response.ok()) return;
      this.putsDone.push(partNumberOf(response.url()));
    });
  }

  static async open(context: BrowserContext, consoleUrl: string): Promise<ConsolePage> {
    const tab = new ConsolePage(await context.newPage());
    await tab.page.goto(consoleUrl);
    return tab;
  }

  /** Errors and warnings in the browser's console, violations of the content security policy among them. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  get(testId: string, attributes: Readonly<Record<string, string>> = {}): Locator {
    const conditions = Object.entries({ 'data-testid': testId, ...attributes });
    return this.page.locator(
      conditions.map(([name, value]) => `[${name}=${JSON.stringify(value)}]`).join(''),
    );
  }

  /** The row of an upload, in any phase or in the given one. */
  upload(name: string, phase?: string): Locator {
    return this.get('upload-row', { 'data-name': name, ...(phase && { 'data-phase': phase }) });
  }

  card(name: string, status?: string): Locator {
    return this.get('file-card', { 'data-name': name, ...(status && { 'data-status': status }) });
  }

  /** Paths on disk, or files made in memory. */
  async choose(files: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
    await this.get('file-input').setInputFiles(files);
  }

  async pick(name: string, mimeType: string, bytes: Buffer | string): Promise<void> {
    await this.choose([{ name, mimeType, buffer: Buffer.from(bytes) }]);
  }

  /** Uploads a file that needs no watching. */
  async add(name: string, mimeType: string, bytes: Buffer | string): Promise<void> {
    await this.pick(name, mimeType, bytes);
    await this.card(name, 'ready').waitFor();
  }

  async openDetails(name: string): Promise<Locator> {
    await this.card(name).click();
    const details = this.get('file-details');
    await details.waitFor();
    return details;
  }

  async signIn(user: { readonly email: string; readonly password: string }): Promise<void> {
    await this.get('sign-in-email').fill(user.email);
    await this.get('sign-in-password').fill(user.password);
    await this.submitSignIn(() => this.get('sign-in-submit').click());
  }

  /** All tests come from one address, so the throttle may ask to wait. */
  async submitSignIn(submit: () => Promise<void>): Promise<void> {
    for (;;) {
      const before = [...this.#complaints];
      const answered = this.page.waitForResponse((response) => response.url().endsWith('/auth/login'));
      await submit();
      const answer = await answered;
      if (answer.status() !== 429) break;
      const waitSeconds = Number((await answer.headerValue('retry-after')) ?? 1);
      await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
      this.#complaints = before;
    }
    await this.get('console').waitFor();
    await this.get('quota').waitFor();
  }

  /** Of whoever is signed in here. */
  async accessToken(): Promise<string> {
    const saved = await this.page.evaluate(() => sessionStorage.getItem('sluice.session'));
    return (JSON.parse(saved ?? '') as { tokens: { accessToken: string } }).tokens.accessToken;
  }

  /** For people to look at: all of the page, or what is in sight of it. */
  async picture(name: string, { fullPage = true } = {}): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    const path = join(screenshots, `${name}.png`);
    await this.page.screenshot({ path, fullPage, animations: 'disabled' });
  }

  devTools(): Promise<CDPSession> {
    return this.page.context().newCDPSession(this.page);
  }

  /** The line's width to the outside from here on; undefined: as wide as it is. */
  async limitLine(bytesPerSecond: number | undefined): Promise<void> {
    const session = await this.devTools();
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond ?? -1,
    });
  }

  /** Lets go of files and folders over the page, as a file manager would. */
  async drop(paths: readonly string[]): Promise<void> {
    const session = await this.devTools();
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    }
  }
}

/** 1 for an upload of a single PUT. */
const partNumberOf = (url: string): number => Number(new URL(url).searchParams.get('partNumber') ?? 1);
