// The notation of the film modules: one film a line, fields divided by `|`, in this order:
//   title | year of first release | genres | directors | countries | usual Chinese title | prominence [| external id]
// Lists are divided by commas; directors and Chinese title may be empty. A line that does not fit throws at load.
import type { CatalogueItem } from '../schema.ts';

/** The genres that films of this catalogue may have. */
export const FILM_GENRES: readonly string[] = [
  'Action',
  'Adventure',
  'Animation',
  'Biography',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'Film Noir',
  'History',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Science Fiction',
  'Sport',
  'Thriller',
  'War',
  'Western',
];

const FEWEST_FIELDS = 7;
const MOST_FIELDS = 8;
const MOST_GENRES = 3;

/** The films of a module's text, in its order. Throws RangeError naming the line that does not fit. */
export function filmRows(text: string): CatalogueItem[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(filmRow);
}

/** A film's id: title and year in lower-case ASCII letters, digits and hyphens, such as `seven-samurai-1954`. */
export function filmId(title: string, year: number): string {
  const ascii = title
    .toLowerCase()
    .replace(/[øœæßłđðþı½&'’]/g, (character) => TRANSLITERATION[character] ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${ascii}-${year}`;
}

/** Letters that do not decompose into an ASCII letter and a mark. Apostrophes vanish. */
const TRANSLITERATION: { readonly [character: string]: string } = {
  ø: 'o',
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '½': '-1-2',
  '&': ' and ',
};

function filmRow(line: string): CatalogueItem {
  const fields = line.split('|').map((field) => field.trim());
  const [title = '', yearText = '', genreText = '', directorText = '', countryText = '', titleZh = ''] = fields;
  const year = Number(yearText);
  const genres = listOf(genreText);
  const prominence = Number(fields[6]);
  const externalId = fields[7];
  if (fields.length < FEWEST_FIELDS || fields.length > MOST_FIELDS || title === '' || !/^\d{4}$/.test(yearText)) {
    throw new RangeError(
      `film row: expected ${FEWEST_FIELDS} or ${MOST_FIELDS} fields with title and year, got ${line}`,
    );
  }
  if (genres.length < 1 || genres.length > MOST_GENRES || !genres.every((genre) => FILM_GENRES.includes(genre))) {
    throw new RangeError(`film row: expected 1 to ${MOST_GENRES} known genres, got ${line}`);
  }
  if (![1, 2, 3, 4, 5].includes(prominence)) {
    throw new RangeError(`film row: expected a prominence from 1 to 5, got ${line}`);
  }
  const directors = listOf(directorText);
  return {
    id: filmId(title, year),
    title,
    ...(titleZh === '' ? {} : { titleZh }),
    year,
    genres,
    ...(directors.length === 0 ? {} : { directors }),
    countries: listOf(countryText),
    ...(externalId === undefined ? {} : { externalId }),
    prominence,
  };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
