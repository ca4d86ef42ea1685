import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test } from 'vitest';
import { lazyPart } from './lazy.tsx';

afterEach(() => document.body.replaceChildren());

test('gets its code when it is first shown, once', async () => {
  let asked = 0;
  const part = lazyPart(async () => {
    asked++;
    return () => <p>here</p>;
  });
  expect(asked).toBe(0);
  await act(() => render(<part.Part />, document.body));
  await act(() => part.load());
  expect(document.body.textContent).toBe('here');
  await act(() => render(null, document.body));
  await act(() => render(<part.Part />, document.body));
  expect(document.body.textContent).toBe('here');
  expect(asked).toBe(1);
});

test('offers to load the page again when the code is not to be had', async () => {
  const part = lazyPart(() => Promise.reject(new TypeError('no such module')));
  await act(() => render(<part.Part />, document.body));
  await act(() => part.load());
  expect(document.body.textContent).toContain('could not be loaded');
  expect(document.querySelector('button')!.textContent).toBe('Reload');
});
