// One of the switches of Taking part.
import type { ComponentChildren } from 'preact';
import { pagesWords } from '../language.ts';

interface SwitchProps {
  readonly name: 'keep' | 'train' | 'send' | 'alone';
  readonly label: string;
  readonly on: boolean;
  /** What has to be switched on first; null when nothing stands in the way. */
  readonly needs: string | null;
  readonly onChange: (on: boolean) => void;
  readonly children: ComponentChildren;
}

export function Switch({ name, label, on, needs, onChange, children }: SwitchProps) {
  const { part } = pagesWords.value;
  return (
    <div class="switch-row">
      <div class="switch-text">
        <h2 id={`switch-${name}`}>{label}</h2>
        <div id={`switch-${name}-about`}>
          {children}
          {needs !== null && <p class="note">{needs}</p>}
        </div>
      </div>
      <button
        type="button"
        role="switch"
        class="switch"
        data-testid={`switch-${name}`}
        aria-checked={on}
        aria-labelledby={`switch-${name}`}
        aria-describedby={`switch-${name}-about`}
        disabled={needs !== null && !on}
        onClick={() => onChange(!on)}
      >
        <span class="switch-track" aria-hidden="true">
          <span class="switch-knob" />
        </span>
        <span class="switch-word" aria-hidden="true">
          {on ? part.on : part.off}
        </span>
      </button>
    </div>
  );
}
