import { expect, test } from 'vitest';
import { titleAndYear } from './titles.ts';

test.each([
  ['Matrix, The (1999)', 'The Matrix', 1999],
  ['Toy Story (1995)', 'Toy Story', 1995],
  ['American in Paris, An (1951)', 'An American in Paris', 1951],
  ["Avventura, L' (a.k.a. Adventure, The) (1960)", "L'Avventura (a.k.a. The Adventure)", 1960],
  [
    'City of Lost Children, The (Cité des enfants perdus, La) (1995)',
    'The City of Lost Children (La Cité des enfants perdus)',
    1995,
  ],
  [
    'Good, the Bad and the Ugly, The (Buono, il brutto, il cattivo, Il) (1966)',
    'The Good, the Bad and the Ugly (Il Buono, il brutto, il cattivo)',
    1966,
  ],
  ['Dangerous Minds (1995) ', 'Dangerous Minds', 1995],
  ['2001: A Space Odyssey (1968)', '2001: A Space Odyssey', 1968],
  ['Dinner, a Movie', 'Dinner, a Movie', null],
  ['Doctor Who: The Time of the Doctor (2013–2014)', 'Doctor Who: The Time of the Doctor', 2013],
  ['(500) Days of Summer (2009)', '(500) Days of Summer', 2009],
  ['千と千尋の神隠し (2001)', '千と千尋の神隠し', 2001],
  ['<script>alert(1)</script> (1999)', '<script>alert(1)</script>', 1999],
  ['(1984)', '(1984)', 1984],
  ['', '', null],
])('%s', (text, title, year) => {
  expect(titleAndYear(text)).toEqual({ title, year });
});
