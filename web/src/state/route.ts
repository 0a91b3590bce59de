import { useEffect, useState } from 'preact/hooks';

/** The console's pages. They live in the fragment, so that the page that serves them is always the same. */
export type PageName = 'files' | 'admin';

export interface Route {
  readonly page: PageName;
  /** The part of the admin page that is open. */
  readonly section: string | undefined;
  /** What files are searched for; empty: nothing. */
  readonly query: string;
}

function routeOf(hash: string): Route {
  const [path = '', parameters] = hash.replace(/^#\/?/, '').split('?');
  const [page, section] = path.split('/');
  return {
    page: page === 'admin' ? 'admin' : 'files',
    section: section || undefined,
    query: new URLSearchParams(parameters).get('q')?.trim() ?? '',
  };
}

export const filesLink = '#files';
export const adminLink = (section: string): string => `#admin/${section}`;
export const searchLink = (query: string): string => `#files?${new URLSearchParams({ q: query })}`;

/** Opens a link without a click; `replace`: instead of the present entry of the browser's history. */
export function openLink(link: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', link);
  else history.pushState(null, '', link);
  // Neither of them tells anybody.
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const read = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
