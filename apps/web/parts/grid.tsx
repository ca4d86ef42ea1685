// A grid of cards of any length: only the rows near the window are in the page, so that 60,000 items cost as much as 60.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { Card } from './card.tsx';
import { useRowsInView } from './rows-in-view.ts';

/** In the first picture, which is sooner there with few; the rest of the window's follow it. */
const ROWS_FIRST = 2;
const WIDE_CARD = 148;
const NARROW_CARD = 104;
const WIDE_GAP = 20;
const NARROW_GAP = 12;
/** Below this width the cards are narrow ones. */
const NARROW_GRID = 640;
/** A card's height besides its poster, until the first card was measured. */
const FIRST_TEXT_HEIGHT = 92;

interface Shape {
  readonly columns: number;
  readonly gap: number;
  /** Height of a row with its gap, px. */
  readonly rowHeight: number;
}

export function Grid({ items, label }: { readonly items: readonly CatalogueItem[]; readonly label: string }) {
  const list = useRef<HTMLUListElement>(null);
  const [shape, setShape] = useState<Shape>(() => shapeOf(0, null));
  const rowCount = Math.ceil(items.length / shape.columns);

  useLayoutEffect(() => {
    const element = list.current!;
    const measure = (): void => {
      const next = shapeOf(element.clientWidth, element.firstElementChild);
      setShape((before) =>
        before.columns === next.columns && before.gap === next.gap && Math.abs(before.rowHeight - next.rowHeight) < 0.5
          ? before
          : next,
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const { first, end } = useRowsInView(list, shape.rowHeight, rowCount, ROWS_FIRST, items);
  const from = first * shape.columns;
  return (
    <ul
      ref={list}
      class="grid"
      aria-label={label}
      style={{
        '--columns': String(shape.columns),
        '--gap': `${shape.gap}px`,
        paddingTop: `${first * shape.rowHeight}px`,
        paddingBottom: `${(rowCount - end) * shape.rowHeight}px`,
      }}
    >
      {items.slice(from, end * shape.columns).map((item, index) => (
        <Card key={item.id} item={item} testId="item-card" position={from + index + 1} setSize={items.length} />
      ))}
    </ul>
  );
}

function shapeOf(width: number, firstCard: Element | null): Shape {
  const usable = width > 0 ? width : 1200;
  const narrow = usable < NARROW_GRID;
  const gap = narrow ? NARROW_GAP : WIDE_GAP;
  const columns = Math.max(2, Math.floor((usable + gap) / ((narrow ? NARROW_CARD : WIDE_CARD) + gap)));
  const cardWidth = (usable - gap * (columns - 1)) / columns;
  const poster = firstCard?.querySelector('.poster')?.getBoundingClientRect();
  const card = firstCard?.getBoundingClientRect();
  const textHeight =
    card !== undefined && poster !== undefined && card.height > 0 ? card.height - poster.height : FIRST_TEXT_HEIGHT;
  return { columns, gap, rowHeight: cardWidth * 1.5 + textHeight + gap };
}
