import { expect, it } from 'vitest';
import { corners } from '../support/images.ts';
import { createTenant, noUsage, usageOf } from '../support/tenants.ts';
import { MiB, multipartUploadsOf, randomBytesOf, versionsOf } from '../support/uploads.ts';
import { refusal, useBrowser } from './support/session.ts';

const session = useBrowser();
const { engine } = session;

it('says in words why somebody cannot come in', async () => {
  session.expectComplaint(refusal(401));
  const tab = await session.open();

  await tab.get('sign-in-email').fill('user@tiny.example');
  await tab.get('sign-in-password').fill('not the password');
  await tab.get('sign-in-submit').click();

  await tab.get('error-notice').getByText('Check your email and password').waitFor();
});

it('says in words what a tenant may not upload', async () => {
  session.expectComplaint(refusal(413));
  session.expectComplaint(refusal(415));
  session.expectComplaint(refusal(403));
  const { tab, api } = await session.signedIn({
    tier: 'basic',
    policy: { bytesPerUser: 20_000, maxFileSize: 15_000 },
  });

  await tab.pick('tools.zip', 'application/zip', 'PK\x05\x06'.padEnd(22, '\0'));
  await tab.upload('tools.zip', 'failed').getByText('This type of file is not allowed').waitFor();

  await tab.pick('large.txt', 'text/plain', 'x'.repeat(16_000));
  await tab.upload('large.txt', 'failed').getByText('The file is too large').waitFor();

  await tab.add('fits.txt', 'text/plain', 'x'.repeat(12_000));
  await tab.pick('one-too-many.txt', 'text/plain', 'x'.repeat(12_000));
  const refused = tab.upload('one-too-many.txt', 'failed');
  await refused.getByText('Not enough storage left').waitFor();
  await refused.getByText('Delete files that you no longer need').waitFor();
  expect(await usageOf(api)).toMatchObject({ used: 12_000, reserved: 0, files: 1, slots: 0 });
});

it('offers to keep both when a name is taken', async () => {
  session.expectComplaint(refusal(409));
  const { tab } = await session.signedIn();
  await tab.add('plan.txt', 'text/plain', 'first');
  await tab.get('clear-finished').click();

  await tab.pick('plan.txt', 'text/plain', 'second');
  const row = tab.upload('plan.txt', 'failed');
  await row.getByText('A file of this name is already there').waitFor();
  await row.getByTestId('keep-both').click();

  await tab.upload('plan.txt', 'finished').waitFor();
  await tab.card('plan (2).txt', 'ready').waitFor();
  await tab.card('plan.txt', 'ready').waitFor();
});

it('says why the inspection refused a file', async () => {
  const { tab, api } = await session.signedIn();

  await tab.pick('holiday.jpg', 'image/jpeg', await corners(64, 48));

  const reason = 'The content is not what the name says';
  await tab.upload('holiday.jpg', 'rejected').getByText(reason).waitFor();
  await tab.card('holiday.jpg', 'rejected').waitFor();
  await (await tab.openDetails('holiday.jpg')).getByText(reason).waitFor();
  expect(await tab.get('download').isDisabled()).toBe(true);
  expect(await usageOf(api)).toEqual(noUsage);
});

it('ends a cancelled upload on the server and gives back what it had reserved', async () => {
  session.expectComplaint(/ERR_ABORTED/);
  const { tab, api, tenantId } = await session.signedIn({ policy: { slotsPerUser: 4 } });
  await tab.limitLine(MiB);

  await tab.pick('long.bin', 'application/octet-stream', randomBytesOf(12 * MiB));
  await tab.get('quota-reserved').getByText('12 MiB reserved').waitFor();
  await tab.get('quota-slots').getByText('1 of 4').waitFor();
  await tab.upload('long.bin', 'uploading').getByTestId('cancel').click();

  await tab.upload('long.bin', 'cancelled').waitFor();
  await tab.get('quota-reserved').waitFor({ state: 'detached' });
  await tab.get('quota-slots').getByText('0 of 4').waitFor();
  expect(await usageOf(api)).toEqual(noUsage);
  expect(await multipartUploadsOf(engine, tenantId)).toEqual([]);
  await tab.get('files-empty').waitFor();
});

it('survives a broken connection by itself', async () => {
  session.expectComplaint(/ERR_FAILED/);
  const { tab } = await session.signedIn();
  const isPut = (url: URL) => url.origin === new URL(engine.stack.endpoint).origin;
  await tab.page.route(isPut, (route) => route.abort('failed'), { times: 1 });

  await tab.add('notes.txt', 'text/plain', 'worth a second try');

  expect(tab.putsBegun).toHaveLength(2);
  expect(tab.putsDone).toHaveLength(1);
});

it('tries again on demand when the storage refused the bytes', async () => {
  session.expectComplaint(refusal(400));
  const { tab } = await session.signedIn();
  const isPut = (url: URL) => url.origin === new URL(engine.stack.endpoint).origin;
  const refuse = {
    status: 400,
    headers: { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'etag' },
    body: '<Code>BadDigest</Code>',
  };
  await tab.page.route(isPut, (route) => route.fulfill(refuse), { times: 1 });

  await tab.pick('notes.txt', 'text/plain', 'worth a second try');
  const row = tab.upload('notes.txt', 'failed');
  await row.getByText('The storage refused the bytes').waitFor();
  await row.getByTestId('retry').click();

  await tab.card('notes.txt', 'ready').waitFor();
});

it('moves to the trash only after a second question, restores from there, and deletes for good', async () => {
  const { tab, api, tenantId } = await session.signedIn();
  await tab.add('old.txt', 'text/plain', 'x'.repeat(2048));
  await tab.get('quota-text').getByText('2 KiB', { exact: true }).waitFor();

  await tab.openDetails('old.txt');
  await tab.get('delete').click();
  await tab.page.getByRole('button', { name: 'Keep it' }).click();
  await tab.get('delete').click();
  await tab.get('confirm-delete').click();
  await tab.card('old.txt').waitFor({ state: 'detached' });
  await tab.get('files-empty').waitFor();

  await tab.get('filter-deleted').click();
  await tab.openDetails('old.txt');
  await tab.get('restore').click();
  await tab.get('filter-all').click();
  await tab.card('old.txt', 'ready').waitFor();

  await tab.openDetails('old.txt');
  await tab.get('delete').click();
  await tab.get('confirm-delete').click();
  await tab.get('filter-deleted').click();
  await tab.openDetails('old.txt');
  await tab.get('delete').click();
  await tab.get('confirm-delete').click();

  await tab.card('old.txt').waitFor({ state: 'detached' });
  await tab.get('quota-text').getByText('0 bytes').waitFor();
  expect(await usageOf(api)).toEqual(noUsage);
  await expect.poll(() => versionsOf(engine, 'library', tenantId)).toEqual([]);
});

it('forgets everything on signing out', async () => {
  const { tab } = await session.signedIn();
  await tab.add('mine.txt', 'text/plain', 'mine');
  await tab.get('sign-out').click();
  await tab.get('sign-in-form').waitFor();
  expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0);

  const stranger = await createTenant(engine);
  await tab.signIn(stranger.users[0]);

  await tab.get('files-empty').waitFor();
  expect(await tab.card('mine.txt').count()).toBe(0);
});
