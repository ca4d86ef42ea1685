// A row of cards that scrolls sideways, with buttons where there is a pointer.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { words } from '../language.ts';
import { Icon } from './icon.tsx';

interface ShelfRowProps {
  readonly heading: string;
  readonly headingId: string;
  readonly lead?: string;
  readonly testId?: string;
  readonly busy?: boolean;
  /** Between the heading and the cards. */
  readonly controls?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function ShelfRow({ heading, headingId, lead, testId, busy = false, controls, children }: ShelfRowProps) {
  const list = useRef<HTMLUListElement>(null);
  const { browse } = words.value;
  const scroll = (direction: 1 | -1): void => {
    const element = list.current!;
    // Whole cards. No scroll snapping: it would follow a card to its new place when the list changes, and hide what is now first.
    const [first, second] = element.children;
    const step = first && second ? second.getBoundingClientRect().left - first.getBoundingClientRect().left : 0;
    const cards = step > 0 ? Math.max(1, Math.floor(element.clientWidth / step)) : 1;
    const from = step > 0 ? Math.round(element.scrollLeft / step) : 0;
    element.scrollTo({ left: (from + direction * cards) * step });
  };
  return (
    <section class="shelf" aria-labelledby={headingId} aria-busy={busy} data-testid={testId}>
      <div class="shelf-head">
        <div>
          <h2 id={headingId}>{heading}</h2>
          {lead !== undefined && <p class="muted">{lead}</p>}
        </div>
        <div class="shelf-buttons">
          <button type="button" class="icon-button" aria-label={browse.previous} onClick={() => scroll(-1)}>
            <Icon name="chevronLeft" />
          </button>
          <button type="button" class="icon-button" aria-label={browse.next} onClick={() => scroll(1)}>
            <Icon name="chevronRight" />
          </button>
        </div>
      </div>
      {controls}
      <ul ref={list} class="shelf-list">
        {children}
      </ul>
    </section>
  );
}
