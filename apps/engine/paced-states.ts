// The states of an engine on their way to a page that must not be kept busy: at most ten a second. Each change of the participation state is told, in
// order, but for those that a withdrawal makes old; of all else what is so at the moment of telling, so that no state is older than an answer.
import type { EngineState } from './api.ts';
import type { Clock } from './environment.ts';

export const statesApartMs = 100;
/** More changes than a round has steps: beyond, the oldest that waits is left out. */
const mostWaiting = 16;

export class PacedStates {
  readonly #clock: Clock;
  readonly #latest: () => EngineState;
  readonly #send: (state: EngineState) => void;
  #waiting: EngineState[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #isTimed = false;

  constructor(clock: Clock, latest: () => EngineState, send: (state: EngineState) => void) {
    this.#clock = clock;
    this.#latest = latest;
    this.#send = send;
  }

  offer(state: EngineState): void {
    if (state.participation === 'off') this.#waiting = [];
    if (this.#waiting.at(-1)?.participation === state.participation) this.#waiting.pop();
    this.#waiting = [...this.#waiting, state].slice(-mostWaiting);
    this.#next();
  }

  #next(): void {
    if (this.#isTimed) return;
    // A clock that was set back makes nobody wait longer.
    const waitMs = Math.min(statesApartMs, statesApartMs - (this.#clock.now() - this.#sentAt));
    if (waitMs > 0) {
      this.#isTimed = true;
      this.#clock.after(waitMs, () => {
        this.#isTimed = false;
        this.#tell();
      });
    } else this.#tell();
  }

  #tell(): void {
    const state = this.#waiting.shift();
    if (state === undefined) return;
    const { participation, reason, steps } = state;
    this.#sentAt = this.#clock.now();
    this.#send({ ...this.#latest(), participation, reason, steps });
    if (this.#waiting.length > 0) this.#next();
  }
}
