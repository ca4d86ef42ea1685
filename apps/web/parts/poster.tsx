// The picture of an item, drawn once and shown as an image, so that nothing in a title can become markup of the page.
import { posterSvg } from '#shared/catalogue/poster.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { type Language, language, titleOf, words } from '../language.ts';

/** About 2 KiB each. */
const MOST_KEPT = 500;
const kept = new Map<string, string>();

export function Poster({ item }: { readonly item: CatalogueItem }) {
  return (
    <img
      class="poster"
      src={posterUrl(item, language.value)}
      alt={words.value.poster(titleOf(item))}
      width={400}
      height={600}
      loading="lazy"
      decoding="async"
      draggable={false}
    />
  );
}

function posterUrl(item: CatalogueItem, inLanguage: Language): string {
  const key = `${inLanguage}${item.id}`;
  let url = kept.get(key);
  if (url === undefined) {
    url = `data:image/svg+xml,${encodeURIComponent(posterSvg(item, inLanguage))}`;
    if (kept.size >= MOST_KEPT) {
      kept.delete(kept.keys().next().value!);
    }
    kept.set(key, url);
  }
  return url;
}
