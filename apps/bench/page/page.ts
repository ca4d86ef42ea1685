// The bench page: opens a worker for each contestant, and hands orders and answers between them and the command.
import type { Answer, Order } from '../arena.ts';

interface Open {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: Answer) => void>;
}

const workers = new Map<number, Open>();
let lastWorker = 0;
let lastOrder = 0;

/** @returns the worker's number */
function openWorker(): number {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting: Open['waiting'] = new Map();
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', ({ message }) => {
    for (const [id, answer] of waiting) answer({ id, value: null, error: message || 'the worker failed' });
    waiting.clear();
  });
  lastWorker++;
  workers.set(lastWorker, { worker, waiting });
  return lastWorker;
}

function order({ number, what }: { number: number; what: Order }): Promise<unknown> {
  const open = workers.get(number);
  if (open === undefined) return Promise.reject(new RangeError(`there is no worker ${number}`));
  const id = ++lastOrder;
  return new Promise((resolve, reject) => {
    open.waiting.set(id, ({ value, error }) => (error === null ? resolve(value) : reject(new Error(error))));
    open.worker.postMessage({ id, order: what });
  });
}

function closeWorker(number: number): void {
  workers.get(number)?.worker.terminate();
  workers.delete(number);
}

/** The adapter that pages are given here, in words; null: none. */
async function describeAdapter(): Promise<{ name: string; isSoftware: boolean } | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ');
  return { name: name || 'unknown', isSoftware: isFallbackAdapter ?? false };
}

Object.assign(globalThis, { bench: { openWorker, order, closeWorker, describeAdapter } });
