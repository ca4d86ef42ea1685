// Entry of the page: connects the engine (a worker), makes the session, draws.
import { render } from 'preact';
import { connectEngine } from '../engine/connect.ts';
import { App } from './app.tsx';
import { words } from './language.ts';
import { registerServiceWorker } from './parts/update-notice.tsx';
import { fetchJson } from './published.ts';
import { startRouter } from './router.ts';
import { Session } from './session.ts';
import './styles/page.css';
import { followTheme } from './theme.ts';

function start(): void {
  followTheme();
  startRouter();
  const asked = new URLSearchParams(location.search).get('backend');
  const session = new Session(connectEngine(asked === null ? {} : { backend: asked }), fetchJson);
  session.start();
  const place = document.querySelector('#app')!;
  place.replaceChildren();
  render(<App session={session} />, place);
  if (import.meta.env.PROD) {
    void registerServiceWorker(() => {
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
}

try {
  start();
} catch (error) {
  const [text, hint] = words.value.faults.engine;
  const message = document.createElement('p');
  message.className = 'start-fault';
  message.setAttribute('role', 'alert');
  message.textContent = `${text} ${hint} ${error instanceof Error ? error.message : ''}`;
  document.querySelector('#app')?.replaceChildren(message);
}
