import { useEffect, useRef, useState } from 'preact/hooks';
import { filesLink, openLink, searchLink } from '../state/route.ts';
import { CloseIcon, SearchIcon } from './icons.tsx';

/** While somebody types; Enter does not wait. */
const PAUSE_MS = 300;
/** What the server takes. */
const MAX_CHARACTERS = 256;
/** A single letter is half a word; whoever means it presses Enter. */
const MIN_CHARACTERS = 2;

/** What it holds is also in the address: a reload, a bookmark and the way back find it there. */
export function SearchBox({ query }: { query: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query);
  /** The address that this box asked for itself; any other one comes from outside, and is shown. */
  const asked = useRef(query);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useFocusKey(input);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (query === asked.current) return;
    clearTimeout(timer.current);
    asked.current = query;
    setText(query);
  }, [query]);

  const ask = (wanted: string) => {
    clearTimeout(timer.current);
    const next = wanted.trim();
    const before = asked.current;
    if (next === before) return;
    asked.current = next;
    // Words in the making are no places to come back to.
    openLink(next === '' ? filesLink : searchLink(next), { replace: next !== '' && before !== '' });
  };
  const onInput = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    const { length } = value.trim();
    if (length === 0) ask('');
    else if (length >= MIN_CHARACTERS) timer.current = setTimeout(() => ask(value), PAUSE_MS);
  };
  const clear = () => {
    setText('');
    ask('');
    input.current?.focus();
  };

  return (
    <search class="search">
      <form
        class="search-box"
        onSubmit={(event) => {
          event.preventDefault();
          ask(text);
        }}
      >
        <SearchIcon />
        <input
          ref={input}
          type="search"
          value={text}
          maxLength={MAX_CHARACTERS}
          placeholder="Search files"
          aria-label="Search files"
          aria-keyshortcuts="/"
          enterkeyhint="search"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => onInput(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || text === '') return;
            event.preventDefault();
            clear();
          }}
          data-testid="search-input"
        />
        {text === '' ? (
          <span class="key-hint wide-only" aria-hidden="true">
            /
          </span>
        ) : (
          <button
            type="button"
            class="icon-button"
            aria-label="Clear the search"
            title="Clear the search"
            onClick={clear}
            data-testid="search-clear"
          >
            <CloseIcon />
          </button>
        )}
      </form>
    </search>
  );
}

/** `/` leads here from anywhere but from where it is a character, and from dialogs. */
function useFocusKey(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      const { activeElement } = document;
      if (activeElement?.matches('input, textarea, select, [contenteditable]')) return;
      if (document.querySelector('dialog[open]')) return;
      event.preventDefault();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [input]);
}
