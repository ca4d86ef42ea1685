// The message after an action, with the way back. It stays 10 s, longer while it has the focus or the pointer; Control Z undoes too.
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../language.ts';
import { type Toast, useSession } from '../session.ts';
import { Icon } from './icon.tsx';

/** Stays in the page while empty. */
export function ToastRegion() {
  const session = useSession();
  const toast = session.toast.value;

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z' && !typing) {
        if (session.toast.value?.undo) {
          event.preventDefault();
          void session.undo();
        }
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [session]);

  return <div class="toast-region">{toast !== null && <ToastMessage key={toast.id} toast={toast} />}</div>;
}

function ToastMessage({ toast }: { readonly toast: Toast }) {
  const session = useSession();
  const clock = useRef({
    leftMs: toast.stayMs,
    since: 0,
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
    holds: 0,
  });

  const run = (): void => {
    const current = clock.current;
    current.since = performance.now();
    clearTimeout(current.timer);
    current.timer = setTimeout(() => {
      if (session.toast.value?.id === toast.id) {
        session.dismissToast();
      }
    }, current.leftMs);
  };
  const hold = (): void => {
    const current = clock.current;
    if (current.holds++ === 0) {
      clearTimeout(current.timer);
      current.leftMs = Math.max(1000, current.leftMs - (performance.now() - current.since));
    }
  };
  const release = (): void => {
    const current = clock.current;
    current.holds = Math.max(0, current.holds - 1);
    if (current.holds === 0) {
      run();
    }
  };
  // Started once for each message; the key gives a new one
  useEffect(() => {
    run();
    return () => clearTimeout(clock.current.timer);
  }, []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointer and focus only pause the clock
    <div class="toast" onMouseEnter={hold} onMouseLeave={release} onFocusIn={hold} onFocusOut={release}>
      <span class="toast-text" dir="auto">
        {toast.text}
      </span>
      {toast.undo !== null && (
        <button
          type="button"
          class="toast-undo"
          data-testid="undo"
          aria-keyshortcuts="Control+Z"
          onClick={() => void session.undo()}
        >
          {words.value.undo}
        </button>
      )}
      <button type="button" class="icon-button" aria-label={words.value.dismiss} onClick={() => session.dismissToast()}>
        <Icon name="x" />
      </button>
    </div>
  );
}
