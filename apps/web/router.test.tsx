import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf, navigate, parseRoute, type Route, route, startRouter } from './router.ts';

afterEach(() => history.replaceState(null, '', '/'));

function back(address: string): Route {
  const { pathname, search } = new URL(address, 'http://localhost');
  return parseRoute(pathname, search);
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
    for (const page of ['part', 'data', 'privacy'] as const) expect(parseRoute(`/${page}`, '')).toEqual({ page });
    expect(parseRoute('/', '').page).toBe('browse');
    expect(parseRoute('/nowhere', '?decade=soon')).toEqual({ page: 'browse', search: '', genre: '', decade: null });
  });

  test('a broken escape is an item that is not there, not an error', () => {
    expect(parseRoute('/item/%E0%A4%A', '')).toEqual({ page: 'item', itemId: '%E0%A4%A' });
  });

  test('?backend= goes along to every page', () => {
    history.replaceState(null, '', '/?backend=webgpu');
    expect(addressOf({ page: 'part' })).toBe('/part?backend=webgpu');
    expect(addressOf({ page: 'browse', search: 'x', genre: '', decade: null })).toBe('/?q=x&backend=webgpu');
  });

  test('a click on a link of the page opens its route; with a modifier, a target or another origin the browser does', () => {
    const stop = startRouter();
    navigate({ page: 'data' });
    document.body.innerHTML =
      '<a id="in" href="/privacy">in</a><a id="out" href="https://elsewhere.test/part">out</a><a id="new" href="/part" target="_blank">new</a>';
    const click = (id: string, init: MouseEventInit = {}): boolean =>
      document.getElementById(id)!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }));
    // Kept from the browser here only so that the test's page stays.
    const keep = (event: Event): void => event.preventDefault();
    addEventListener('click', keep);
    click('in', { ctrlKey: true });
    click('out');
    click('new');
    expect(route.value).toEqual({ page: 'data' });
    expect(click('in')).toBe(false);
    expect(route.value).toEqual({ page: 'privacy' });
    expect(location.pathname).toBe('/privacy');
    removeEventListener('click', keep);
    stop();
  });
});
