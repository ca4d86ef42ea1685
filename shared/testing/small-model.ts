// A small catalogue and model for tests: 40 made-up items of four genres, three directors and three decades.
import { computeFeatures } from '../catalogue/features.ts';
import type { Catalogue, CatalogueItem } from '../catalogue/schema.ts';
import type { Features, ItemTable, Layout, Model } from '../model/model.ts';
import { initialModel, type ServerState } from '../model/server-step.ts';
import { materialise } from '../model/table.ts';

const genres = ['Comedy', 'Drama', 'Horror', 'Western'];

export function smallItem(index: number): CatalogueItem {
  return {
    id: `item-${index}`,
    title: `Item ${index}`,
    year: 1990 + (index % 30),
    genres: index % 3 === 0 ? [genres[index % 4]!, genres[(index + 1) % 4]!] : [genres[index % 4]!],
    directors: [`Director ${index % 3}`],
    countries: [index % 2 === 0 ? 'FR' : 'US'],
    prominence: 1 + (index % 5),
  };
}

export const smallCatalogue: Catalogue = {
  name: 'small',
  licence: 'Made up.',
  items: Array.from({ length: 40 }, (_, index) => smallItem(index)),
};

export interface SmallModel {
  readonly model: Model;
  readonly state: ServerState;
  readonly features: Features;
  readonly table: ItemTable;
}

/** The content model of the small catalogue. */
export function smallModel(
  dimension = 6,
  layout?: Layout,
  catalogue: Pick<Catalogue, 'items'> = smallCatalogue,
): SmallModel {
  const features = computeFeatures(catalogue.items);
  const { model, state } = initialModel(catalogue, features, 'ab'.repeat(32), 'cd'.repeat(32), {
    dimension,
    ...(layout ? { layout } : {}),
  });
  return { model, state, features, table: materialise(model, features) };
}

/** All parts at once, for the small catalogue at dimension 6. */
export function everyPartLayout(features: Features, dimension = 6, offsetRows = 5): Layout {
  const gram = (dimension * (dimension + 1)) / 2;
  const parts = [
    { name: 'projection', rows: features.columns, length: features.columns * dimension, clippingBoundL2: 0.8 },
    { name: 'offsets', rows: offsetRows, length: offsetRows * dimension, clippingBoundL2: 0.8 },
    { name: 'gram', rows: dimension, length: gram, clippingBoundL2: 0.4 },
    { name: 'popularity', rows: 4, length: 4, clippingBoundL2: 0.4 },
  ] as const;
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}
