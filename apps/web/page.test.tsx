// The page as a person and a test script meet it: hooks, cards, undo, switches, history, erase, status, languages.
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { policyForCrowd } from '#shared/model/crowd.ts';
import { policyHash } from '#shared/protocol/policy.ts';
import { UnreachableError } from './published.ts';
import {
  alonePolicy,
  answeringWith,
  films,
  type MountedPage,
  type MountOptions,
  maskedPolicy,
  mountPage,
} from './testing/mount.tsx';
import { chooseTheme } from './theme.ts';

let page: MountedPage;

async function open(options: MountOptions = {}): Promise<MountedPage> {
  page = await mountPage(options);
  return page;
}

beforeEach(() => {
  localStorage.clear();
  chooseTheme('auto');
});
afterEach(async () => {
  await page.unmount();
  vi.useRealTimers();
});

const cardOf = (itemId: string): HTMLElement => page.all('item-card').find((card) => card.dataset.itemId === itemId)!;
const within = (element: HTMLElement, testId: string): HTMLElement =>
  element.querySelector<HTMLElement>(`[data-testid="${testId}"]`)!;

async function like(...itemIds: string[]): Promise<void> {
  for (const itemId of itemIds) await page.click(within(cardOf(itemId), 'like'));
}

const fiveLikes = ['alien-1979', 'blade-runner-1982', 'solaris-1972', 'stalker-1979', 'moon-2009'];

describe('the hooks', () => {
  test('every page has the frame: status, model version, rounds, epsilon, backend, language, theme, navigation', async () => {
    for (const at of [
      { page: 'browse', search: '', genre: '', decade: null },
      { page: 'item', itemId: 'alien-1979' },
      { page: 'part' },
      { page: 'data' },
      { page: 'privacy' },
    ] as const) {
      await open({ at, state: { epsilonSpent: 1.2345, roundsTakenPart: 2, backend: 'webgpu' } });
      for (const testId of ['status', 'language', 'theme', 'nav-browse', 'nav-part', 'nav-data', 'nav-privacy']) {
        expect(page.all(testId), testId).toHaveLength(1);
      }
      expect(page.get('model-version').textContent).toBe('7');
      expect(page.get('rounds-taken-part').textContent).toBe('2');
      expect(page.get('epsilon-spent').textContent).toBe('1.23');
      expect(page.get('backend').textContent).toBe('webgpu');
      expect(page.get('simulated').textContent).toContain('36');
      expect(page.get('simulated').textContent).toContain('simulated');
      expect(document.querySelectorAll('h1')).toHaveLength(1);
      expect(document.querySelectorAll('main')).toHaveLength(1);
      await page.unmount();
    }
    await open();
  });

  test('cards carry id and genres; a title is text, never markup', async () => {
    await open();
    expect(cardOf('alien-1979').dataset.genres).toBe('Science Fiction|Horror');
    const odd = cardOf('odd "id" / 50%');
    expect(odd.textContent).toContain('<script>alert(1)</script>');
    expect(document.querySelector('script')).toBeNull();
    expect(odd.querySelector('img')!.alt).toContain('<script>');
    expect(odd.querySelector('a')!.getAttribute('href')).toBe('/#/item/odd%20%22id%22%20%2F%2050%25');
  });

  test('the status carries state and the reason’s code, and says the reason', async () => {
    await open();
    expect(page.get('status').dataset).toMatchObject({ state: 'off', reason: 'not-opted-in' });
    await act(() =>
      page.engine.change({ participation: 'waiting', reason: { code: 'people', joined: 17, needed: 24 } }),
    );
    expect(page.get('status').dataset).toMatchObject({ state: 'waiting', reason: 'people' });
    expect(page.get('status').textContent).toContain('17 of 24 people here');
    await act(() => page.engine.change({ participation: 'paused', reason: { code: 'battery' } }));
    expect(page.get('status').textContent).toContain('Saving battery');
  });
});

