// Drives a step function: one event at a time, in the order in which they came, although a step may take a while.
// Two steps at once would start from the same state, and a client that answers one state twice gives itself away.

/** Something with a state and a step. */
export class Machine<State, Event, Step extends { readonly state: State }> {
  readonly #step: (state: State, event: Event) => Promise<Step>;
  #state: State;
  #tail: Promise<unknown> = Promise.resolve();

  /** @param step must not reject; if it does, that event rejects and the state stays. */
  constructor(first: State, step: (state: State, event: Event) => Promise<Step>) {
    this.#state = first;
    this.#step = step;
  }

  /** After the last event that is through. */
  get state(): State {
    return this.#state;
  }

  /** Queues an event; resolves with its step when its turn is over. */
  handle(event: Event): Promise<Step> {
    const turn = this.#tail.then(async () => {
      const step = await this.#step(this.#state, event);
      this.#state = step.state;
      return step;
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
