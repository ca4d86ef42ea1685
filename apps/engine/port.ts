// The engine across a message port: the worker serves it, the page holds a proxy with the same interface.
// Both ends are ours and from one build, yet a message that is not one of ours (an extension posts to pages and workers) is ignored.

import type { Engine, EngineState } from './api.ts';
import type { Clock, DeviceFacts } from './environment.ts';
import { PacedStates } from './paced-states.ts';

/** The part of a Worker, a DedicatedWorkerGlobalScope and a MessagePort that is used. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

type Method = Exclude<keyof Engine, 'state' | 'subscribe'>;

const methods: readonly Method[] = [
  'record',
  'recordAndCompare',
  'history',
  'recommend',
  'explain',
  'placesWithout',
  'setTuning',
  'similar',
  'setConsent',
  'export',
  'exportLedger',
  'import',
  'erase',
  'undoErase',
  'ledger',
  'inspectLastUpload',
  'evaluateSelf',
  'close',
];

/** Page to worker. */
type Request =
  /** First, once: starts the engine. `backend` from ?backend=, null to choose. */
  | { readonly kind: 'start'; readonly backend: string | null; readonly facts: DeviceFacts }
  | { readonly kind: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly kind: 'facts'; readonly facts: DeviceFacts }
  /** The person has begun to click, type or scroll, or has rested for a moment. */
  | { readonly kind: 'interacting'; readonly interacting: boolean };

/** Worker to page. */
type Answer =
  | { readonly kind: 'state'; readonly state: EngineState }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly name: string;
      readonly message: string;
      readonly code: string | null;
    }
  /** The engine could not be made; every call is answered with this. */
  | { readonly kind: 'broken'; readonly message: string };

