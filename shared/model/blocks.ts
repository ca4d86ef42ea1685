// Blocks of the offsets: which numbers of O a round moves. With B blocks of rows and C of columns, a round moves the rows b, b + B, b + 2 B, ... and
// of them the columns c, c + C, c + 2 C, ...: however the catalogue is ordered by popularity, and the dimensions by how broad they are, each block has
// its share of all. The version of the model alone says which: place v mod (B C), with b = place mod B and c = floor(place / B). So a device knows
// its block before it joins, everybody in a round has the same, and B C versions visit every number once.
// The upload is then the update times a public matrix with orthonormal rows (rows and columns of the identity): the masked sum is still a sum, and no
// norm grows. Fewer columns are a low rank, with one factor public and frozen as in FFA-LoRA (Sun et al. 2024): a sum of products of two private
// factors is not the product of their sums, a sum of the other factor is the factor of the sum.
import type { Blocks, LayoutPart } from './model.ts';

export const oneBlock: Blocks = { rows: 1, columns: 1 };

export function blocksOf(part: LayoutPart): Blocks {
  return part.blocks ?? oneBlock;
}

/** So many blocks of rows, and of columns as many as leave a round `rank` of them at most. @param rank null: all columns. */
export function blocksFor(itemBlocks: number, rank: number | null, dimension: number): Blocks {
  return { rows: itemBlocks, columns: rank === null ? 1 : Math.ceil(dimension / rank) };
}

/** Versions that it takes to visit every number once. */
export function blockCount(blocks: Blocks): number {
  return blocks.rows * blocks.columns;
}

/** Numbers of a block, the same for each of them. Where rows or columns do not divide, the last are zero in some. */
export function blockLength(blocks: Blocks, rows: number, dimension: number): number {
  return Math.ceil(rows / blocks.rows) * Math.ceil(dimension / blocks.columns);
}

/** One block. The number of rows[i] and columns[j] is at i x width + j of the part. */
export interface Block {
  /** 0 to blockCount - 1: in the order in which versions visit them. */
  readonly place: number;
  /** Rows of O, ascending; never empty where there are as many rows as blocks. */
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
  readonly width: number;
}

/** The block that the next round from a model moves. @param version the model's. @param rows of O. */
export function blockOfVersion(version: number, blocks: Blocks, rows: number, dimension: number): Block {
  const place = version % blockCount(blocks);
  return {
    place,
    rows: everyNth(rows, blocks.rows, place % blocks.rows),
    columns: everyNth(dimension, blocks.columns, Math.floor(place / blocks.rows)),
    width: Math.ceil(dimension / blocks.columns),
  };
}

/** The block of a layout's offsets part. */
export function blockOf(part: LayoutPart, header: { readonly version: number; readonly dimension: number }): Block {
  return blockOfVersion(header.version, blocksOf(part), part.rows, header.dimension);
}

/** The place of the block that a number of O is in. */
export function placeOf(blocks: Blocks, row: number, column: number): number {
  return (row % blocks.rows) + blocks.rows * (column % blocks.columns);
}

/** Visits the numbers of a block: their places in the part and in O. */
export function forEachInBlock(block: Block, dimension: number, visit: (at: number, index: number) => void): void {
  const { rows, columns, width } = block;
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      visit(i * width + j, row * dimension + column);
    });
  });
}

function everyNth(count: number, step: number, first: number): Uint32Array {
  return Uint32Array.from({ length: Math.max(0, Math.ceil((count - first) / step)) }, (_, i) => first + i * step);
}

/** What is known of the offsets: `evidence` over the `precision` of its block, O rows x d. */
export interface BlockedEvidence {
  readonly offsetsBlocks: Blocks;
  readonly offsetsPrecision: Float64Array;
  readonly offsetsEvidence: Float64Array;
}

/**
 * Evidence in other rows or blocks. A new block is as well known as the least of what comes into it; what was better known counts as much as that,
 * with the same mean. A row that is new is at its prior.
 * @param oldRowOf for each row the one that it was; undefined for a new one.
 */
export function carriedEvidence(
  from: BlockedEvidence,
  blocks: Blocks,
  oldRowOf: readonly (number | undefined)[],
  dimension: number,
): BlockedEvidence {
  const least = new Float64Array(blockCount(blocks)).fill(Number.POSITIVE_INFINITY);
  const forEachCarried = (visit: (place: number, index: number, old: number, precision: number) => void) => {
    oldRowOf.forEach((oldRow, row) => {
      if (oldRow === undefined) return;
      for (let k = 0; k < dimension; k++) {
        const precision = from.offsetsPrecision[placeOf(from.offsetsBlocks, oldRow, k)]!;
        visit(placeOf(blocks, row, k), row * dimension + k, oldRow * dimension + k, precision);
      }
    });
  };
  forEachCarried((place, _, __, precision) => {
    least[place] = Math.min(least[place]!, precision);
  });
  const offsetsPrecision = least.map((precision) => (precision === Number.POSITIVE_INFINITY ? 0 : precision));
  const offsetsEvidence = new Float64Array(oldRowOf.length * dimension);
  forEachCarried((place, index, old, precision) => {
    if (precision > 0) offsetsEvidence[index] = from.offsetsEvidence[old]! * (offsetsPrecision[place]! / precision);
  });
  return { offsetsBlocks: blocks, offsetsPrecision, offsetsEvidence };
}

export function sameBlocks(a: Blocks, b: Blocks): boolean {
  return a.rows === b.rows && a.columns === b.columns;
}
