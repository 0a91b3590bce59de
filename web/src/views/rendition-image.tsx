import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/console.ts';

/** Asked for a little before it comes into sight. */
const AHEAD = '300px';
/** A URL may have died between cache and image: one fresh one is tried. */
const MAX_TRIES = 2;

interface Props {
  readonly fileId: string;
  /** Of the file's content. */
  readonly version: number;
  /** Undefined while there is none that could be shown. */
  readonly rendition: string | undefined;
  readonly alt: string;
  readonly children: ComponentChildren;
}

/** A rendition once it is in sight and loaded; the children until then, and when it cannot be had. */
export function RenditionImage({ fileId, version, rendition, alt, children }: Props) {
  const { urls } = useConsole();
  const frame = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  const [url, setUrl] = useState<string | undefined>(undefined);
  const [loaded, setLoaded] = useState(false);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    const element = frame.current;
    if (!element || seen) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);

  useEffect(() => {
    if (!seen || !rendition) return;
    let current = true;
    urls.rendition({ fileId, version, rendition }).then(
      (found) => current && setUrl(found),
      () => current && setUrl(undefined),
    );
    return () => {
      current = false;
    };
  }, [seen, fileId, version, rendition, tries, urls]);

  const onError = () => {
    if (!rendition) return;
    urls.forget({ fileId, version, rendition });
    setUrl(undefined);
    if (tries + 1 < MAX_TRIES) setTries(tries + 1);
  };

  return (
    <span class="rendition" ref={frame}>
      {!loaded && <span class="rendition-placeholder">{children}</span>}
      {url && rendition && (
        <img
          class={loaded ? 'rendition-image rendition-loaded' : 'rendition-image'}
          src={url}
          alt={alt}
          decoding="async"
          onLoad={() => setLoaded(true)}
          onError={onError}
          data-testid="rendition"
          data-rendition={rendition}
        />
      )}
    </span>
  );
}
