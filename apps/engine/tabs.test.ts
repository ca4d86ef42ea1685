// Tabs over a real BroadcastChannel: the two ends are two tabs of one profile.
import { afterEach, expect, test } from 'vitest';
import type { TabMessage } from './environment.ts';
import { BrowserTabs, tabsChannel } from './tabs.ts';

const tabs: BrowserTabs[] = [];
afterEach(() => {
  for (const tab of tabs.splice(0)) tab.close();
});
const open = (): BrowserTabs => {
  const tab = new BrowserTabs();
  tabs.push(tab);
  return tab;
};

test('the other tabs hear it, the own one does not, and what is no message of ours is ignored', async () => {
  const [one, other] = [open(), open()];
  const own: TabMessage[] = [];
  one.listen((message) => own.push(message));
  const heard: TabMessage[] = [];
  const last = new Promise<void>((resolve) => {
    const stop = other.listen((message) => {
      heard.push(message);
      if (message.kind === 'erased') {
        stop();
        resolve();
      }
    });
  });
  const stranger = new BroadcastChannel(tabsChannel);
  for (const noise of [
    null,
    'history',
    { kind: 'steal' },
    { kind: 7 },
    { kind: 'withdrawn' },
    { kind: 'withdrawn', consent: 'x' },
  ])
    stranger.postMessage(noise);
  one.announce({ kind: 'history' });
  one.announce({ kind: 'withdrawn', consent: 'send' });
  one.announce({ kind: 'erased' });
  await last;
  expect(heard).toEqual([{ kind: 'history' }, { kind: 'withdrawn', consent: 'send' }, { kind: 'erased' }]);
  expect(own).toEqual([]);
  stranger.close();
});
