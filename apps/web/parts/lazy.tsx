// A part of a page whose code and words come when it is first shown, and stay.
import { signal } from '@preact/signals';
import { type Attributes, type ComponentType, h } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../language.ts';
import { focusHeading } from '../router.ts';
import { Notice } from './notice.tsx';

export interface LazyPart<Props = object> {
  readonly Part: ComponentType<Props>;
  /** Gets the code; shows it or says what is wrong. Never rejects. */
  load(): Promise<void>;
  /** Reading it in a component follows. */
  isLoaded(): boolean;
}

export function lazyPart<Props = object>(get: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  const loaded = signal<ComponentType<Props> | 'failed' | null>(null);
  let underWay: Promise<void> | null = null;
  // Once: a module that has failed stays so until the page is loaded again.
  const load = (): Promise<void> => {
    underWay ??= get().then(
      (part) => {
        loaded.value = part;
      },
      () => {
        loaded.value = 'failed';
      },
    );
    return underWay;
  };
  return {
    load,
    isLoaded: () => loaded.value !== null && loaded.value !== 'failed',
    Part(props: Props & Attributes) {
      useEffect(() => void load(), []);
      const Loaded = loaded.value;
      if (Loaded === null) {
        return <Loading />;
      }
      if (Loaded === 'failed') {
        return (
          <Notice icon="circleAlert" text={words.value.privacy.failed} hint={words.value.privacy.failedHint}>
            <button type="button" class="button" onClick={() => location.reload()}>
              {words.value.reload}
            </button>
          </Notice>
        );
      }
      return h(Loaded, props);
    },
  };
}

/** Takes the focus that goes to a page's heading, and hands it on when that is there. */
function Loading() {
  const place = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    return () => {
      if (element === document.activeElement) {
        focusHeading();
      }
    };
  }, []);
  return (
    <p class="muted loading" aria-busy="true" ref={place} tabIndex={-1}>
      {words.value.privacy.loading}
    </p>
  );
}