describe('liking', () => {
  test('presses the button at once, is recorded, and is taken back by a second click', async () => {
    await open();
    const button = (): HTMLElement => within(cardOf('alien-1979'), 'like');
    expect(button().getAttribute('aria-pressed')).toBe('false');
    await page.click(button());
    expect(button().getAttribute('aria-pressed')).toBe('true');
    expect(await page.engine.history()).toMatchObject([{ itemId: 'alien-1979', action: 'like' }]);
    await page.click(button());
    expect(await page.engine.history()).toEqual([]);
  });

  test('changes the list: other sources, reasons that name the film, the liked one gone', async () => {
    await open();
    const sources = (): string[] => page.all('for-you-item').map((card) => within(card, 'source').dataset.source!);
    expect(new Set(sources())).toEqual(new Set(['popular']));
    await like('alien-1979');
    expect(sources()[0]).toBe('on-device');
    expect(within(page.all('for-you-item')[0]!, 'reason').textContent).toBe('Because you liked Alien');
    expect(page.all('for-you-item').some((card) => card.dataset.itemId === 'alien-1979')).toBe(false);
  });

  test('undo restores what was there before, by click and by Control Z', async () => {
    await open();
    await like('alien-1979');
    await page.click(within(cardOf('alien-1979'), 'dislike'));
    expect(page.all('undo')).toHaveLength(1);
    await page.click(page.get('undo'));
    expect(await page.engine.history()).toMatchObject([{ itemId: 'alien-1979', action: 'like' }]);
    expect(page.all('undo')).toHaveLength(0);
    await page.click(within(cardOf('moon-2009'), 'seen'));
    await act(() => {
      dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }));
    });
    await page.settle();
    expect((await page.engine.history()).map(({ itemId }) => itemId)).toEqual(['alien-1979']);
  });

  test('that cannot be stored is shown as not done, with a message', async () => {
    await open();
    page.engine.recordFault = new Error('quota');
    await like('alien-1979');
    expect(within(cardOf('alien-1979'), 'like').getAttribute('aria-pressed')).toBe('false');
    expect(page.session.toast.value?.text).toContain('could not be stored');
  });
});

describe('the message', () => {
  test('stays 10 seconds, and while it has the focus as long as that', async () => {
    vi.useFakeTimers();
    await open();
    await like('alien-1979');
    await act(() => void vi.advanceTimersByTime(9_900));
    expect(page.all('undo')).toHaveLength(1);
    await act(() => page.get('undo').focus());
    await act(() => void vi.advanceTimersByTime(60_000));
    expect(page.all('undo')).toHaveLength(1);
    await act(() => page.get('undo').blur());
    await act(() => void vi.advanceTimersByTime(1_100));
    expect(page.all('undo')).toHaveLength(0);
  });

  test('is said to screen readers', async () => {
    await open();
    await like('alien-1979');
    expect(page.get('announcer').textContent).toContain('Liked Alien');
    expect(page.get('announcer').getAttribute('aria-live')).toBe('polite');
  });
});

