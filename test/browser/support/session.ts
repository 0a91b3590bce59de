import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { launchChromium } from '../../support/chromium.ts';
import { type Engine, engineOf } from '../../support/engine.ts';
import { createTenant, type TenantOptions, type TestTenant } from '../../support/tenants.ts';
import { ConsolePage } from './console-page.ts';

const desktop = { width: 1280, height: 900 };

export interface BrowserSession {
  readonly engine: Engine;
  /** A tab at the sign-in, in a fresh profile or in the given one. */
  open(context?: BrowserContext): Promise<ConsolePage>;
  /** A tenant of the test's own, its first user signed in. */
  signedIn(options?: TenantOptions): Promise<TestTenant & { readonly tab: ConsolePage }>;
  /** What the browser will rightly complain about in this test; anything else fails it. */
  expectComplaint(pattern: RegExp): void;
  /** A folder that is gone after the test. */
  folder(): Promise<string>;
}

/** A browser for all tests of a file. Each test ends with closed tabs, and fails when the browser had a complaint. */
export function useBrowser(): BrowserSession {
  const engine = engineOf(inject('stack'));
  const { consoleUrl } = engine.stack;
  let browser: Browser;
  let tabs: ConsolePage[] = [];
  let folders: string[] = [];
  let expected: RegExp[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints);
    const contexts = new Set(tabs.map((tab) => tab.page.context()));
    await Promise.all([...contexts].map((context) => context.close()));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
    const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
    [tabs, folders, expected] = [[], [], []];
    expect(unexpected).toEqual([]);
  });

  const session: BrowserSession = {
    engine,
    open: async (context) => {
      const profile = context ?? (await browser.newContext({ viewport: desktop, locale: 'en-GB' }));
      const tab = await ConsolePage.open(profile, consoleUrl);
      tabs.push(tab);
      return tab;
    },
    signedIn: async (options) => {
      const tenant = await createTenant(engine, options);
      const tab = await session.open();
      await tab.signIn(tenant.users[0]);
      return { ...tenant, tab };
    },
    expectComplaint: (pattern) => {
      expected.push(pattern);
    },
    folder: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-browser-'));
      folders.push(folder);
      return folder;
    },
  };
  return session;
}

/** Chromium writes every refusal of the API to its console; the page shows it in words. */
export const refusal = (status: number): RegExp => new RegExp(`status of ${status}\\b`);
