// The pill that says, on every page, whether this device takes part and why it is where it is. Beside it, the way out.
import { useEffect, useState } from 'preact/hooks';
import { reasonText, words } from '../language.ts';
import { addressOf } from '../router.ts';
import { useSession } from '../session.ts';
import { Icon } from './icon.tsx';

export function StatusPill() {
  const session = useSession();
  const { participation, reason, consent } = session.state.value;
  const now = useNow(reason.code === 'cooldown');
  const label =
    participation === 'waiting' && reason.code === 'people'
      ? words.value.waitingForPeople
      : words.value.states[participation];
  return (
    <div class="status-place">
      <a
        class={`pill pill-${participation}`}
        href={addressOf({ page: 'part' })}
        data-testid="status"
        data-state={participation}
        data-reason={reason.code}
      >
        <span class="pill-dot" aria-hidden="true" />
        <span class="pill-text">
          <span class="pill-label">{label}</span>{' '}
          <span class="pill-reason" data-testid="status-reason">
            {reasonText(reason, now)}
          </span>
        </span>
      </a>
      {(consent.train || consent.send) && (
        <button
          type="button"
          class="icon-button"
          data-testid="withdraw"
          aria-label={words.value.withdraw}
          title={words.value.withdraw}
          onClick={() => void session.withdraw()}
        >
          <Icon name="power" />
        </button>
      )}
    </div>
  );
}

/** Says a change of state to screen readers, not each step of its progress. */
export function StatusAnnouncer() {
  const session = useSession();
  const { participation, reason } = session.state.value;
  const [text, setText] = useState('');
  const first = useFirst();
  // Said when state or the reason's kind changes, not when its numbers do
  useEffect(() => {
    if (!first) {
      setText(words.value.sentences(words.value.states[participation], reasonText(reason, Date.now())));
    }
  }, [participation, reason.code]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function useFirst(): boolean {
  const [first, setFirst] = useState(true);
  useEffect(() => setFirst(false), []);
  return first;
}

/** Unix ms; draws again each second while `running`. */
export function useNow(running: boolean): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    const timer = setInterval(() => tick((ticks) => ticks + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return Date.now();
}
