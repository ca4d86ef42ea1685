// One stay of one simulated person: the real engine on a real socket, with the person's history and ledger, until a round is over,
// their patience ends, or they vanish in the middle.
import type { CoreModule } from '#shared/core/module.ts';
import { cryptographicRandom } from '#shared/maths/random.ts';
import type { HistoryRow } from '../engine/api.ts';
import type { CacheStore } from '../engine/cache-store.ts';
import type { LocalEngine } from '../engine/engine.ts';
import type { Clock, RoundOutcome } from '../engine/environment.ts';
import type { LedgerStore } from '../engine/ledger-store.ts';
import { createSimulatedParticipant } from '../engine/simulated.ts';
import { SocketTransport } from '../engine/transport.ts';
import type { Arrival, Departure } from './presence.ts';
import { SlowTransport } from './slow-transport.ts';

export interface StayOptions {
  readonly url: string;
  readonly arrival: Arrival;
  readonly history: readonly HistoryRow[];
  readonly ledgerStore: LedgerStore;
  /** Public files, shared by the people of one thread. */
  readonly cacheStore: CacheStore;
  readonly clock: Clock;
  /** The compiled WASM core, one for all of a thread; null: plain JavaScript. */
  readonly core: CoreModule | null;
  /** Called once, when the stay is over. Not called after `close`. */
  readonly onLeft: (departure: Departure) => void;
}

export interface Stay {
  /** Ends it at once, without `onLeft`. Safe to call twice. */
  close(): Promise<void>;
}

/** Somebody comes. Whatever fails in the engine ends the stay; it never throws. */
export function startStay(options: StayOptions): Stay {
  const { arrival, clock, onLeft } = options;
  let engine: LocalEngine | null = null;
  let isOver = false;
  let unsubscribe = () => {};
  let cancelPatience = () => {};

  const end = async (departure: Departure | null): Promise<void> => {
    if (isOver) return;
    isOver = true;
    cancelLookAround();
    cancelPatience();
    unsubscribe();
    if (departure === 'vanished') engine?.vanish();
    await engine?.close();
    if (departure !== null) onLeft(departure);
  };
  /** Ends it after the engine's own call is over, so that it is not closed from within. */
  const endSoon = (departure: Departure) => {
    clock.after(0, () => void end(departure));
  };

  const roundEnded = (outcome: RoundOutcome) => {
    // Without a charge nothing of theirs left: they stay and wait for the next round.
    if (outcome.charged) endSoon('took-part');
  };
  const patienceEnded = () => {
    const state = engine?.state().participation;
    if (state === 'sending' || state === 'pending') cancelPatience = clock.after(arrival.patienceMs, patienceEnded);
    else void end('went-away');
  };

  const takePart = async (): Promise<void> => {
    const { vanishesAt: at } = arrival;
    try {
      const created = await createSimulatedParticipant({
        url: options.url,
        history: options.history,
        random: cryptographicRandom(),
        ledgerStore: options.ledgerStore,
        cacheStore: options.cacheStore,
        // Simulated people agree to whatever the federation is.
        alone: true,
        trainingMs: arrival.stepMs,
        clock,
        core: options.core,
        transport: new SlowTransport({
          inner: new SocketTransport(options.url),
          clock,
          stepMs: arrival.stepMs,
          vanish: at === null ? null : { at, run: () => endSoon('vanished') },
        }),
        onRoundEnd: roundEnded,
      });
      if (isOver) {
        await created.close();
        return;
      }
      engine = created;
      unsubscribe = created.subscribe(({ reason }) => {
        if (reason.code === 'budget-spent' || reason.code === 'phase-done') endSoon(reason.code);
      });
    } catch {
      // Such as a ledger that cannot be read: this person does not take part.
      await end('went-away');
    }
  };

  let started: Promise<void> = Promise.resolve();
  const cancelLookAround = clock.after(arrival.lookAroundMs, () => {
    started = takePart();
  });
  cancelPatience = clock.after(arrival.lookAroundMs + arrival.patienceMs, patienceEnded);

  return {
    async close() {
      await end(null);
      await started;
    },
  };
}
