import { orThrow } from '@shop/client';
import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import { useLocation, useSearchParams } from 'wouter-preact';
import { shop } from '../api.ts';

const pauseMs = 100;

/** The search, which completes what one types: a combobox as the ARIA Authoring Practices have it. */
export function SearchBox() {
  const [, navigate] = useLocation();
  const [chosen] = useSearchParams();
  const searched = chosen.get('search') ?? '';
  const [text, setText] = useState(searched);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const suggestions = useSuggestions(isOpen ? text : '');
  useEffect(() => setText(searched), [searched]);

  const go = (path: string) => {
    setOpen(false);
    setAt(-1);
    navigate(path);
  };
  const search = () => go(text.trim() ? `/?search=${encodeURIComponent(text.trim())}` : '/');
  const take = (index: number) => {
    const { kind, text: name, id } = suggestions[index] ?? {};
    setText('');
    if (kind === 'product') go(`/products/${id}`);
    else if (name !== undefined) go(`/?category=${encodeURIComponent(name)}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = suggestions.length - 1;
    if (event.key === 'ArrowDown') setAt(at < last ? at + 1 : -1);
    else if (event.key === 'ArrowUp') setAt(at < 0 ? last : at - 1);
    else if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'Enter' && at >= 0) take(at);
    else return;
    event.preventDefault();
  };
  const isShown = isOpen && suggestions.length > 0;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    search();
  };
  return (
    <search class="search">
      <form onSubmit={submit}>
        <input
          type="search"
          role="combobox"
          aria-label="Search products"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls="suggestions"
          aria-activedescendant={isShown && at >= 0 ? `suggestion-${at}` : undefined}
          placeholder="Search"
          autocomplete="off"
          maxLength={100}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setOpen(true);
            setAt(-1);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
      </form>
      <div id="suggestions" role="listbox" aria-label="Suggestions" class="suggestions" hidden={!isShown}>
        {suggestions.map(({ kind, text: name }, index) => (
          <div
            key={`${kind} ${name}`}
            id={`suggestion-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // Before the input loses the focus, which closes the list.
            onMouseDown={() => take(index)}
          >
            {name} {kind === 'category' && <span class="soft">category</span>}
          </div>
        ))}
      </div>
    </search>
  );
}

/** After a pause, so that not each key asks; what comes late for an earlier text is not shown. */
function useSuggestions(text: string) {
  const [q, setQ] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: ['suggestions', q],
    queryFn: ({ signal }) => orThrow(shop.suggestProducts({ q }, { signal })),
    enabled: q !== '',
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return q === '' ? [] : (data?.items ?? []);
}
