import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let isFirstPage = true;
let wentBack = false;
addEventListener('popstate', () => {
  wentBack = true;
});

/** A page and its title. Its heading takes the focus, so that a screen reader says where one has come to. */
export function Page({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · The shop`;
  }, [title]);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    // Where one was on a page that one goes back to, the browser knows.
    if (!isFirstPage && !wentBack) scrollTo(0, 0);
    isFirstPage = false;
    wentBack = false;
  }, []);
  return (
    <div class="stack wide">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}
