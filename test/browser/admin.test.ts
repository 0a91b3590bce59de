import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultStackDir } from '../../local/paths.ts';
import { type Api, ok } from '../support/api.ts';
import type { ConsolePage } from './support/console-page.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();

/** Numbers and audit follow the events, by a stream, a bus and a queue. */
const patience = { timeout: 30_000, interval: 500 };

const metricsOf = async (api: Api) =>
  ok(await api.call<{ uploads: { successful: number } }>('GET', '/admin/metrics?window=24h'));
const auditOf = async (api: Api) =>
  ok(await api.call<{ records: { type: string }[] }>('GET', '/admin/audit?operation=upload')).records;

const screenshots = join(defaultStackDir, 'screenshots');

async function picture(tab: ConsolePage, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await tab.page.screenshot({ path: join(screenshots, `admin-${name}.png`), fullPage: true });
}

it('shows an admin the numbers, the policy and the audit of its tenant, and nothing of the stage', async () => {
  const { tab, api, tenantId } = await session.signedIn({ roles: ['admin'] });
  await tab.add('report.txt', 'text/plain', 'x'.repeat(4096));
  await expect.poll(async () => (await metricsOf(api)).uploads.successful, patience).toBe(1);

  await tab.get('admin-link').click();
  await tab.get('tile', { 'data-label': 'Stored' }).getByText('1', { exact: true }).waitFor();
  await tab.get('tile', { 'data-label': 'Storage' }).getByText('4 KB').waitFor();
  await tab.get('chart', { 'data-title': 'Uploads' }).locator('canvas').waitFor();
  expect(await tab.get('ranked', { 'data-title': 'Storage by tenant' }).count()).toBe(0);
  expect(await tab.get('admin-queues').count()).toBe(0);
  await picture(tab, 'numbers');

  await tab.get('admin-tenants').click();
  await tab.get('tenant', { 'data-tenant': tenantId }).waitFor();
  await tab.get('policy-text').fill('{ "trashDays": ');
  await tab.get('save-policy').click();
  await tab.get('policy-malformed').waitFor();
  await tab.get('policy-text').fill('{ "trashDays": 7, "timeZone": "Europe/Berlin" }');
  await tab.get('save-policy').click();
  await tab.get('policy-saved').waitFor();
  await tab.get('policy-in-force').getByText('Europe/Berlin').waitFor();
  await picture(tab, 'tenant');

  await expect
    .poll(async () => (await auditOf(api)).map(({ type }) => type), patience)
    .toContain('file.initiated');
  await tab.get('admin-audit').click();
  await tab.get('audit-operation').selectOption('upload');
  await tab.get('audit-search').click();
  await tab.get('audit-record', { 'data-type': 'file.initiated' }).first().waitFor();
  expect(await tab.get('audit-record', { 'data-type': 'tenant.changed' }).count()).toBe(0);
  await picture(tab, 'audit');
});

it('lets root suspend a tenant and look after the queues', async () => {
  const { tab, tenantId } = await session.signedIn({ roles: ['root'] });
  await tab.get('admin-link').click();
  await tab.get('ranked', { 'data-title': 'Storage by tenant' }).waitFor();
  await picture(tab, 'stage');

  await tab.get('admin-queues').click();
  await tab.get('queue-row', { 'data-name': 'images' }).waitFor();
  await picture(tab, 'queues');

  await tab.get('admin-tenants').click();
  await tab.get('tenants').waitFor();
  await tab.get('tenant', { 'data-tenant': tenantId, 'data-status': 'active' }).waitFor();
  // Its own: from the next call on it is out.
  session.expectComplaint(refusal(403));
  await tab.get('turn-tenant').click();
  await tab.get('error-notice').getByText('Your organisation is suspended').first().waitFor();
});

it('has nothing for a user who is no admin', async () => {
  const { tab } = await session.signedIn();
  await tab.get('quota').waitFor();
  expect(await tab.get('admin-link').count()).toBe(0);

  await tab.page.evaluate(() => {
    location.hash = '#admin/queues';
  });

  await tab.get('admin-refused').waitFor();
});
