// Titles as MovieLens writes them, 'Matrix, The (1999)', as people write them: 'The Matrix' and the year 1999.

/** Articles that MovieLens puts behind a comma; those with an apostrophe are joined without a space. */
const articles =
  "The|A|An|Le|La|Les|L'|Un|Une|Des|Der|Die|Das|Ein|Eine|Den|Det|De|Het|El|Los|Las|Lo|Il|I|Gli|Uno|Una|O|Os|As|Um|Uma|En|Ett|Et|Az|Egy|Na|To|Ta|Hoi";
const trailingArticle = new RegExp(`^(.+), (${articles})$`, 'i');
const trailingYear = /^(.*?)\s*\((\d{4})(?:[-–](?:\d{4})?)?\)\s*$/s;

/** 'Matrix, The' to 'The Matrix'; other titles stay as they are. */
function articleFirst(title: string): string {
  const match = trailingArticle.exec(title);
  if (match === null) return title;
  const [, rest = '', article = ''] = match;
  return article.endsWith("'") ? `${article}${rest}` : `${article} ${rest}`;
}

/**
 * Takes the year off a title's end and puts the articles in front, also within brackets:
 * 'City of Lost Children, The (Cité des enfants perdus, La) (1995)' gives 'The City of Lost Children (La Cité des enfants perdus)', 1995.
 */
export function titleAndYear(text: string): { readonly title: string; readonly year: number | null } {
  const trimmed = text.trim();
  const match = trailingYear.exec(trimmed);
  const year = match === null ? null : Number(match[2]);
  const title = match === null ? trimmed : (match[1] ?? '').trim();
  const [main = '', ...brackets] = title.split(/\s+(?=\()/);
  const parts = [articleFirst(main), ...brackets.map(bracketed)].filter((part) => part !== '');
  return { title: parts.join(' ') || trimmed, year };
}

function bracketed(part: string): string {
  const match = /^\((.*)\)$/s.exec(part.trim());
  if (match === null) return part.trim();
  const [, inner = ''] = match;
  const alias = /^(a\.k\.a\.|aka) (.*)$/i.exec(inner);
  return alias === null ? `(${articleFirst(inner)})` : `(${alias[1]} ${articleFirst(alias[2] ?? '')})`;
}