describe('browsing', () => {
  test('search and filters narrow the grid and stand in the address', async () => {
    await open();
    const search = page.get('search') as HTMLInputElement;
    await act(() => {
      search.value = '银翼';
      search.dispatchEvent(new Event('input', { bubbles: true }));
    });
    expect(page.all('item-card').map((card) => card.dataset.itemId)).toEqual(['blade-runner-1982']);
    expect(new URLSearchParams(location.hash.slice('#/'.length)).get('q')).toBe('银翼');
    expect(location.search).toBe('');
    await act(() => {
      search.value = '';
      search.dispatchEvent(new Event('input', { bubbles: true }));
    });
    const genre = page.get('filter-genre') as HTMLSelectElement;
    await act(() => {
      genre.value = 'Horror';
      genre.dispatchEvent(new Event('change', { bubbles: true }));
    });
    const decade = page.get('filter-decade') as HTMLSelectElement;
    await act(() => {
      decade.value = '1980';
      decade.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(page.all('item-card').map((card) => card.dataset.itemId)).toEqual(['the-thing-1982']);
  });

  test('60,000 items are a window of cards, with their place in the whole', async () => {
    const many: Catalogue = {
      ...films,
      items: Array.from({ length: 60_000 }, (_, row) => ({
        id: `item-${row}`,
        title: `Item ${row}`,
        genres: ['Drama'],
      })),
    };
    await open({ catalogue: many, prepare: (engine) => vi.spyOn(engine, 'recommend').mockResolvedValue([]) });
    const cards = page.all('item-card');
    expect(cards.length).toBeGreaterThan(6);
    expect(cards.length).toBeLessThan(200);
    expect(cards[0]!.getAttribute('aria-setsize')).toBe('60000');
  });

  test('says what is wrong while the server does not answer, and recovers', async () => {
    const answers: { fault: Error | null } = { fault: new UnreachableError('none') };
    await open({ get: answeringWith(films, answers) });
    expect(document.body.textContent).toContain('The server does not answer');
    answers.fault = null;
    await act(() => page.session.refresh());
    await page.settle();
    expect(page.all('item-card').length).toBe(films.items.length);
  });

  test('an item that is not there has a way back', async () => {
    await open({ at: { page: 'item', itemId: 'nothing' } });
    expect(document.querySelector('main')!.textContent).toContain('There is no such title here');
  });

  test('an item shows the same actions and what is similar', async () => {
    await open({ at: { page: 'item', itemId: 'alien-1979' } });
    expect(document.querySelector('h1')!.textContent).toBe('Alien');
    expect(page.all('similar-item').length).toBeGreaterThan(2);
    await page.click(within(document.querySelector<HTMLElement>('.item-text')!, 'seen'));
    expect(await page.engine.history()).toMatchObject([{ itemId: 'alien-1979', action: 'seen' }]);
  });
});

describe('the question about taking part', () => {
  const asked = (): boolean => page.all('ask').length === 1;

  test('comes after 5 likes, with two buttons of one kind; ‘not now’ holds 90 days', async () => {
    await open();
    await like(...fiveLikes.slice(0, 4));
    expect(asked()).toBe(false);
    await like(fiveLikes[4]!);
    expect(asked()).toBe(true);
    expect(page.get('ask-yes').className).toBe(page.get('ask-no').className);
    await page.click(page.get('ask-no'));
    expect(asked()).toBe(false);
    const day = 24 * 3600 * 1000;
    expect(page.session.mayAsk).toBe(false);
    page.session.askedAtMs.value = Date.now() - 89 * day;
    expect(page.session.mayAsk).toBe(false);
    page.session.askedAtMs.value = Date.now() - 91 * day;
    expect(page.session.mayAsk).toBe(true);
  });

  test('never comes with Global Privacy Control', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
    try {
      await open();
      await like(...fiveLikes);
      expect(asked()).toBe(false);
    } finally {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: undefined, configurable: true });
    }
  });
});

