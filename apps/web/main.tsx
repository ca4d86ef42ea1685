// Entry of the page: connects the engine (a worker), makes the session, draws.
import { effect } from '@preact/signals';
import { render } from 'preact';
import { connectEngine } from '../engine/connect.ts';
import { App } from './app.tsx';
import { language, words } from './language.ts';
import { drawPosters, loadOthers } from './later.ts';
import { fetchJson } from './published.ts';
import { startRouter } from './router.ts';
import { Session } from './session.ts';
import './styles/page.css';
import { followTheme } from './theme.ts';

/** Longest wait for the list before the rest of the page is loaded all the same. */
const mostPatienceMs = 5_000;

async function start(): Promise<void> {
  followTheme();
  startRouter();
  const asked = new URLSearchParams(location.search).get('backend');
  const session = new Session(connectEngine(asked === null ? {} : { backend: asked }), fetchJson);
  session.start();
  loadAfterTheList(session);
  // Where they cannot be had the page is in English.
  await words.load(language.value).catch(() => {});
  // Drawing is a task of its own.
  await new Promise((next) => setTimeout(next));
  const place = document.querySelector('#app')!;
  place.replaceChildren();
  render(<App session={session} />, place);
}

/** The first list waits for nothing that is not on it. */
function loadAfterTheList(session: Session): void {
  let isBegun = false;
  const begin = (): void => {
    if (isBegun) {
      return;
    }
    isBegun = true;
    stop();
    clearTimeout(timer);
    void drawPosters().then(loadOthers);
    if (import.meta.env.PROD) {
      void keepOffline(session);
    }
  };
  const timer = setTimeout(begin, mostPatienceMs);
  const stop = effect(() => {
    if (session.recommendations.value !== null && session.shelf.value !== null) {
      queueMicrotask(begin);
    }
  });
}

/** Never rejects: without the code of the offline copy the page works online. */
async function keepOffline(session: Session): Promise<void> {
  const copy = await import('./offline-copy.ts').catch(() => null);
  await copy?.registerServiceWorker(() => {
    // Comes from the browser's cache, and lets the worker keep what an offline visit needs.
    const hash = session.status.value?.catalogueHash;
    void fetchJson('/v1/status').catch(() => undefined);
    // For the engine: the page itself shows none but the engine's.
    void fetchJson('/v1/policy').catch(() => undefined);
    if (hash !== undefined) {
      void fetchJson(`/v1/catalogues/${hash}`).catch(() => undefined);
    }
  });
}

start().catch((error: unknown) => {
  const [text, hint] = words.value.faults.engine;
  const message = document.createElement('p');
  message.className = 'start-fault';
  message.setAttribute('role', 'alert');
  message.textContent = `${text} ${hint} ${error instanceof Error ? error.message : ''}`;
  document.querySelector('#app')?.replaceChildren(message);
});
