// The page's way to the engine: starts the worker, reports what only the page can see, and gives a proxy with the engine's interface.
import type { Engine } from './api.ts';
import { askToPersist, watchFacts } from './facts.ts';
import { PortEngine } from './port.ts';
import { initialEngineState } from './state.ts';

export interface ConnectOptions {
  /** From ?backend=: webgpu, webgl, wasm, cpu or reference. Anything else lets the engine choose. */
  readonly backend?: string;
}

/** Starts an engine in a worker. Returns at once: `state()` is the initial one until the worker has spoken. */
export function connectEngine(options: ConnectOptions = {}): Engine {
  // Bundlers recognise this expression, with constant options, and no other.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'tacit-engine' });
  const engine = new PortEngine(worker, initialEngineState, () => {
    isWatching = false;
    facts.stop();
    stopWatching();
    worker.terminate();
  });
  const facts = watchFacts((changed) => engine.reportFacts(changed));
  worker.addEventListener('error', (event) => engine.fail(`the engine's worker stopped: ${event.message}`));
  let stopWatching = (): void => {};
  let isWatching = false;
  // What only matters to training is watched where there is consent to it.
  engine.subscribe(({ consent }) => {
    if (consent.train === isWatching) return;
    isWatching = consent.train;
    stopWatching();
    if (!isWatching) return;
    facts.watchLoad();
    void import('./interaction.ts').then(
      ({ watchInteraction }) => {
        if (!isWatching) return;
        stopWatching();
        stopWatching = watchInteraction((interacting) => engine.reportInteracting(interacting));
      },
      () => {},
    );
  });
  engine.start({ backend: options.backend ?? null, facts: facts.current() });
  const setConsent = engine.setConsent;
  engine.setConsent = async (change) => {
    const consent = await setConsent(change);
    // With the consent, and not before: some browsers ask the person.
    const switchedOn = (change.train === true && consent.train) || (change.send === true && consent.send);
    if (switchedOn) void askToPersist().then((persisted) => facts.update({ persisted }));
    return consent;
  };
  return engine;
}
