import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/console.ts';
import { placeholderUrl } from '../state/placeholder.ts';

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
  /** ThumbHash, base64: what is shown while the rendition loads. */
  readonly placeholder?: string | undefined;
  readonly alt: string;
  readonly children: ComponentChildren;
}

/** A rendition once it is in sight and loaded; its placeholder, or the children, until then and when it cannot be had. */
export function RenditionImage({ fileId, version, rendition, placeholder, alt, children }: Props) {
  const { urls } = useConsole();
  const frame = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  const [url, setUrl] = useState<string | undefined>(undefined);
  const [loaded, setLoaded] = useState(false);
  const [tries, setTries] = useState(0);
  const blurred = useMemo(() => placeholderUrl(placeholder), [placeholder]);

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
      {!loaded &&
        (blurred ? (
          <img class="rendition-blurred" src={blurred} alt="" data-testid="placeholder" />
        ) : (
          <span class="rendition-placeholder">{children}</span>
        ))}
      {url && rendition && (
        <img
          class={`rendition-image${blurred ? '' : ' rendition-fading'}${loaded ? ' rendition-loaded' : ''}`}
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
