// Offline copy of the page: registers the service worker, and says when a newer page is ready. The person decides when to reload.
import { signal } from '@preact/signals';
import { words } from '../language.ts';

const waiting = signal<ServiceWorker | null>(null);

export function UpdateNotice() {
  const worker = waiting.value;
  if (worker === null) {
    return null;
  }
  return (
    <aside class="strip" aria-label={words.value.update}>
      {words.value.update}{' '}
      <button
        type="button"
        class="text-button"
        onClick={() => {
          navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
          worker.postMessage({ type: 'SKIP_WAITING' });
        }}
      >
        {words.value.reload}
      </button>
    </aside>
  );
}

/**
 * Registers `/sw.js` where the browser has service workers. On a first visit, `onControlled` is called once the worker serves this page, so
 * that what was fetched before can be fetched through it. Never rejects: without a worker the page works online.
 */
export async function registerServiceWorker(onControlled: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    return;
  }
  try {
    const registration = await navigator.serviceWorker.register('/sw.js');
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) {
      waiting.value = registration.waiting;
    }
    registration.addEventListener('updatefound', () => {
      const installing = registration.installing;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && navigator.serviceWorker.controller !== null) {
          waiting.value = installing;
        }
      });
    });
    if (navigator.serviceWorker.controller === null) {
      navigator.serviceWorker.addEventListener('controllerchange', onControlled, { once: true });
    }
  } catch {
    // Refused (private window, blocked storage): no offline copy then.
  }
}

/**
 * Part of an erase: the offline copy of the training code says that this person once opted in. What is left is the same for every visitor.
 * Never rejects.
 */
export async function forgetTrainingCode(): Promise<void> {
  // Absent where the page is not in a secure context.
  await globalThis.caches?.delete('tacit-trainer').catch(() => false);
}
