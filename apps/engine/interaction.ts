// Whether the person is using the page right now, as the page sees it: told when it begins, and when it has been over for a moment.

/** Without a click, a key, a touch or a scroll for so long, the person rests. */
export const restMs = 700;
const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'scroll', 'input'] as const;

/** Calls back with true and then false, however many events there are between. Returns the stop function, which says that it is over. */
export function watchInteraction(report: (interacting: boolean) => void): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastAt = 0;
  const look = (): void => {
    const leftMs = restMs - (performance.now() - lastAt);
    if (leftMs > 0) timer = setTimeout(look, leftMs);
    else {
      timer = null;
      report(false);
    }
  };
  const onEvent = (): void => {
    lastAt = performance.now();
    if (timer !== null) return;
    timer = setTimeout(look, restMs);
    report(true);
  };
  for (const kind of kinds) addEventListener(kind, onEvent, { passive: true, capture: true, signal: stop.signal });
  return () => {
    stop.abort();
    if (timer === null) return;
    clearTimeout(timer);
    report(false);
  };
}
