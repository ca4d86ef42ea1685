// The catalogue of the demo: well-known films of the world, compiled by the project from facts. `prominence` is an
// editorial estimate. Chinese titles are the ones usual in mainland China, where there is one.
import { parseCatalogue } from '../parse.ts';
import type { Catalogue } from '../schema.ts';
import { films1990s } from './1990s.ts';
import { films2000s } from './2000s.ts';
import { filmRows } from './rows.ts';

const DECADES: readonly string[] = [films1990s, films2000s];

export const films: Catalogue = parseCatalogue({
  name: 'films',
  licence:
    'Facts about films (titles, years, genres, directors, countries) and an estimate of how widely known each is, compiled by the project. MIT licence.',
  items: DECADES.flatMap(filmRows),
});
