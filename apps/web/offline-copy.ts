// The offline copy of the page: the service worker that keeps it, and a newer one that waits.
import { signal } from '@preact/signals';

/** A newer page that is ready. */
export const waiting = signal<ServiceWorker | null>(null);

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
