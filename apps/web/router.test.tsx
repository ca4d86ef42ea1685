import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, navigate, parseRoute, type Route, route, startRouter } from './router.ts';

afterEach(() => history.replaceState(null, '', '/'));

function back(address: string): Route {
  return parseRoute(new URL(address, 'http://localhost').hash);
}

describe('routes', () => {
  test('an address leads back to its route, for any item id and any search', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (itemId) => {
        expect(back(addressOf({ page: 'item', itemId }))).toEqual({ page: 'item', itemId });
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: 'grapheme' }),
        fc.string({ maxLength: 30 }),
        fc.option(fc.integer({ min: 187, max: 210 })),
        (search, genre, decade) => {
          const target: Route = { page: 'browse', search, genre, decade: decade === null ? null : decade * 10 };
          expect(back(addressOf(target))).toEqual(target);
        },
      ),
    );
  });

  test('the four named pages, and Browse for anything else', () => {
    for (const page of ['part', 'data', 'privacy'] as const) expect(parseRoute(`#/${page}`)).toEqual({ page });
    for (const fragment of ['', '#', '#/', '#content', '#/nowhere?decade=soon'])
      expect(parseRoute(fragment)).toEqual({ page: 'browse', search: '', genre: '', decade: null });
  });

  test('a broken escape is an item that is not there, not an error', () => {
    expect(parseRoute('#/item/%E0%A4%A')).toEqual({ page: 'item', itemId: '%E0%A4%A' });
  });

  test('what the server is asked for is the same for every route: items and searches stay behind the fragment', () => {
    const routes: Route[] = [
      { page: 'item', itemId: 'odd?id=1&x/50%#' },
      { page: 'browse', search: 'a film?&#', genre: 'Horror', decade: 1980 },
      { page: 'part' },
      { page: 'data' },
      { page: 'privacy' },
      { page: 'browse', search: '', genre: '', decade: null },
    ];
    for (const target of routes) {
      const { pathname, search } = new URL(addressOf(target), 'http://localhost');
      expect(pathname + search).toBe('/');
      expect(back(addressOf(target))).toEqual(target);
      navigate(target);
      expect(location.pathname + location.search).toBe('/');
    }
    expect(addressOf({ page: 'item', itemId: 'moon-2009' })).toBe('/#/item/moon-2009');
  });

  test('?backend= goes along to every page', () => {
    history.replaceState(null, '', '/?backend=webgpu');
    expect(addressOf({ page: 'part' })).toBe('/?backend=webgpu#/part');
    expect(addressOf({ page: 'browse', search: 'x', genre: '', decade: null })).toBe('/?backend=webgpu#/?q=x');
  });

  test('a click on a link of the page opens its route; with a modifier, a target, another origin or a file the browser does', () => {
    const stop = startRouter();
    navigate({ page: 'data' });
    document.body.innerHTML =
      '<a id="in" href="/#/privacy">in</a><a id="out" href="https://elsewhere.test/#/part">out</a><a id="new" href="/#/part" target="_blank">new</a><a id="file" href="/v1/status">file</a>';
    const click = (id: string, init: MouseEventInit = {}): boolean =>
      document.getElementById(id)!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }));
    // Kept from the browser here only so that the test's page stays.
    const keep = (event: Event): void => event.preventDefault();
    addEventListener('click', keep);
    click('in', { ctrlKey: true });
    click('out');
    click('new');
    click('file');
    expect(route.value).toEqual({ page: 'data' });
    expect(click('in')).toBe(false);
    expect(route.value).toEqual({ page: 'privacy' });
    expect(location.pathname + location.hash).toBe('/#/privacy');
    removeEventListener('click', keep);
    stop();
  });

  test('a link to a place in the page goes there, and the route stays', () => {
    const stop = startRouter();
    navigate({ page: 'item', itemId: 'moon-2009' });
    const before = location.href;
    document.body.innerHTML = '<a href="#content">skip</a><main id="content" tabindex="-1"></main>';
    document.querySelector('a')!.click();
    expect(document.activeElement?.id).toBe('content');
    expect(location.href).toBe(before);
    expect(route.value).toEqual({ page: 'item', itemId: 'moon-2009' });
    stop();
  });
});
