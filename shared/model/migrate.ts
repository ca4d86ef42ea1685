// Carrying a model over to a changed catalogue: items may be added, removed, renamed and reordered while a model lives.
// What belongs to an item (its offset, its popularity) goes by item id. What belongs to features (W) is fitted anew, because the principal
// components of another catalogue are other directions: W' is the ridge fit of F' W' to F W over the items that both catalogues have.
import type { Catalogue } from '../catalogue/schema.ts';
import { carriedEvidence } from './blocks.ts';
import type { Features, ReconstructionModel } from './model.ts';
import { initialModel, prominencePopularity, type ServerState } from './server-step.ts';
import { cholesky, choleskySolve } from './symmetric.ts';

export interface ModelWithCatalogue {
  readonly model: ReconstructionModel;
  readonly state: ServerState;
  readonly features: Features;
  readonly catalogue: Pick<Catalogue, 'items'>;
}

export interface NewCatalogue {
  readonly features: Features;
  readonly catalogue: Pick<Catalogue, 'items'>;
  readonly catalogueHash: string;
  readonly featuresHash: string;
}

/** Ridge of the fit of W', for each common item: holds down the directions that no common item shows. */
const fitRidge = 1e-4;

/**
 * The same model for another catalogue.
 * @returns version + 1 and the new hashes. Evidence under noise starts again, with what was learned so far as the prior.
 * @throws RangeError when features and catalogues do not fit each other.
 */
export function migrateModel(
  from: ModelWithCatalogue,
  to: NewCatalogue,
): { model: ReconstructionModel; state: ServerState } {
  const { model, state } = from;
  const { dimension, offsetRows } = model.header;
  const oldRows = new Map(from.catalogue.items.map((item, row) => [item.id, row]));
  if (from.features.items !== model.header.items || from.catalogue.items.length !== model.header.items) {
    throw new RangeError(`the old catalogue has ${from.catalogue.items.length} items, the model ${model.header.items}`);
  }
  const oldRowOf = to.catalogue.items.map((item) => oldRows.get(item.id) ?? null);
  const popularity = migratePopularity(model.popularity, oldRowOf, to.catalogue);
  const fresh = initialModel(to.catalogue, to.features, to.catalogueHash, to.featuresHash, {
    dimension,
    unobservedWeight: model.header.unobservedWeight,
    lambda: model.header.lambda,
    popularityWeight: model.header.popularityWeight,
    popularity,
    likesPerPerson: state.likesPerPerson,
    federation: model.header.federation,
  });
  const refit = (projection: ArrayLike<number>) =>
    refitProjection(from.features, projection, to.features, fresh.state.contentProjection, oldRowOf, dimension);
  const projection = refit(model.projection);
  const rows = offsetRowsOf(model, oldRowOf, popularity, Math.min(offsetRows, to.catalogue.items.length));
  const offsets = carryOffsets(model, model.offsets, rows, oldRowOf, dimension);
  const next: ReconstructionModel = {
    learner: 'reconstruction',
    header: { ...fresh.model.header, version: model.header.version + 1, offsetRows: rows.length },
    projection: Float32Array.from(projection),
    offsets: Float32Array.from(offsets),
    offsetItems: rows,
    popularity: fresh.model.popularity,
  };
  return {
    model: next,
    state: {
      ...fresh.state,
      rounds: state.rounds,
      gram: state.gram,
      gramRounds: state.gramRounds,
      contentProjection: projection,
      projection,
      offsets: carryOffsets(model, state.offsets, rows, oldRowOf, dimension),
      ...carriedEvidence(state, state.offsetsBlocks, oldOffsetRows(model, rows, oldRowOf), dimension),
    },
  };
}

/** Known items keep their shares against each other; a new item starts where its prominence puts it among them. */
export function migratePopularity(
  old: Float32Array,
  oldRowOf: readonly (number | null)[],
  catalogue: Pick<Catalogue, 'items'>,
): Float64Array {
  const prior = prominencePopularity(catalogue);
  let known = 0;
  let knownPrior = 0;
  oldRowOf.forEach((row, index) => {
    if (row === null) return;
    known += old[row]!;
    knownPrior += prior[index]!;
  });
  const ratio = knownPrior > 0 && known > 0 ? known / knownPrior : 1;
  return Float64Array.from(oldRowOf, (row, index) => (row === null ? ratio * prior[index]! : old[row]!));
}

