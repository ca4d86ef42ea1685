// A small catalogue for the server's tests: invented titles, a few genres, years over some decades.
import type { Catalogue } from '#shared/catalogue/schema.ts';

const genres = ['Drama', 'Comedy', 'Crime', 'Western', 'Animation'];

export function testCatalogue(items = 60, name = 'test'): Catalogue {
  return {
    name,
    licence: 'Made for tests.',
    items: Array.from({ length: items }, (_, index) => ({
      id: `item-${index}`,
      title: `Title ${index}`,
      year: 1950 + (index % 7) * 10,
      genres: [genres[index % genres.length] ?? 'Drama', genres[(index * 3 + 1) % genres.length] ?? 'Drama'].filter(
        (genre, place, all) => all.indexOf(genre) === place,
      ),
      prominence: 1 + (index % 5),
    })),
  };
}
