// Item: everything public about one title, the three actions, and what is near it.
import { useEffect, useState } from 'preact/hooks';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { countryName, genreName, otherTitleOf, pagesWords, titleOf, words } from '../language.ts';
import { Actions } from '../parts/actions.tsx';
import { Card, SkeletonCards } from '../parts/card.tsx';
import { LaterIcon } from '../parts/more-icons.tsx';
import { FaultNotice, Notice } from '../parts/notice.tsx';
import { Poster } from '../parts/poster.tsx';
import { ShelfRow } from '../parts/shelf-row.tsx';
import { WhyHere } from '../parts/why-here.tsx';
import { addressOf, BROWSE } from '../router.ts';
import { useSession } from '../session.ts';
import { decadeOf } from '../shelf.ts';

const SIMILAR_COUNT = 14;

export function Item({ itemId }: { readonly itemId: string }) {
  const session = useSession();
  const shelf = session.shelf.value;
  const { item: text } = pagesWords.value;
  const item = shelf?.item(itemId);
  if (shelf === null) {
    return session.fault.value === null ? <ItemSkeleton /> : <FaultNotice kind={session.fault.value} />;
  }
  if (item === undefined) {
    return (
      <>
        <h1 class="visually-hidden" tabIndex={-1}>
          {text.missing}
        </h1>
        <Notice icon="film" text={text.missing} hint={text.missingHint}>
          <a class="button" href={addressOf(BROWSE)}>
            {text.back}
          </a>
        </Notice>
      </>
    );
  }
  return (
    <>
      <a class="back" href={addressOf(BROWSE)}>
        <LaterIcon name="arrowLeft" />
        {text.back}
      </a>
      <article class="item" data-item-id={item.id} data-genres={item.genres.join('|')}>
        <div class="item-poster">
          <Poster item={item} />
          <p class="small muted">{text.drawn}</p>
        </div>
        <div class="item-text">
          <h1 tabIndex={-1} dir="auto">
            {titleOf(item)}
          </h1>
          <ItemLine item={item} />
          <Actions item={item} labelled />
          <ItemFacts item={item} />
        </div>
      </article>
      <WhyHere itemId={item.id} />
      <Similar itemId={item.id} key={item.id} />
    </>
  );
}

function ItemLine({ item }: { readonly item: CatalogueItem }) {
  const other = otherTitleOf(item);
  return (
    <p class="item-line muted" dir="auto">
      {[other, item.year].filter((part) => part !== undefined).join(' · ')}
    </p>
  );
}

function ItemFacts({ item }: { readonly item: CatalogueItem }) {
  const { item: text } = pagesWords.value;
  const { browse, comma } = words.value;
  return (
    <dl class="facts">
      {item.directors !== undefined && item.directors.length > 0 && (
        <>
          <dt>{text.directors}</dt>
          <dd>
            {item.directors.map((director, index) => (
              <span key={director}>
                {index > 0 && comma}
                <a href={addressOf({ page: 'browse', search: director, genre: '', decade: null })}>{director}</a>
              </span>
            ))}
          </dd>
        </>
      )}
      {item.genres.length > 0 && (
        <>
          <dt>{text.genres}</dt>
          <dd>
            {item.genres.map((genre, index) => (
              <span key={genre}>
                {index > 0 && comma}
                <a href={addressOf({ page: 'browse', search: '', genre, decade: null })}>{genreName(genre)}</a>
              </span>
            ))}
          </dd>
        </>
      )}
      {item.year !== undefined && (
        <>
          <dt>{text.year}</dt>
          <dd>
            {item.year} (
            <a href={addressOf({ page: 'browse', search: '', genre: '', decade: decadeOf(item.year) })}>
              {browse.decadeOf(decadeOf(item.year))}
            </a>
            )
          </dd>
        </>
      )}
      {item.countries !== undefined && item.countries.length > 0 && (
        <>
          <dt>{text.countries}</dt>
          <dd>{item.countries.map(countryName).join(comma)}</dd>
        </>
      )}
      {item.externalId !== undefined && (
        <>
          <dt>{text.externalId}</dt>
          <dd>
            <code>{item.externalId}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

function Similar({ itemId }: { readonly itemId: string }) {
  const session = useSession();
  const { item: text } = pagesWords.value;
  const modelHash = session.state.value.model?.hash ?? null;
  const [similar, setSimilar] = useState<readonly CatalogueItem[] | null>(null);
  // Asked again when the model changes
  useEffect(() => {
    let current = true;
    session.engine.similar(itemId, SIMILAR_COUNT).then(
      (rows) => {
        // Before the first model there is nothing to compare with; the model's arrival asks again.
        if (current && (rows.length > 0 || modelHash !== null)) {
          setSimilar(rows.flatMap((row) => session.shelf.value?.item(row.itemId) ?? []));
        }
      },
      () => {
        if (current) {
          setSimilar([]);
        }
      },
    );
    return () => {
      current = false;
    };
  }, [session, itemId, modelHash]);
  return (
    <ShelfRow heading={text.similar} headingId="similar-heading" lead={text.similarLead} busy={similar === null}>
      {similar === null && <SkeletonCards count={8} />}
      {similar?.length === 0 && (
        <li class="shelf-note">
          <Notice icon="film" text={text.noSimilar} />
        </li>
      )}
      {similar?.map((item) => (
        <Card key={item.id} item={item} testId="similar-item" />
      ))}
    </ShelfRow>
  );
}

function ItemSkeleton() {
  return (
    <div class="item" aria-busy="true">
      <div class="item-poster skeleton">
        <span class="poster" />
      </div>
      <div class="item-text skeleton">
        <span class="bar bar-heading" />
        <span class="bar bar-short" />
      </div>
    </div>
  );
}