function refitProjection(
  oldFeatures: Features,
  oldProjection: ArrayLike<number>,
  newFeatures: Features,
  prior: Float64Array,
  oldRowOf: readonly (number | null)[],
  dimension: number,
): Float64Array {
  const columns = newFeatures.columns;
  const normal = new Float64Array(columns * columns);
  const right = new Float64Array(columns * dimension);
  const residual = new Float64Array(dimension);
  let common = 0;
  oldRowOf.forEach((oldRow, row) => {
    if (oldRow === null) return;
    common++;
    residual.fill(0);
    for (let column = 0; column < oldFeatures.columns; column++) {
      const feature = oldFeatures.values[oldRow * oldFeatures.columns + column]!;
      for (let k = 0; k < dimension; k++) residual[k] = residual[k]! + feature * oldProjection[column * dimension + k]!;
    }
    for (let column = 0; column < columns; column++) {
      const feature = newFeatures.values[row * columns + column]!;
      for (let k = 0; k < dimension; k++) residual[k] = residual[k]! - feature * prior[column * dimension + k]!;
    }
    for (let i = 0; i < columns; i++) {
      const left = newFeatures.values[row * columns + i]!;
      if (left === 0) continue;
      for (let j = 0; j <= i; j++) {
        normal[i * columns + j] = normal[i * columns + j]! + left * newFeatures.values[row * columns + j]!;
      }
      for (let k = 0; k < dimension; k++) right[i * dimension + k] = right[i * dimension + k]! + left * residual[k]!;
    }
  });
  for (let i = 0; i < columns; i++) normal[i * columns + i] = normal[i * columns + i]! + fitRidge * (common + 1);
  const factor = cholesky(normal, columns);
  const projection = prior.slice();
  const oneColumn = new Float64Array(columns);
  for (let k = 0; k < dimension; k++) {
    for (let i = 0; i < columns; i++) oneColumn[i] = right[i * dimension + k]!;
    const solved = choleskySolve(factor, columns, oneColumn);
    for (let i = 0; i < columns; i++) projection[i * dimension + k] = projection[i * dimension + k]! + solved[i]!;
  }
  return projection;
}

/** Items with an offset keep it; places of removed items go to the most popular items without one. Ascending rows of the new catalogue. */
function offsetRowsOf(
  model: ReconstructionModel,
  oldRowOf: readonly (number | null)[],
  popularity: Float64Array,
  count: number,
): Uint32Array {
  const had = new Set(model.offsetItems);
  const rows = oldRowOf.map((_, row) => row);
  const first = (row: number) => (oldRowOf[row] !== null && had.has(oldRowOf[row]!) ? 0 : 1);
  rows.sort((a, b) => first(a) - first(b) || popularity[b]! - popularity[a]! || a - b);
  return Uint32Array.from(rows.slice(0, count)).sort();
}

/** For each row of the new O the one that its item had in the old. */
function oldOffsetRows(
  model: ReconstructionModel,
  rows: Uint32Array,
  oldRowOf: readonly (number | null)[],
): (number | undefined)[] {
  const place = new Map(Array.from(model.offsetItems, (item, index) => [item, index]));
  return Array.from(rows, (row) => {
    const oldRow = oldRowOf[row];
    return oldRow === null || oldRow === undefined ? undefined : place.get(oldRow);
  });
}

function carryOffsets(
  model: ReconstructionModel,
  old: ArrayLike<number>,
  rows: Uint32Array,
  oldRowOf: readonly (number | null)[],
  dimension: number,
): Float64Array {
  const offsets = new Float64Array(rows.length * dimension);
  oldOffsetRows(model, rows, oldRowOf).forEach((oldIndex, index) => {
    if (oldIndex === undefined) return;
    for (let k = 0; k < dimension; k++) offsets[index * dimension + k] = old[oldIndex * dimension + k]!;
  });
  return offsets;
}
