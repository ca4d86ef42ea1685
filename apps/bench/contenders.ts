// Who is measured at which task: Tacit's own code, and its rivals as their users write them. The modules are loaded where they run, each in a worker
// of its own, so that nobody's code is in anybody else's way.
import type { Enter, TaskKind } from './task.ts';

interface ContenderOf<Kind extends TaskKind> {
  readonly kind: Kind;
  /** In a table. */
  readonly title: string;
  readonly isOurs: boolean;
  /** What the report shows, from the project's folder. */
  readonly sources: readonly string[];
  readonly enter: () => Promise<Enter<Kind>>;
}

export type Contender = { [Kind in TaskKind]: ContenderOf<Kind> }[TaskKind];

const ours = () => import('./entrants/ours.ts');
const tfjs = () => import('./entrants/tfjs.ts');
const plain = () => import('./entrants/plain.ts');

const product = () => import('./entrants/product.ts');
const copy = () => import('./entrants/copy.ts');

/** Tacit's own. */
function own<Kind extends TaskKind>(kind: Kind, title: string, enter: () => Promise<Enter<Kind>>) {
  return { kind, title, isOurs: true, sources: [], enter } as const;
}

/** As its users write it; the sources are files of rivals/, or of the project. */
function rival<Kind extends TaskKind>(
  kind: Kind,
  title: string,
  sources: readonly string[],
  enter: () => Promise<Enter<Kind>>,
) {
  const paths = sources.map((name) => (name.includes('/') ? name : `apps/bench/rivals/${name}.ts`));
  return { kind, title, isOurs: false, sources: paths, enter } as const;
}

export const contenders = {
  'fit-webgpu': own('fit', 'Tacit’s softmax fit, fused kernels on WebGPU', async () => (await ours()).fitOn('webgpu')),
  'fit-wasm': own('fit', 'Tacit’s softmax fit, WASM core', async () => (await ours()).fitOn('wasm')),
  'fit-plain': own('fit', 'Tacit’s softmax fit, plain JavaScript', async () => (await ours()).fitOn('reference')),
  'fit-auto': own('fit', 'Tacit’s softmax fit, where it chooses', async () => (await ours()).fitOnFastest),
  'layers-webgpu': rival('fit', 'LayersModel, fitDataset per batch, webgpu', ['layers-model'], async () =>
    (await tfjs()).fitByLayers('webgpu'),
  ),
  'joint-webgpu': rival('fit', 'minimize over [u, V], webgpu', ['minimize-joint'], async () =>
    (await tfjs()).fitByMinimize('joint', 'webgpu'),
  ),
  'user-webgpu': rival('fit', 'minimize over u, webgpu', ['minimize-user'], async () =>
    (await tfjs()).fitByMinimize('user', 'webgpu'),
  ),
  'careful-webgpu': rival('fit', 'careful tfjs, webgpu', ['careful-tfjs'], async () =>
    (await tfjs()).fitByCare('webgpu'),
  ),
  'careful-wasm': rival('fit', 'careful tfjs, wasm', ['careful-tfjs'], async () => (await tfjs()).fitByCare('wasm')),
  'best-wasm': own('best', 'Tacit’s best rows, WASM core, float32', async () => (await ours()).bestInFloats('wasm')),
  'best-bytes': own('best', 'Tacit’s best rows, WASM core, 8 bits', async () => (await ours()).bestInBytes),
  'best-list': own(
    'best',
    'Tacit’s list on the page: scores in WASM, the best cut as they come',
    async () => (await ours()).bestOfList,
  ),
  'best-plain': own('best', 'Tacit’s best rows, plain JavaScript', async () => (await ours()).bestInFloats('plain')),
  'topk-wasm': rival('best', 'tfjs topk, wasm', ['tfjs-topk'], async () => (await tfjs()).bestByTfjs('wasm')),
  'topk-webgpu': rival('best', 'tfjs topk, webgpu', ['tfjs-topk'], async () => (await tfjs()).bestByTfjs('webgpu')),
  'topk-cpu': rival('best', 'tfjs topk, cpu', ['tfjs-topk'], async () => (await tfjs()).bestByTfjs('cpu')),
  'map-and-sort': rival('best', 'map and sort', ['map-and-sort'], async () => (await plain()).bestByMapAndSort),
  'encode-wasm': own('encode', 'Tacit’s encoding, WASM core', async () => (await ours()).encodeBy('wasm')),
  'encode-plain': own('encode', 'Tacit’s encoding, plain JavaScript', async () => (await ours()).encodeBy('plain')),
  'exact-rejection': rival(
    'encode',
    'exact rejection sampling',
    ['exact-rejection', 'shared/testing/exact-discrete-gaussian.ts'],
    async () => (await plain()).encodeByRejection,
  ),
  'tensor-noise-wasm': rival('encode', 'clip and noise on tensors, wasm (not private)', ['tensor-noise'], async () =>
    (await tfjs()).noiseOnTensors('wasm'),
  ),
  'sum-wasm': own('aggregate', 'Tacit’s sum, WASM core', async () => (await ours()).sumBy('wasm')),
  'sum-plain': own('aggregate', 'Tacit’s sum, plain JavaScript', async () => (await ours()).sumBy('plain')),
  'tensor-mean': rival('aggregate', 'decode to tensors and average, cpu', ['tensor-mean'], async () =>
    (await tfjs()).meanOnTensors('cpu'),
  ),
  'train-wasm': own('train', 'Tacit’s fit, WASM core', async () => (await product()).trainOn('wasm')),
  'train-webgpu': own('train', 'Tacit’s fit, WebGPU', async () => (await product()).trainOn('webgpu')),
  'train-auto': own('train', 'Tacit’s fit, what it chooses', async () => (await product()).trainOn(null)),
  'fold-in': own('train', 'Tacit’s fold-in, WASM core', async () => (await product()).foldInByCore),
  'rounds-webgpu': own('train', 'Tacit’s rounds, WebGPU', async () => (await product()).roundsOn('webgpu')),
  'rounds-wasm': own('train', 'Tacit’s rounds, WASM core', async () => (await product()).roundsOn('wasm')),
  participation: own('participate', 'Tacit’s whole participation', async () => (await product()).participate),
  copy: own('copy', 'copying in the graphics processor’s memory', async () => (await copy()).copyOnDevice),
} as const satisfies Readonly<Record<string, Contender>>;

export type ContenderName = keyof typeof contenders;

export function contenderOf(name: ContenderName): Contender {
  return contenders[name];
}
