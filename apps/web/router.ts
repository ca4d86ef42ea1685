// The five routes of the page. All of a route stands behind the `#` of the address, which a browser never sends: on a reload or a first visit
// the server does not learn which item is looked at or what is searched for.
import { signal } from '@preact/signals';

export type Route =
  | { readonly page: 'browse'; readonly search: string; readonly genre: string; readonly decade: number | null }
  | { readonly page: 'item'; readonly itemId: string }
  | { readonly page: 'part' | 'data' | 'privacy' };

export const route = signal<Route>(parseRoute(location.hash));

/**
 * `fragment`: `#/item/:id`, `#/?q=...`, `#/part` and so on, or empty. One that nobody made leads to Browse; a broken escape in an item's id
 * leads to an item that is not there.
 */
export function parseRoute(fragment: string): Route {
  const text = fragment.replace(/^#/, '');
  const end = text.indexOf('?');
  const path = end < 0 ? text : text.slice(0, end);
  if (path === '/part' || path === '/data' || path === '/privacy') {
    return { page: path.slice(1) as 'part' | 'data' | 'privacy' };
  }
  if (path.startsWith('/item/')) {
    const escaped = path.slice('/item/'.length);
    try {
      return { page: 'item', itemId: decodeURIComponent(escaped) };
    } catch {
      return { page: 'item', itemId: escaped };
    }
  }
  const parameters = new URLSearchParams(end < 0 ? '' : text.slice(end));
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
  const backend = new URLSearchParams(location.search).get('backend');
  const flags = backend === null ? '' : `?${new URLSearchParams({ backend })}`;
  return `/${flags}${fragmentOf(target)}`;
}

/** Empty for Browse with nothing searched for. */
function fragmentOf(target: Route): string {
  if (target.page === 'item') {
    return `#/item/${encodeURIComponent(target.itemId)}`;
  }
  if (target.page !== 'browse') {
    return `#/${target.page}`;
  }
  const parameters = new URLSearchParams();
  if (target.search !== '') {
    parameters.set('q', target.search);
  }
  if (target.genre !== '') {
    parameters.set('genre', target.genre);
  }
  if (target.decade !== null) {
    parameters.set('decade', String(target.decade));
  }
  const query = parameters.toString();
  return query === '' ? '' : `#/?${query}`;
}

export type BrowseRoute = Extract<Route, { readonly page: 'browse' }>;

export const BROWSE: BrowseRoute = { page: 'browse', search: '', genre: '', decade: null };

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

/** Follows the back and forward buttons, addresses typed by hand, and clicks on links of this page. Returns the stop function. */
export function startRouter(): () => void {
  history.scrollRestoration = 'manual';
  const onPop = (event: PopStateEvent): void => {
    route.value = parseRoute(location.hash);
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
      link.pathname !== '/'
    ) {
      return;
    }
    event.preventDefault();
    if (link.hash === '' || link.hash.startsWith('#/')) {
      navigate(parseRoute(link.hash));
    } else {
      // A place in this page, by hand: the fragment of the address is the route's.
      document.getElementById(link.hash.slice(1))?.focus();
    }
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

/** The focus goes to the page's heading, or to what stands in for it until that is loaded. */
export function focusHeading(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('main h1, main .loading')?.focus({ preventScroll: true });
  });
}
