import { useEffect, useState } from 'preact/hooks';

/** The console's pages. They live in the fragment, so that the page that serves them is always the same. */
export type PageName = 'files' | 'admin';

export interface Route {
  readonly page: PageName;
  /** The part of the admin page that is open. */
  readonly section: string | undefined;
}

function routeOf(hash: string): Route {
  const [page, section] = hash.replace(/^#\/?/, '').split('/');
  return { page: page === 'admin' ? 'admin' : 'files', section: section || undefined };
}

export const filesLink = '#files';
export const adminLink = (section: string): string => `#admin/${section}`;

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const read = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
