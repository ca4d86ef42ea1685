// Taking part, before its code is there: participation.ts with all that it needs (training, sockets, rounds) is downloaded when the person first
// consents to train, and by nobody else. Until then nothing is trained, joined or sent, so there is nothing to leave or to wipe.
import type { Consent } from './api.ts';
import type { EngineParts } from './environment.ts';
import type { Participation, ParticipationView } from './participation.ts';

type Code = Pick<typeof import('./participation.ts'), 'Participation'>;

const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
const nothing = { steps: [], trainer: null, lastUpload: null } as const;

/** A Participation, made when there is consent to train. */
export class TakingPart {
  readonly #parts: EngineParts;
  readonly #consent: () => Consent;
  readonly #make: (code: Code) => Participation;
  readonly #onChange: () => void;
  #made: Participation | null = null;
  #isLoading = false;
  #retryMs = firstRetryMs;
  #cancelRetry: () => void = () => {};
  #closed = false;

  /** @param make called once. @param onChange called when `view` may be another. */
  constructor(parts: EngineParts, consent: () => Consent, make: (code: Code) => Participation, onChange: () => void) {
    this.#parts = parts;
    this.#consent = consent;
    this.#make = make;
    this.#onChange = onChange;
    if (parts.participation !== undefined) this.#made = make(parts.participation);
  }

  get view(): ParticipationView {
    if (this.#made !== null) return this.#made.view;
    if (!this.#consent().train) return { state: 'off', reason: { code: 'not-opted-in' }, ...nothing };
    if (!this.#parts.facts.current().online) return { state: 'paused', reason: { code: 'offline' }, ...nothing };
    return { state: 'waiting', reason: { code: 'connecting' }, ...nothing };
  }

  /** As Participation's. The first one with consent gets the code, and goes on when that is there. */
  evaluate(): void {
    if (this.#made !== null) this.#made.evaluate();
    else if (this.#consent().train && !this.#isLoading && !this.#closed) void this.#load();
  }

  historyChanged(): void {
    this.#made?.historyChanged();
  }

  leave(): void {
    this.#made?.leave();
  }

  forget(): void {
    this.#made?.forget();
  }

  vanish(): void {
    this.#stop();
    this.#made?.vanish();
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#made?.close();
  }

  #stop(): void {
    this.#closed = true;
    this.#cancelRetry();
  }

  /** Where the code cannot be had, nothing is taken part in; it is tried again, in vain where a browser remembers that an import failed: till a reload. */
  async #load(): Promise<void> {
    this.#isLoading = true;
    this.#cancelRetry();
    let code: Code | null = null;
    try {
      code = await import('./participation.ts');
    } catch {
      this.#cancelRetry = this.#parts.clock.after(this.#retryMs, () => {
        this.#isLoading = false;
        this.evaluate();
      });
      this.#retryMs = Math.min(maxRetryMs, 2 * this.#retryMs);
    }
    if (this.#closed) return this.#cancelRetry();
    if (code === null) return;
    this.#made = this.#make(code);
    // The consent may be gone again: whoever evaluates asks for it.
    this.#made.evaluate();
    this.#onChange();
  }
}