describe('the switches', () => {
  const checked = (name: string): string | null => page.get(`switch-${name}`).getAttribute('aria-checked');
  const allOn = { keep: true, train: true, send: true, alone: true };
  const allOff = { keep: false, train: false, send: false, alone: false };

  test('keep is on, train and send are off; send needs train, train needs keep', async () => {
    await open({ at: { page: 'part' } });
    expect([checked('keep'), checked('train'), checked('send')]).toEqual(['true', 'false', 'false']);
    for (const name of ['keep', 'train', 'send'])
      expect(page.get(`switch-${name}`).getAttribute('role')).toBe('switch');
    expect((page.get('switch-send') as HTMLButtonElement).disabled).toBe(true);
    await page.click(page.get('switch-train'));
    await page.click(page.get('switch-send'));
    expect(page.engine.state().consent).toEqual({ ...allOn, alone: false });
    await page.click(page.get('switch-keep'));
    expect(page.engine.state().consent).toEqual(allOff);
    expect((page.get('switch-train') as HTMLButtonElement).disabled).toBe(true);
  });

  test('sending alone is not asked for where updates are masked', async () => {
    await open({ at: { page: 'part' }, state: { consent: { ...allOn, alone: false } } });
    expect(page.all('switch-alone')).toHaveLength(0);
    const text = document.querySelector('main')!.textContent!;
    expect(text).toContain('masked on this device');
    expect(text).toContain('it reads only sums of 20 updates or more');
    expect(text).toContain('only this device’s own noise protects yours');
  });

  test('where updates are sent alone: a switch of its own, off, with its warning and what a round costs', async () => {
    await open({ at: { page: 'part' }, policy: alonePolicy });
    expect(checked('alone')).toBe('false');
    expect((page.get('switch-alone') as HTMLButtonElement).disabled).toBe(true);
    const about = document.querySelector('#switch-alone-about')!.textContent!;
    expect(about).toContain('The server reads your noised update by itself');
    // z = 2 at delta 1e-6: rho 1/8.
    expect(about).toContain('ε 2.42.');
    expect(about).toContain('Needs ‘Send protected updates’');
    expect(document.querySelector('main')!.textContent).not.toContain('masked on this device');
    await page.click(page.get('switch-train'));
    await page.click(page.get('switch-send'));
    expect(page.engine.state().consent.alone).toBe(false);
    await page.click(page.get('switch-alone'));
    expect(page.engine.state().consent).toEqual(allOn);
    await page.click(page.get('switch-send'));
    expect(page.engine.state().consent).toEqual({ ...allOff, keep: true, train: true });
  });

  test('a participation alone that promises nothing says so', async () => {
    const weak = policyForCrowd({
      learner: 'reconstruction',
      present: 36,
      items: 2000,
      featureColumns: 60,
      overrides: { mode: 4, minCohort: 2, noiseMultiplier: 0.6, delta: 1e-9 },
    });
    await open({ at: { page: 'part' }, policy: weak });
    expect(document.querySelector('#switch-alone-about')!.textContent).toContain('no meaningful guarantee');
  });

  test('a permission to send alone that does nothing at present can be taken back', async () => {
    await open({ at: { page: 'part' }, state: { consent: allOn } });
    expect(document.querySelector('#switch-alone-about')!.textContent).toContain('does nothing at present');
    await page.click(page.get('switch-alone'));
    expect(page.engine.state().consent.alone).toBe(false);
    expect(page.all('switch-alone')).toHaveLength(0);
  });

  test.each(['en', 'zh'] as const)(
    'what a round costs comes from the policy that the engine holds: %s',
    async (language) => {
      await open({ at: { page: 'part' }, language, policy: null, state: { consent: allOn } });
      const unknown = language === 'en' ? 'Not known yet' : '尚不清楚';
      expect(document.querySelector('#switch-alone-about')!.textContent).toContain(unknown);
      expect(document.querySelector('#switch-send-about')!.textContent).not.toMatch(/masked|掩码/);
      expect(document.querySelector('[aria-labelledby=facts-heading]')!.textContent).toContain(unknown);
      // At delta 1e-5 the cap of 8 would pay for 9; the device refuses after 8.
      const policy = { ...maskedPolicy, delta: 1e-5 };
      await act(() => page.engine.change({ policy: { hash: policyHash(policy), policy } }));
      expect(document.querySelector('#switch-send-about')!.textContent).toMatch(/masked|掩码/);
      expect(document.querySelector('[aria-labelledby=facts-heading]')!.textContent).toMatch(
        /The privacy limit allows 8 rounds|总共允许 8 轮/,
      );
    },
  );

  const consentsAsked = (): unknown[] => vi.mocked(page.engine.setConsent).mock.calls.map(([change]) => change);

  test.each([
    [
      'en',
      'The rules changed since you agreed: one participation now costs ε 2.42. Nothing is sent until you agree again.',
    ],
    ['zh', '你同意之后规则变了：参加一轮的代价现在是 ε 2.42。再次同意之前不发送。'],
  ] as const)('rules that changed: what they are now, and a button that agrees again: %s', async (language, text) => {
    await open({
      at: { page: 'part' },
      language,
      state: { consent: { ...allOn, alone: false }, participation: 'paused', reason: { code: 'terms-changed' } },
    });
    expect(page.get('status').dataset.reason).toBe('terms-changed');
    expect(page.get('terms-changed').textContent).toContain(text);
    vi.spyOn(page.engine, 'setConsent');
    await page.click(page.get('agree-again'));
    expect(consentsAsked()).toEqual([{ send: false, alone: false }, { send: true }]);
    expect(page.engine.state().consent).toEqual({ ...allOn, alone: false });
    await act(() => page.engine.change({ participation: 'waiting', reason: { code: 'connecting' } }));
    expect(page.all('terms-changed')).toHaveLength(0);
  });

  test('where updates are now sent alone, agreeing again does not choose that too', async () => {
    await open({
      at: { page: 'part' },
      policy: alonePolicy,
      state: { consent: allOn, participation: 'paused', reason: { code: 'terms-changed' } },
    });
    const text = page.get('terms-changed').textContent!;
    expect(text).toContain('updates are now sent alone, and one participation now costs ε 2.42');
    expect(text).toContain('‘Send even alone’ is off until you turn it on again');
    await page.click(page.get('agree-again'));
    expect(page.engine.state().consent).toEqual({ ...allOn, alone: false });
  });

  test('rules that are not known are not agreed to', async () => {
    await open({
      at: { page: 'part' },
      policy: null,
      state: { consent: allOn, participation: 'paused', reason: { code: 'terms-changed' } },
    });
    expect(page.get('terms-changed').textContent).toContain('Not known yet');
    expect(page.all('agree-again')).toHaveLength(0);
  });

  test.each([
    [
      'en',
      'Your withdrawal holds in this page, but this browser could not store it: reloading would turn sending on again.',
    ],
    ['zh', '你的退出在本页有效，但这个浏览器未能保存：重新加载会再次打开发送。'],
  ] as const)('a withdrawal that could not be stored is said on every page: %s', async (language, text) => {
    await open({ language, state: { consent: allOn } });
    expect(page.all('withdrawal-unsaved')).toHaveLength(0);
    page.engine.consentFault = new Error('quota');
    await page.click(page.get('withdraw'));
    expect(page.engine.state().consent).toEqual({ ...allOff, keep: true });
    expect(page.get('withdrawal-unsaved').textContent).toContain(text);
    // Not as done, and with no way back that would not be stored either.
    expect(page.session.toast.value?.text).toContain(text);
    expect(page.all('undo')).toHaveLength(0);
    await page.click(page.get('nav-privacy'));
    expect(page.get('withdrawal-unsaved').textContent).toContain(text);
  });

  test('a choice that could not be stored is said', async () => {
    await open({ at: { page: 'part' } });
    page.engine.consentFault = new Error('quota');
    await page.click(page.get('switch-train'));
    expect(page.session.toast.value?.text).toBe('This browser could not store that choice.');
    expect(checked('train')).toBe('false');
    page.engine.change({ consent: { ...allOn, alone: false }, reason: { code: 'terms-changed' } });
    await page.settle();
    await page.session.agreeAgain();
    expect(page.engine.state().consent.send).toBe(false);
    expect(page.session.toast.value?.text).toBe('This browser could not store that choice.');
  });

  test('withdrawing is one click on every page, and can be undone', async () => {
    await open({ at: { page: 'privacy' }, state: { consent: allOn } });
    await page.click(page.get('withdraw'));
    expect(page.engine.state().consent).toEqual({ ...allOff, keep: true });
    expect(page.all('withdraw')).toHaveLength(0);
    await page.click(page.get('undo'));
    expect(page.engine.state().consent).toEqual(allOn);
  });

  test('the status says why nothing is sent', async () => {
    await open();
    await act(() => page.engine.change({ participation: 'paused', reason: { code: 'not-secure' } }));
    expect(page.get('status').textContent).toContain('did not come over https');
    await act(() => page.engine.change({ participation: 'paused', reason: { code: 'alone-not-allowed' } }));
    expect(page.get('status').textContent).toContain('you have not allowed that');
  });

  const stages = (): string[] => page.all('step').map((step) => `${step.dataset.step}:${step.dataset.stage}`);

  test('the steps of a round follow the engine’s', async () => {
    await open({
      at: { page: 'part' },
      state: {
        consent: { ...allOn, alone: false },
        participation: 'waiting',
        reason: { code: 'people', joined: 3, needed: 24 },
        steps: [
          { name: 'trained', at: 1 },
          { name: 'joined', at: 2, detail: 'as the 3rd' },
        ],
      },
    });
    expect(page.get('status').textContent).toContain('Waiting for people');
    expect(document.querySelector('main')!.textContent).toContain(
      'Waiting for more people; no part of your update has left this browser.',
    );
    expect(stages()).toEqual([
      'trained:done',
      'joined:done',
      'config:now',
      'noised:next',
      'keys:next',
      'shares:next',
      'charged:next',
      'sent:next',
      'confirmed:next',
      'unmasked:next',
      'aggregating:next',
      'published:next',
    ]);
    expect(page.get('steps').textContent).toContain('as the 3rd');
    await act(() =>
      page.engine.change({
        participation: 'pending',
        reason: { code: 'others', received: 3, expected: 24 },
        steps: [
          { name: 'trained', at: 1 },
          { name: 'joined', at: 2 },
          { name: 'aborted', at: 3, detail: 'too-few-shares' },
        ],
      }),
    );
    expect(stages()).toEqual(['trained:done', 'joined:done', 'aborted:aborted']);
    expect(page.get('steps').textContent).toContain('Too few people stayed to open the sum.');
    expect(document.querySelector('main')!.textContent).not.toContain('no part of your update');
  });

  test.each([
    ['en', 'Out of the round', 'Round stopped', 'The round went on without this device.'],
    ['zh', '已不在这一轮', '本轮中止', '这一轮在没有本设备的情况下继续了。'],
  ] as const)('a round that went on without this device has not stopped: %s', async (language, out, stopped, late) => {
    const ended = (detail: string) =>
      page.engine.change({
        steps: [
          { name: 'trained', at: 1 },
          { name: 'sent', at: 2 },
          { name: 'aborted', at: 3, detail },
        ],
      });
    await open({ at: { page: 'part' }, language, state: { consent: { ...allOn, alone: false } } });
    for (const detail of ['late', 'connection-lost', 'left', 'out-of-order']) {
      await act(() => ended(detail));
      expect(page.get('steps').textContent).toContain(out);
      expect(page.get('steps').textContent).not.toContain(stopped);
    }
    await act(() => ended('late'));
    expect(page.get('steps').textContent).toContain(late);
    for (const detail of ['too-few', 'too-few-shares', 'bad-shares', 'stopped', 'server-error']) {
      await act(() => ended(detail));
      expect(page.get('steps').textContent).toContain(stopped);
      expect(page.get('steps').textContent).not.toContain(out);
    }
  });

  test('a round in which updates are sent alone has no steps of masks', async () => {
    await open({
      at: { page: 'part' },
      policy: alonePolicy,
      state: { consent: allOn, participation: 'waiting', steps: [{ name: 'trained', at: 1 }] },
    });
    expect(stages().map((stage) => stage.split(':')[0])).toEqual([
      'trained',
      'joined',
      'config',
      'noised',
      'charged',
      'sent',
      'aggregating',
      'published',
    ]);
  });
});

