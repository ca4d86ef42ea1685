// The catalogue of the demo: well-known films of the world, compiled by the project from facts. `prominence` is an
// editorial estimate. Chinese titles are the ones usual in mainland China, where there is one.
import { parseCatalogue } from '../parse.ts';
import type { Catalogue } from '../schema.ts';
import { films1940s } from './1940s.ts';
import { films1950s } from './1950s.ts';
import { films1960s } from './1960s.ts';
import { films1970s } from './1970s.ts';
import { films1980s } from './1980s.ts';
import { films1990s } from './1990s.ts';
import { films2000s } from './2000s.ts';
import { films2010s } from './2010s.ts';
import { films2020s } from './2020s.ts';
import { filmsEarly } from './early.ts';
import { filmRows } from './rows.ts';

const MODULES: readonly string[] = [
  filmsEarly,
  films1940s,
  films1950s,
  films1960s,
  films1970s,
  films1980s,
  films1990s,
  films2000s,
  films2010s,
  films2020s,
];

export const films: Catalogue = parseCatalogue({
  name: 'films',
  licence:
    'Facts about films (titles, years, genres, directors, countries) and an estimate of how widely known each is, compiled by the project. MIT licence.',
  items: MODULES.flatMap(filmRows),
});
