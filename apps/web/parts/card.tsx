// A card: poster, title, and the three actions. In the grid, in For you, and among similar items.
import type { ComponentChildren } from 'preact';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { titleOf } from '../language.ts';
import { addressOf } from '../router.ts';
import { Actions } from './actions.tsx';
import { Poster } from './poster.tsx';

interface CardProps {
  readonly item: CatalogueItem;
  readonly testId: 'item-card' | 'for-you-item' | 'similar-item';
  readonly children?: ComponentChildren;
  /** `data-source` of a For you item. */
  readonly source?: string;
  /** Place and size of the whole list, where only a part of it is in the page. */
  readonly position?: number;
  readonly setSize?: number;
}

export function Card({ item, testId, children, source, position, setSize }: CardProps) {
  const title = titleOf(item);
  return (
    <li
      class="card"
      data-testid={testId}
      data-item-id={item.id}
      data-genres={item.genres.join('|')}
      data-source={source}
      aria-posinset={position}
      aria-setsize={setSize}
    >
      <a
        class="card-link"
        href={addressOf({ page: 'item', itemId: item.id })}
        aria-label={item.year === undefined ? title : `${title}, ${item.year}`}
      >
        <Poster item={item} />
        <span class="card-title" dir="auto">
          {title}
        </span>
      </a>
      {children ?? (
        <p class="card-small" dir="auto">
          {[item.year, item.directors?.[0]].filter((part) => part !== undefined).join(' · ')}
        </p>
      )}
      <Actions item={item} />
    </li>
  );
}

/** What stands in for a card until it is there. */
export function SkeletonCard() {
  return (
    <li class="card skeleton" aria-hidden="true">
      <span class="poster" />
      <span class="bar" />
      <span class="bar bar-short" />
    </li>
  );
}

export function SkeletonCards({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, index) => <SkeletonCard key={index} />);
}
