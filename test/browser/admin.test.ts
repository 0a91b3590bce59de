import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { type Api, ok } from '../support/api.ts';
import { listQueues, metrics } from '../support/operations.ts';
import { createTenant } from '../support/tenants.ts';
import type { ConsolePage } from './support/console-page.ts';
import { pictures } from './support/looks.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();
const { engine } = session;

/** Numbers and audit follow the events, by a stream, a bus and a queue. */
const patience = { timeout: 30_000, interval: 500 };

const auditOf = async (api: Api) =>
  ok(await api.call<{ records: { type: string }[] }>('GET', '/admin/audit?operation=upload')).records;

const loaded = (tab: ConsolePage) =>
  tab.page.locator('[data-testid=loaded][aria-busy=false]').first().waitFor();

it('shows an admin the numbers of its tenant, and nothing of the stage', async () => {
  const { tab, api, tenantId } = await session.signedIn({ roles: ['admin'] });
  await tab.get('admin-link').click();
  await tab.get('tile', { 'data-label': 'Uploads' }).getByText('0', { exact: true }).waitFor();
  await tab.get('ranked', { 'data-title': 'Types' }).getByText('Nothing in this window').waitFor();
  await tab.page.getByRole('link', { name: 'Files' }).click();
  await tab.add('report.txt', 'text/plain', 'x'.repeat(4096));
  await expect
    .poll(async () => ok(await metrics(api, { window: '24h' })).uploads.successful, patience)
    .toBe(1);

  await tab.get('admin-link').click();
  await tab.page.getByRole('heading', { name: `Tenant ${tenantId}` }).waitFor();
  await tab.get('tile', { 'data-label': 'Stored' }).getByText('1', { exact: true }).waitFor();
  await tab.get('tile', { 'data-label': 'Storage' }).getByText('4 KiB').waitFor();
  const uploads = tab.get('chart', { 'data-title': 'Uploads' });
  await uploads.locator('canvas').waitFor();
  // Without a pointer over the chart its legend tells the latest numbers.
  await uploads.getByRole('row', { name: 'Stored' }).getByText('1', { exact: true }).waitFor();
  for (const window of ['1h', '30d', '24h']) {
    const answer = tab.page.waitForResponse(new RegExp(`metrics\\?window=${window}`));
    await tab.get(`window-${window}`).click();
    await answer;
    await loaded(tab);
    await uploads.locator('canvas').waitFor();
  }
  expect(await tab.get('ranked', { 'data-title': 'Storage by tenant' }).count()).toBe(0);
  expect(await tab.get('queue-sizes').count()).toBe(0);
  expect(await tab.get('admin-queues').count()).toBe(0);
  await pictures(tab, 'admin-numbers');
});

it('lets an admin tighten the policy of its tenant, and says in words what does not go', async () => {
  session.expectComplaint(refusal(400));
  session.expectComplaint(refusal(403));
  const { tab, tenantId, users } = await session.signedIn({ roles: ['admin', 'user'], tier: 'basic' });
  await tab.get('admin-link').click();
  await tab.get('admin-tenants').click();
  await tab.get('tenant', { 'data-tenant': tenantId }).waitFor();
  const save = async (policy: string) => {
    await tab.get('policy-text').fill(policy);
    await tab.get('save-policy').click();
  };

  await save('{ "trashDays": ');
  await tab.get('policy-malformed').waitFor();
  await save('{ "trashDays": -1 }');
  await tab.get('error-notice').getByText('policy.trashDays').waitFor();
  await save('{ "maxFileSize": 99999999999999 }');
  await tab.get('error-notice').getByText('may only tighten maxFileSize').waitFor();
  await tab.picture('admin-policy-refused');
  await save('{ "trashDays": 7, "timeZone": "Europe/Berlin" }');
  await tab.get('policy-saved').waitFor();
  await tab.get('policy-in-force').getByText('Europe/Berlin').waitFor();
  expect(await tab.get('error-notice').count()).toBe(0);

  expect(await tab.get('turn-tenant').count()).toBe(0);
  const other = tab.get('user-row', { 'data-email': users[1]?.email as string });
  await other.getByTestId('turn-user').click();
  await other.getByText('inactive').waitFor();
  const own = tab.get('user-row', { 'data-email': users[0].email });
  expect(await own.getByRole('combobox').isDisabled()).toBe(true);
  expect(await own.getByTestId('turn-user').count()).toBe(0);
  await pictures(tab, 'admin-tenant');
});

