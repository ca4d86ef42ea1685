// Says when a newer page is ready. The person decides when to reload.
import { words } from '../language.ts';
import { waiting } from '../offline-copy.ts';

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
