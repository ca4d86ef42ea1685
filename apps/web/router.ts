// The five routes of the page, over the History API.
import { signal } from '@preact/signals';

export type Route =
  | { readonly page: 'browse'; readonly search: string; readonly genre: string; readonly decade: number | null }
  | { readonly page: 'item'; readonly itemId: string }
  | { readonly page: 'part' | 'data' | 'privacy' };

export const route = signal<Route>(parseRoute(location.pathname, location.search));

/** An address nobody made leads to Browse; a broken escape in an item's id leads to an item that is not there. */
export function parseRoute(pathname: string, query: string): Route {
  if (pathname === '/part' || pathname === '/data' || pathname === '/privacy') {
    return { page: pathname.slice(1) as 'part' | 'data' | 'privacy' };
  }
  if (pathname.startsWith('/item/')) {
    const escaped = pathname.slice('/item/'.length);
    try {
      return { page: 'item', itemId: decodeURIComponent(escaped) };
    } catch {
      return { page: 'item', itemId: escaped };
    }
  }
  const parameters = new URLSearchParams(query);
  const decade = Number(parameters.get('decade') ?? 'none');
  return {
    page: 'browse',
    search: (parameters.get('q') ?? '').slice(0, 200),
    genre: parameters.get('genre') ?? '',
    decade: Number.isInteger(decade) && decade >= 1870 && decade <= 2100 ? decade : null,
  };
}

/** The address of a route. `?backend=` of the current address is kept, so that a reload anywhere trains on the same backend. */
export function addressOf(target: Route): string {
  const parameters = new URLSearchParams();
  if (target.page === 'browse') {
    if (target.search !== '') {
      parameters.set('q', target.search);
    }
    if (target.genre !== '') {
      parameters.set('genre', target.genre);
    }
    if (target.decade !== null) {
      parameters.set('decade', String(target.decade));
    }
  }
  const backend = new URLSearchParams(location.search).get('backend');
  if (backend !== null) {
    parameters.set('backend', backend);
  }
  const path =
    target.page === 'browse'
      ? '/'
      : target.page === 'item'
        ? `/item/${encodeURIComponent(target.itemId)}`
        : `/${target.page}`;
  const query = parameters.toString();
  return query === '' ? path : `${path}?${query}`;
}

export const BROWSE: Route = { page: 'browse', search: '', genre: '', decade: null };

/** Opens a route: a new entry in the history, the page's top, and the focus on its heading. */
export function navigate(target: Route): void {
  rememberScroll();
  history.pushState({ scrollY: 0 }, '', addressOf(target));
  route.value = target;
  scrollTo(0, 0);
  focusHeading();
}

/** Changes the address of the current page (filters) without a new entry in the history. */
export function replaceRoute(target: Route): void {
  history.replaceState(history.state, '', addressOf(target));
  route.value = target;
}

/** Follows the back and forward buttons and clicks on links of this page. Returns the stop function. */
export function startRouter(): () => void {
  history.scrollRestoration = 'manual';
  const onPop = (event: PopStateEvent): void => {
    route.value = parseRoute(location.pathname, location.search);
    const scrollY = Number((event.state as { scrollY?: unknown } | null)?.scrollY ?? 0);
    // After the page has been drawn, and once more after a list has measured itself.
    requestAnimationFrame(() => {
      scrollTo(0, scrollY);
      requestAnimationFrame(() => scrollTo(0, scrollY));
    });
  };
  const onClick = (event: MouseEvent): void => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    ) {
      return;
    }
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (
      !(link instanceof HTMLAnchorElement) ||
      link.target !== '' ||
      link.origin !== location.origin ||
      link.hash !== ''
    ) {
      return;
    }
    event.preventDefault();
    navigate(parseRoute(link.pathname, link.search));
  };
  addEventListener('popstate', onPop);
  addEventListener('pagehide', rememberScroll);
  document.addEventListener('click', onClick);
  return () => {
    removeEventListener('popstate', onPop);
    removeEventListener('pagehide', rememberScroll);
    document.removeEventListener('click', onClick);
  };
}

function rememberScroll(): void {
  history.replaceState({ scrollY }, '');
}

function focusHeading(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  });
}