describe('my data', () => {
  const rows = [
    { itemId: 'alien-1979', action: 'like' as const, at: 3000 },
    { itemId: 'gone-1950', action: 'seen' as const, at: 2000 },
  ];
  const withRows: MountOptions = {
    at: { page: 'data' },
    prepare: (engine) => {
      for (const row of rows) void engine.record(row.itemId, row.action, row.at);
    },
  };

  test('a history of any length has only the rows near the window in the page', async () => {
    const history = Array.from({ length: 5_000 }, (_, index) => ({
      itemId: `gone-${index}`,
      action: 'seen',
      at: index,
    }));
    await open({ at: { page: 'data' }, prepare: (engine) => void engine.import(JSON.stringify({ history })) });
    const shown = page.all('history-row');
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.length).toBeLessThan(100);
    expect(shown[0]!.getAttribute('aria-rowindex')).toBe('2');
    const table = shown[0]!.closest('table')!;
    expect(table.getAttribute('aria-rowcount')).toBe('5001');
    expect(table.querySelectorAll('[data-empty]')).toHaveLength(1);
  });

  test('lists the history, newest first, also what is no longer in the catalogue', async () => {
    await open(withRows);
    expect(page.all('history-row').map((row) => row.dataset.itemId)).toEqual(['alien-1979', 'gone-1950']);
    expect(page.all('history-row')[1]!.textContent).toContain('no longer in the catalogue');
  });

  test('changes and deletes a row, each with undo', async () => {
    await open(withRows);
    const choice = within(page.all('history-row')[0]!, 'history-action') as HTMLSelectElement;
    await act(() => {
      choice.value = 'dislike';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.settle();
    expect((await page.engine.history()).find(({ itemId }) => itemId === 'alien-1979')!.action).toBe('dislike');
    await page.click(within(page.all('history-row')[0]!, 'history-delete'));
    expect(page.all('history-row')).toHaveLength(1);
    await page.click(page.get('undo'));
    expect(page.all('history-row')).toHaveLength(2);
  });

  test('erases after a second question, and can be undone', async () => {
    await open(withRows);
    await page.click(page.get('erase'));
    expect(page.all('history-row')).toHaveLength(2);
    await page.click(page.get('erase-confirm'));
    expect(page.all('history-row')).toHaveLength(0);
    expect(document.querySelector('main')!.textContent).toContain('One thing stays');
    await page.click(page.get('undo'));
    expect(page.all('history-row')).toHaveLength(2);
  });

  test('imports what was exported', async () => {
    await open(withRows);
    const json = await page.engine.export();
    await page.engine.erase();
    await act(() => page.session.import(json));
    await page.settle();
    expect(page.all('history-row')).toHaveLength(2);
    expect(page.session.toast.value?.text).toContain('2 new');
    await act(() => page.session.import('{'));
    expect(page.session.toast.value?.text).toContain('could not be imported');
  });

  test('says so when nothing is kept', async () => {
    await open({ at: { page: 'data' }, state: { storage: 'memory', storageFault: 'quota' } });
    expect(document.querySelector('main')!.textContent).toContain('This window keeps nothing');
    expect(document.querySelector('[role=alert]')!.textContent).toContain('no space left');
  });
});

describe('language and colours', () => {
  test('switch at once, are stored, and set the document’s language and theme', async () => {
    await open();
    await page.click(page.get('language'));
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(page.get('nav-data').textContent).toBe('我的数据');
    expect(cardOf('alien-1979').textContent).toContain('异形');
    expect(localStorage.getItem('tacit.language')).toBe('zh');
    const choice = page.get('theme') as HTMLSelectElement;
    expect([...choice.options].map(({ value }) => value)).toEqual(['auto', 'light', 'dark']);
    await act(() => {
      choice.value = 'dark';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(localStorage.getItem('tacit.theme')).toBe('dark');
  });
});
