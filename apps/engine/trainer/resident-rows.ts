// Item rows that stay on the WebGPU device: in tiles that a binding can hold on any device, in the blocks of pass-shader.ts. Their buffers are ours:
// tfjs sees them as tensors that it neither copies nor frees, because what its pool holds is freed only with the backend.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js';
import { type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { QuantisedRows } from '#shared/core/items.ts';
import { blockRows, type RowShape, rowShape } from './pass-shader.ts';
import { columnsOf, itemsOf, type RowSource } from './row-source.ts';

/** The least maxStorageBufferBindingSize of WebGPU. No device is asked for more. */
export const mostTileBytes = 128 * 1024 * 1024;
/** Partials of one pass at most: what one workgroup merges. */
const mostPartials = 256;
/** Blocks that a workgroup passes over at least, where there are enough: starting it and adding its threads up costs about as much as some. */
const fewestBlocks = 8;

export interface Tile {
  readonly rows: Tensor;
  /** (rows of the tile, its first partial). */
  readonly extent: Tensor;
  /** Workgroups of a pass, and so partials. */
  readonly workgroups: number;
}

export class ResidentRows {
  readonly shape: RowShape;
  readonly items: number;
  readonly tiles: readonly Tile[];
  /** Partials of one pass over all tiles. */
  readonly partials: number;
  readonly #buffers: readonly GPUBuffer[];

  /**
   * Takes rows to the device. The caller disposes.
   * @param tileBytes a smaller one in tests alone, so that a small table has several tiles.
   */
  constructor(backend: WebGPUBackend, source: RowSource, tileBytes = mostTileBytes) {
    const shape = rowShape(source.kind, columnsOf(source));
    this.shape = shape;
    this.items = itemsOf(source);
    const blocks = Math.ceil(this.items / blockRows);
    const tileBlocks = Math.max(1, Math.floor(tileBytes / (4 * shape.blockWords)));
    const blocksEach = Math.max(fewestBlocks, Math.ceil(blocks / mostPartials));
    const tiles: Tile[] = [];
    const buffers: GPUBuffer[] = [];
    let partials = 0;
    for (let first = 0; first < blocks; first += tileBlocks) {
      const count = Math.min(tileBlocks, blocks - first);
      const from = first * blockRows;
      const rows = Math.min(count * blockRows, this.items - from);
      const buffer = backend.device.createBuffer({
        size: 4 * count * shape.blockWords,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
        mappedAtCreation: true,
      });
      const words = buffer.getMappedRange();
      if (source.kind === 'float') layOut(new Float32Array(words), source, shape, from, rows);
      else layOutCompact(words, source.rows, shape, from, rows);
      buffer.unmap();
      buffers.push(buffer);
      const workgroups = Math.ceil(count / blocksEach);
      tiles.push({
        rows: backend.createTensorFromGPUData({ buffer, zeroCopy: true }, [count * shape.blockWords], 'int32'),
        extent: tensor1d([rows, partials], 'int32'),
        workgroups,
      });
      partials += workgroups;
    }
    this.tiles = tiles;
    this.partials = partials;
    this.#buffers = buffers;
  }

  /** Frees the device's memory. Safe to call twice, and after the device was lost. */
  dispose(): void {
    for (const { rows, extent } of this.tiles) {
      rows.dispose();
      extent.dispose();
    }
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

/** Rows from `first` on, into blocks. */
function layOut(
  into: Float32Array,
  { values, columns }: Extract<RowSource, { kind: 'float' }>,
  shape: RowShape,
  first: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const block = Math.floor(row / blockRows) * shape.blockWords;
    const lane = row % blockRows;
    const from = (first + row) * columns;
    for (let k = 0; k < columns; k++) {
      into[block + ((k >> 2) * blockRows + lane) * 4 + (k & 3)] = values[from + k]!;
    }
  }
}

/** The same in eight bits: the scales of a block, then its words of four numbers, the first of them in the lowest bits. */
function layOutCompact(
  into: ArrayBuffer,
  { values, scales, dimension }: QuantisedRows,
  shape: RowShape,
  first: number,
  rows: number,
): void {
  const bytes = new Int8Array(into);
  const floats = new Float32Array(into);
  for (let row = 0; row < rows; row++) {
    const block = Math.floor(row / blockRows) * shape.blockWords;
    const lane = row % blockRows;
    const from = (first + row) * dimension;
    floats[block + lane] = scales[first + row]!;
    for (let k = 0; k < dimension; k++) {
      bytes[4 * (block + ((k >> 2) + 1) * blockRows + lane) + (k & 3)] = values[from + k]!;
    }
  }
}
