// Each rival with its source, as it was run, and whom of ours it is held against.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../e2e/harness.ts';
import { type Contender, contenders } from '../contenders.ts';

export interface Shown {
  readonly code: string;
  /** Ours, at the same task. */
  readonly against: string;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
}

/** On a graphics processor ours is the one there. */
const againstWebgpu: readonly string[] = ['layers-webgpu', 'joint-webgpu', 'user-webgpu', 'careful-webgpu'];

const againstByKind: Partial<Readonly<Record<Contender['kind'], string>>> = {
  fit: 'fit-wasm',
  best: 'best-wasm',
  encode: 'encode-wasm',
  aggregate: 'sum-wasm',
};

/** Throws TypeError for a rival at a task that nobody of ours has. */
export function shownRivals(): Shown[] {
  const inContests = Object.entries<Contender>(contenders)
    .filter(([, { isOurs }]) => !isOurs)
    .map(([code, { kind, sources }]) => {
      const against = againstWebgpu.includes(code) ? 'fit-webgpu' : againstByKind[kind];
      if (against === undefined) throw new TypeError(`${code}: expected one of ours at ${kind}`);
      return { code, against, sources };
    });
  const onSockets = ['socket.io defaults', 'socket.io, bufferutil'].map((code) => ({
    code,
    against: 'tacit',
    sources: ['apps/bench/rivals/socketio-server.ts'],
  }));
  return [...inContests, ...onSockets].map(({ code, against, sources }) => ({
    code,
    against,
    sources: sources.map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') })),
  }));
}
