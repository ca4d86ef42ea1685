// A part of a page whose code comes when it is first shown, and stays.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { words } from '../language.ts';
import { Notice } from './notice.tsx';

export interface LazyPart {
  readonly Part: ComponentType;
  /** Gets the code; shows it or says what is wrong. Never rejects. */
  load(): Promise<void>;
}

export function lazyPart(get: () => Promise<ComponentType>): LazyPart {
  const loaded = signal<ComponentType | 'failed' | null>(null);
  const load = async (): Promise<void> => {
    if (loaded.value !== null) {
      return;
    }
    try {
      loaded.value = await get();
    } catch {
      loaded.value = 'failed';
    }
  };
  return {
    load,
    Part() {
      // Once: a module that has failed stays so until the page is loaded again
      useEffect(() => void load(), []);
      const Loaded = loaded.value;
      if (Loaded === null) {
        return (
          <p class="muted" aria-busy="true">
            {words.value.privacy.loading}
          </p>
        );
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
      return <Loaded />;
    },
  };
}
