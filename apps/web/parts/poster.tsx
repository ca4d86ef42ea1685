// The picture of an item, drawn once and shown as an image, so that nothing in a title can become markup of the page.
import type { posterSvg } from '#shared/catalogue/poster.ts';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { type Language, language, titleOf, words } from '../language.ts';
import { posterDrawing } from '../later.ts';

/** About 2 KiB each. */
const MOST_KEPT = 500;
const kept = new Map<string, string>();

export function Poster({ item }: { readonly item: CatalogueItem }) {
  const draw = posterDrawing.value;
  if (draw === null) {
    return <span class="poster" role="img" aria-label={words.value.poster(titleOf(item))} />;
  }
  return (
    <img
      class="poster"
      src={posterUrl(draw, item, language.value)}
      alt={words.value.poster(titleOf(item))}
      width={400}
      height={600}
      loading="lazy"
      decoding="async"
      draggable={false}
    />
  );
}

function posterUrl(draw: typeof posterSvg, item: CatalogueItem, inLanguage: Language): string {
  const key = `${inLanguage}${item.id}`;
  let url = kept.get(key);
  if (url === undefined) {
    url = `data:image/svg+xml,${encodeURIComponent(draw(item, inLanguage))}`;
    if (kept.size >= MOST_KEPT) {
      kept.delete(kept.keys().next().value!);
    }
    kept.set(key, url);
  }
  return url;
}