it('finds records of the audit by what was done, page by page', async () => {
  const { tab, api } = await session.signedIn({ roles: ['admin'] });
  await tab.add('report.txt', 'text/plain', 'x');
  await expect
    .poll(async () => (await auditOf(api)).map(({ type }) => type), patience)
    .toContain('file.initiated');
  // Each is a record: with them there is more than one page.
  const paths = Array.from({ length: 55 }, (_, index) => `/folder-${index}`);
  for (const path of paths) ok(await api.call('POST', '/storage/folders', { body: { path } }));
  await expect
    .poll(
      async () => ok(await api.call<{ records: unknown[] }>('GET', '/admin/audit?limit=100')).records.length,
      patience,
    )
    .toBeGreaterThan(55);

  await tab.get('admin-link').click();
  await tab.get('admin-audit').click();
  const records = tab.get('audit-record');
  await expect.poll(() => records.count()).toBe(50);
  await tab.get('audit-more').click();
  await expect.poll(() => records.count()).toBeGreaterThan(55);
  const ids = await records.evaluateAll((rows) => rows.map((row) => row.dataset.record));
  expect(new Set(ids).size).toBe(ids.length);

  await tab.get('audit-operation').selectOption('upload');
  await tab.get('audit-search').click();
  await tab.get('audit-record', { 'data-type': 'file.initiated' }).first().waitFor();
  await expect
    .poll(() => tab.page.locator('[data-testid=audit-record]:not([data-type^="file."])').count())
    .toBe(0);
  await pictures(tab, 'admin-audit');

  await tab.get('audit-operation').selectOption('share');
  await tab.get('audit-search').click();
  await tab.get('audit-empty').waitFor();
});

it('lets root watch the stage, redrive failed jobs, and suspend a tenant', async () => {
  const { tab, api } = await session.signedIn({ roles: ['root'] });
  const { tenantId } = await createTenant(engine);
  // A file that there is not: done as soon as it is sent again.
  const QueueUrl = engine.stack.deadLetterQueues.Purge;
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await engine.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ tenantId, fileId: 'F1' }) }),
  );
  const deadLetters = async () =>
    ok(await listQueues(api)).queues.find(({ name }) => name === 'purge')?.dlq.visible;
  await expect.poll(deadLetters, patience).toBe(1);

  await tab.get('admin-link').click();
  await tab.get('ranked', { 'data-title': 'Storage by tenant' }).waitFor();
  const failed = tab.get('queue-sizes').getByRole('row', { name: 'purge' }).getByRole('link', { name: '1' });
  await failed.waitFor();
  await pictures(tab, 'admin-stage');

  await failed.click();
  const purge = tab.get('queue-row', { 'data-name': 'purge' });
  await purge.getByText('1 failed job').waitFor();
  await purge.getByText('Show 1 job').click();
  await purge.getByTestId('failed-job').getByText(tenantId).waitFor();
  await pictures(tab, 'admin-queues');
  await purge.getByTestId('redrive').click();
  await purge.getByText('1 job sent back').waitFor();
  await tab.get('queue-row', { 'data-name': 'purge', 'data-failed': '0' }).waitFor();

  await tab.get('admin-tenants').click();
  const row = tab.get('tenant-row', { 'data-tenant': tenantId });
  while ((await row.count()) === 0) {
    const answer = tab.page.waitForResponse(/admin\/tenants\?cursor/);
    await tab.get('more-tenants').click();
    await answer;
    await loaded(tab);
  }
  await row.getByRole('button').click();
  await tab.get('tenant', { 'data-tenant': tenantId, 'data-status': 'active' }).waitFor();
  // The list may be longer than the screen.
  expect(await tab.page.evaluate(() => document.activeElement?.textContent)).toBe(tenantId);
  await tab.get('turn-tenant').click();
  await tab.get('tenant', { 'data-tenant': tenantId, 'data-status': 'suspended' }).waitFor();
  await tab.get('tenant-row', { 'data-tenant': tenantId, 'data-status': 'suspended' }).waitFor();
  await pictures(tab, 'admin-tenants');
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
