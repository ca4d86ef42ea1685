// The clock: the one file of the server that touches time. Handed in, so that tests run without waiting.

export interface Clock {
  /** Unix ms. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels, safe to call at any time. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
