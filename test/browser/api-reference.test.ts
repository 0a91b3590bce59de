import { expect, it } from 'vitest';
import { useBrowser } from './support/session.ts';

const session = useBrowser();

it('renders the API from its document, every group and each operation with its answers', async () => {
  const tab = await session.open();
  await tab.page.goto(`${session.engine.stack.consoleUrl}api-reference.html`);

  const operations = tab.page.locator('.opblock');
  await operations.first().waitFor();
  const { paths } = (await (await fetch(`${session.engine.stack.apiUrl}/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const calls = Object.values(paths).flatMap((path) =>
    Object.keys(path).filter((key) => key !== 'parameters'),
  );
  expect(await operations.count()).toBe(calls.length);

  await tab.page
    .getByRole('button', { name: /POST.*\/storage\/multipart\/initiate/ })
    .first()
    .click();
  await tab.page.locator('.opblock.is-open .responses-table').getByText('201').first().waitFor();
  await tab.picture('api-reference', { fullPage: false });
});
