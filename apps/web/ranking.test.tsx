// The list as the person steers it and looks into it: the tuning, the reasons, where an item would be without one, and what a deletion did.
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { HistoryRow } from '../engine/api.ts';
import { BROWSE, route } from './router.ts';
import { films, type MountedPage, type MountOptions, mountPage } from './testing/mount.tsx';

let page: MountedPage;
const open = async (options: MountOptions = {}): Promise<void> => {
  page = await mountPage(options);
};

beforeEach(() => localStorage.clear());
afterEach(() => page.unmount());

const within = (element: HTMLElement, testId: string): HTMLElement =>
  element.querySelector<HTMLElement>(`[data-testid="${testId}"]`)!;
const like = async (itemId: string): Promise<void> =>
  page.click(within(page.all('item-card').find((card) => card.dataset.itemId === itemId)!, 'like'));
const genreButton = (genre: string, kind: 'less' | 'more'): HTMLElement =>
  within(document.querySelector<HTMLElement>(`[data-genre="${genre}"]`)!, `genre-${kind}`);

async function slide(name: string, steps: number): Promise<void> {
  const input = page.get(`tuning-${name}`) as HTMLInputElement;
  await act(() => {
    input.value = String(steps);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.settle();
}

describe('tuning the list', () => {
  test('is closed at first; a slider holds at once, says where it stands, and the list is asked for again', async () => {
    await open();
    expect((page.get('tuning') as HTMLDetailsElement).open).toBe(false);
    let asked = 0;
    const recommend = page.engine.recommend.bind(page.engine);
    page.engine.recommend = (count) => {
      asked++;
      return recommend(count);
    };
    await slide('novelty', -5);
    expect(page.engine.state().tuning).toEqual({ ...defaultTuning, novelty: -0.5 });
    expect(page.get('tuning-novelty').getAttribute('aria-valuetext')).toBe('50 % towards like what I know');
    expect(page.get('tuning-popularity').getAttribute('aria-valuetext')).toBe('neutral');
    expect(asked).toBe(1);
  });

  test('a genre is wanted more, less, or neither, and never both', async () => {
    await open();
    await page.click(genreButton('Horror', 'more'));
    expect(page.engine.state().tuning.more).toEqual(['Horror']);
    await page.click(genreButton('Horror', 'less'));
    expect(page.engine.state().tuning).toMatchObject({ more: [], less: ['Horror'] });
    expect(genreButton('Horror', 'less').getAttribute('aria-pressed')).toBe('true');
    await page.click(genreButton('Horror', 'less'));
    expect(page.engine.state().tuning).toEqual(defaultTuning);
  });

  test('while the engine is busy, only the last position is sent after the first', async () => {
    await open();
    const sent: number[] = [];
    let go = (): void => {};
    page.engine.setTuning = async (tuning) => {
      sent.push(tuning.popularity);
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      page.engine.change({ tuning });
    };
    await slide('popularity', 1);
    await slide('popularity', 2);
    await slide('popularity', 7);
    go();
    await page.settle();
    expect(sent).toEqual([0.1, 7 * 0.1]);
    go();
    await page.settle();
    expect(page.session.tuning.value.popularity).toBe(7 * 0.1);
  });

  test('goes back with one button, follows another tab, and says so where it could not be stored', async () => {
    await open();
    expect((page.get('tuning-reset') as HTMLButtonElement).disabled).toBe(true);
    await slide('diversity', 9);
    await page.click(page.get('tuning-reset'));
    expect(page.engine.state().tuning).toEqual(defaultTuning);
    await act(() => page.engine.change({ tuning: { ...defaultTuning, novelty: 1 } }));
    await page.settle();
    expect((page.get('tuning-novelty') as HTMLInputElement).value).toBe('10');
    page.engine.tuningFault = new Error('no room');
    await slide('novelty', 3);
    expect(page.session.toast.value?.text).toContain('could not store');
  });
});

describe('reasons', () => {
  test('a card says on demand where it would be without its reason', async () => {
    await open();
    await like('alien-1979');
    const card = page.all('for-you-item')[0]!;
    const button = (): HTMLElement => within(card, 'reason').querySelector('button')!;
    expect(within(card, 'without').textContent).toBe('');
    await page.click(button());
    expect(button().getAttribute('aria-expanded')).toBe('true');
    expect(within(card, 'without').textContent).toBe('Without it: place 14');
    await page.click(button());
    expect(within(card, 'without').textContent).toBe('');
  });

  test('a row is left out once for a list, whichever of its cards asks', async () => {
    await open();
    await like('alien-1979');
    const asked: string[] = [];
    page.engine.placesWithout = async (removed, of) => {
      asked.push(removed);
      return of.map(() => null);
    };
    for (const card of page.all('for-you-item').slice(0, 2)) {
      await page.click(within(card, 'reason').querySelector('button')!);
      expect(within(card, 'without').textContent).toBe('Without it: not in the first 100');
    }
    expect(asked).toEqual(['alien-1979']);
  });

  test('an item’s page says its place, what speaks for and against it, and where it would be without', async () => {
    await open({
      at: { page: 'item', itemId: 'solaris-1972' },
      prepare: (engine) => {
        engine.explanations.set('solaris-1972', {
          place: 3,
          source: 'on-device',
          newest: null,
          parts: [
            { itemId: 'alien-1979', action: 'like', share: 0.6 },
            { itemId: 'moon-2009', action: 'seen', share: 0.2 },
            { itemId: 'primer-2004', action: 'seen', share: 0.004 },
            { itemId: 'the-thing-1982', action: 'dislike', share: -0.196 },
          ],
        });
      },
    });
    expect(page.get('why-place').textContent).toContain('Place 3 of your list.');
    const lines = () => page.all('why-part').map((line) => line.textContent!);
    expect(lines()[0]).toContain('Alien liked+60 %Without it this would fall to place 14.');
    expect(lines()[1]).toContain('Moon seen+20 %Without it?');
    expect(lines()[2]).toContain('The Thing not for you−20 %');
    expect(lines()).toHaveLength(3);
    expect(page.get('why-here').textContent).toContain('1 more matters less than 1 %');
    expect(page.get('why-here').textContent).toContain('worked out exactly');
    page.engine.placeWithout = 3;
    await page.click(page.all('why-part')[1]!.querySelector('button')!);
    expect(lines()[1]).toContain('Without it this would stay at place 3.');
  });

  test('where the parts are no sum, the page says what was looked at', async () => {
    const parts = [{ itemId: 'alien-1979', action: 'like', share: 1 }] as const;
    await open({
      at: { page: 'item', itemId: 'solaris-1972' },
      prepare: (engine) => engine.explanations.set('solaris-1972', { place: 3, source: 'shared', parts, newest: 12 }),
    });
    expect(page.get('why-here').textContent).toContain('each of the newest 12 things that you said is left out');
    expect(page.get('why-here').textContent).not.toContain('exactly');
  });

  test('where nothing was said that matters, popularity is named; a liked item needs no reason', async () => {
    await open({
      at: { page: 'item', itemId: 'solaris-1972' },
      prepare: (engine) =>
        engine.explanations.set('solaris-1972', { place: null, source: 'popular', parts: [], newest: null }),
    });
    expect(page.get('why-here').textContent).toContain('Not among the first 100');
    expect(page.get('why-here').textContent).toContain('Nothing that you said');
    await page.unmount();
    await open({ at: { page: 'item', itemId: 'alien-1979' } });
    expect(page.all('why-here')).toHaveLength(0);
  });
});

describe('deleting a row', () => {
  const rows: readonly HistoryRow[] = [
    { itemId: 'alien-1979', action: 'like', at: 2 },
    { itemId: 'amelie-2001', action: 'like', at: 1 },
  ];
  const withRows: MountOptions = {
    at: { page: 'data' },
    prepare: (engine) => {
      for (const { itemId, action, at } of rows) void engine.record(itemId, action, at);
    },
  };

  test('says what left the list and what came, and what it was computed from; the undo says the same backwards', async () => {
    await open(withRows);
    expect(page.get('row-change').textContent).toBe('');
    await page.click(within(page.all('history-row')[0]!, 'history-delete'));
    const told = () => page.get('row-change').textContent!;
    expect(told()).toContain('Deleted: Alien. 1 of 9 recommendations changed.');
    expect(told()).toContain('New: Alien');
    expect(told()).toContain('computed again from the remaining 1 row; nothing of the deleted one is left in it.');
    await page.click(page.get('undo'));
    expect(told()).toContain('Alien is back. ');
    expect(told()).toContain('Gone: Alien');
    expect(told()).toContain('computed again from 2 rows.');
    expect(page.all('history-row')).toHaveLength(2);
  });

  test('that could not be stored tells nothing; a change tells too; leaving the page ends it', async () => {
    await open(withRows);
    page.engine.recordFault = new Error('quota');
    await page.click(within(page.all('history-row')[0]!, 'history-delete'));
    expect(page.get('row-change').textContent).toBe('');
    expect(page.session.toast.value?.text).toContain('could not be stored');
    page.engine.recordFault = null;
    const choice = within(page.all('history-row')[0]!, 'history-action') as HTMLSelectElement;
    await act(() => {
      choice.value = 'seen';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.settle();
    expect(page.get('row-change').textContent).toContain('Changed: Alien.');
    await act(() => {
      route.value = BROWSE;
    });
    await page.settle();
    expect(page.session.rowChange.value).toBeNull();
  });
});

test('genres of a catalogue with thousands of them: the most frequent ones, and those that are wished about', async () => {
  const items = films.items.map((item, index) => ({
    ...item,
    genres: Array.from({ length: 30 }, (_, k) => `genre ${30 * index + k}`),
  }));
  await open({ catalogue: { ...films, items }, state: { tuning: { ...defaultTuning, less: ['genre 299'] } } });
  expect(document.querySelectorAll('[data-genre]')).toHaveLength(41);
  expect(genreButton('genre 299', 'less').getAttribute('aria-pressed')).toBe('true');
});