/** An error that was thrown in the worker, with its name, message and code. */
export class EngineError extends Error {
  readonly code: string | null;
  constructor(name: string, message: string, code: string | null) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** What the page sends first. */
export type Start = Omit<Extract<Request, { kind: 'start' }>, 'kind'>;

export interface Serving {
  readonly clock: Clock;
  readonly onFacts: (facts: DeviceFacts) => void;
  readonly onInteracting: (interacting: boolean) => void;
}

/** Serves the engine that `start` makes over a port: states at most 10 a second (paced-states.ts), an answer for each call. */
export function serveEngine(
  start: (start: Start) => Promise<Engine>,
  port: Port,
  { clock, onFacts, onInteracting }: Serving,
): void {
  const post = (answer: Answer): void => port.postMessage(answer);
  let engine: Promise<Engine> | null = null;
  port.addEventListener('message', ({ data }) => {
    const request = requestFrom(data);
    if (request === null) return;
    if (request.kind === 'facts' || request.kind === 'start') onFacts(request.facts);
    if (request.kind === 'interacting') onInteracting(request.interacting);
    if (request.kind === 'start' && engine === null) {
      engine = start(request);
      engine.then(
        (ready) => {
          const states = new PacedStates(
            clock,
            () => ready.state(),
            (state) => post({ kind: 'state', state }),
          );
          ready.subscribe((state) => states.offer(state));
        },
        (error: unknown) => post({ kind: 'broken', message: error instanceof Error ? error.message : String(error) }),
      );
    }
    if (request.kind === 'call' && engine !== null) void answer(engine, request, post);
  });
}

async function answer(
  engine: Promise<Engine>,
  { id, method, args }: Extract<Request, { kind: 'call' }>,
  post: (answer: Answer) => void,
): Promise<void> {
  try {
    const call = (await engine)[method] as (this: Engine, ...args: readonly unknown[]) => Promise<unknown>;
    post({ kind: 'result', id, value: await call.apply(await engine, [...args]) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    const code = (error as { code?: unknown } | null)?.code;
    post({ kind: 'error', id, name, message, code: typeof code === 'string' ? code : null });
  }
}

/** An engine whose work is done at the other end of a port. `state()` is what was last heard. */
export class PortEngine implements Engine {
  readonly #port: Port;
  readonly #onClose: () => void;
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #listeners = new Set<(state: EngineState) => void>();
  #state: EngineState;
  #nextId = 1;
  #broken: Error | null = null;

  /** `initial` is shown until the other end has spoken. `onClose` runs once the engine is closed. */
  constructor(port: Port, initial: EngineState, onClose: () => void = () => {}) {
    this.#port = port;
    this.#state = initial;
    this.#onClose = onClose;
    port.addEventListener('message', ({ data }) => this.#heard(data as Answer | null));
  }

  state(): EngineState {
    return this.#state;
  }

  subscribe(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /** Before anything else, once. */
  start(start: Start): void {
    this.#post({ kind: 'start', ...start });
  }

  reportFacts(facts: DeviceFacts): void {
    this.#post({ kind: 'facts', facts });
  }

  reportInteracting(interacting: boolean): void {
    this.#post({ kind: 'interacting', interacting });
  }

  record: Engine['record'] = (...args) => this.#call('record', args);
  recordAndCompare: Engine['recordAndCompare'] = (...args) => this.#call('recordAndCompare', args);
  history: Engine['history'] = (...args) => this.#call('history', args);
  recommend: Engine['recommend'] = (...args) => this.#call('recommend', args);
  explain: Engine['explain'] = (...args) => this.#call('explain', args);
  placesWithout: Engine['placesWithout'] = (...args) => this.#call('placesWithout', args);
  setTuning: Engine['setTuning'] = (...args) => this.#call('setTuning', args);
  similar: Engine['similar'] = (...args) => this.#call('similar', args);
  setConsent: Engine['setConsent'] = (...args) => this.#call('setConsent', args);
  export: Engine['export'] = (...args) => this.#call('export', args);
  exportLedger: Engine['exportLedger'] = (...args) => this.#call('exportLedger', args);
  import: Engine['import'] = (...args) => this.#call('import', args);
  erase: Engine['erase'] = (...args) => this.#call('erase', args);
  undoErase: Engine['undoErase'] = (...args) => this.#call('undoErase', args);
  ledger: Engine['ledger'] = (...args) => this.#call('ledger', args);
  inspectLastUpload: Engine['inspectLastUpload'] = (...args) => this.#call('inspectLastUpload', args);
  evaluateSelf: Engine['evaluateSelf'] = (...args) => this.#call('evaluateSelf', args);

  async close(): Promise<void> {
    if (this.#broken !== null) return;
    await this.#call('close', []);
    this.fail('the engine is closed');
    this.#listeners.clear();
    this.#onClose();
  }

  /** Ends every open and later call with an error: the worker is gone. */
  fail(message: string): void {
    this.#broken = new EngineError('EngineError', message, 'closed');
    for (const call of this.#calls.values()) call.reject(this.#broken);
    this.#calls.clear();
  }

  #call<M extends Method>(method: M, args: Parameters<Engine[M]>): ReturnType<Engine[M]> {
    const result = new Promise<unknown>((resolve, reject) => {
      if (this.#broken !== null) return reject(this.#broken);
      const id = this.#nextId++;
      this.#calls.set(id, { resolve, reject });
      this.#post({ kind: 'call', id, method, args });
    });
    // The other end ran the method of that name, so its result has that method's type.
    return result as ReturnType<Engine[M]>;
  }

  #post(request: Request): void {
    this.#port.postMessage(request);
  }

  #heard(answer: Answer | null): void {
    switch (answer?.kind) {
      case 'state':
        this.#state = answer.state;
        for (const listener of [...this.#listeners]) listener(answer.state);
        return;
      case 'result':
        this.#calls.get(answer.id)?.resolve(answer.value);
        this.#calls.delete(answer.id);
        return;
      case 'error':
        this.#calls.get(answer.id)?.reject(new EngineError(answer.name, answer.message, answer.code));
        this.#calls.delete(answer.id);
        return;
      case 'broken':
        this.fail(answer.message);
        return;
      default:
    }
  }
}

function requestFrom(data: unknown): Request | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, id, method, args, facts, backend, interacting } = data as Record<string, unknown>;
  if (kind === 'interacting') return typeof interacting === 'boolean' ? { kind, interacting } : null;
  if ((kind === 'facts' || kind === 'start') && (typeof facts !== 'object' || facts === null)) return null;
  if (kind === 'facts') return { kind, facts: facts as DeviceFacts };
  if (kind === 'start')
    return { kind, facts: facts as DeviceFacts, backend: typeof backend === 'string' ? backend : null };
  const known = methods.find((name) => name === method);
  if (kind !== 'call' || typeof id !== 'number' || known === undefined || !Array.isArray(args)) return null;
  return { kind, id, method: known, args };
}
