// Two messages for each time that a person uses the page: when it begins, and when it has been over for a moment.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { restMs, watchInteraction } from './interaction.ts';

const page = new EventTarget();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('begins with the first event, ends a moment after the last', () => {
  const told: boolean[] = [];
  const stop = watchInteraction((interacting) => told.push(interacting));
  for (let event = 0; event < 200; event++) {
    page.dispatchEvent(new Event(event % 2 === 0 ? 'scroll' : 'keydown'));
    vi.advanceTimersByTime(restMs - 1);
  }
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(restMs);
  expect(told).toEqual([true, false]);
  page.dispatchEvent(new Event('pointerdown'));
  expect(told).toEqual([true, false, true]);
  // What was begun is over with it.
  stop();
  page.dispatchEvent(new Event('scroll'));
  vi.advanceTimersByTime(10 * restMs);
  expect(told).toEqual([true, false, true, false]);
});
