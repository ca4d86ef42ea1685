// Where training runs and why, in English: for the Privacy page, and for `tacit doctor`. `BackendWords` is the type of both languages.
import type { Backend, BackendReason } from '../../engine/api.ts';

const count = new Intl.NumberFormat('en');
const ms = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** More about it, in the browser's own words. */
const inBrackets = (detail: string): string => (detail === '' ? '' : ` (${detail})`);

const names = {
  webgpu: 'WebGPU, on the graphics processor',
  webgl: 'WebGL, on the graphics processor',
  wasm: 'the processor, in WebAssembly',
  cpu: 'the processor, in JavaScript',
  reference: 'the processor, in plain JavaScript',
} satisfies Record<Backend, string> as Record<Backend, string>;

const titles: Record<Backend, string> = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'tfjs on the processor',
  reference: 'Plain JavaScript',
};

type Unusable = Extract<BackendReason, { code: 'unusable' }>;

const unusable: Record<Unusable['why'], (title: string, detail: string) => string> = {
  missing: (title, detail) => `${title} is not to be had in this browser${inBrackets(detail)}.`,
  software: (title, detail) =>
    `${title} is here, but played by the processor${inBrackets(detail)}, which is slower than computing there directly.`,
  wrong: (title, detail) => `${title} came out wrong in its self-test and is not trusted${inBrackets(detail)}.`,
  fault: (title, detail) => `${title} reported a fault and is left alone${inBrackets(detail)}.`,
  late: (title, detail) => `${title} did not answer and is left alone${inBrackets(detail)}.`,
};

/** One sentence for each reason; together, in order, they say how it came. */
function reason(why: BackendReason): string {
  switch (why.code) {
    case 'asked-for':
      return `${titles[why.backend]} was asked for in the address (?backend=${why.backend}).`;
    case 'small':
      return `The model is small: ${count.format(why.work)} numbers describe its items, and below ${count.format(why.crossover)} the processor is done before a graphics processor has started.`;
    case 'quick':
      return `The training for one round took the processor ${ms.format(why.processorMs)} ms; reading its result back from a graphics processor takes about as long.`;
    case 'unusable':
      return unusable[why.why](titles[why.backend], why.detail);
    case 'passed':
      return `${titles[why.backend]} passed its self-test${why.device === '' ? '' : ` on ${why.device}`}: a small known problem came out right, to ${why.relativeError.toExponential(0)}.`;
    case 'timed': {
      const measured = `the training for one round took ${ms.format(why.webgpuMs)} ms on the graphics processor and ${ms.format(why.processorMs)} ms on the processor`;
      return `${why.remembered ? 'Measured earlier' : 'Measured now'}: ${measured}. The faster one is used.`;
    }
    case 'lost': {
      const times = why.times === 1 ? 'once' : `${count.format(why.times)} times`;
      return `The graphics device was lost ${times}; the processor finished the work, with the same result. ${why.last ? 'It is not tried again.' : 'It is tried again with the next training.'}`;
    }
  }
}

export const backendEn = {
  title: 'Where training runs',
  none: 'not used yet',
  noneText: 'Nothing was trained, so no training code was loaded.',
  whyTitle: 'Why there',
  rule: 'Each backend computes the same, to one part in ten thousand, and is tested here before it is used. The choice is made by size and, for large models, by measuring once on this device; the measurement stays here, and an erase deletes it.',
  names,
  reason,
};

export type BackendWords = typeof backendEn;
