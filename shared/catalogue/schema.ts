// The catalogue: what a site offers. Public data; an item's position in `items` is its row in the model.

/** One thing that can be recommended. Everything here is public. */
export interface CatalogueItem {
  /** Unique, stable, 1 to 128 characters, no control characters. Films: a slug of title and year. */
  readonly id: string;
  readonly title: string;
  /** The usual Chinese title, where there is one. */
  readonly titleZh?: string;
  /** 1870 to 2100. */
  readonly year?: number;
  readonly genres: readonly string[];
  readonly directors?: readonly string[];
  /** ISO 3166-1 alpha-2, upper case. `SU`, `YU`, `CS`, `DD` for states that no longer exist. */
  readonly countries?: readonly string[];
  /** An identifier elsewhere, such as `tt0047478`, given only where it is certain. */
  readonly externalId?: string;
  /** An editorial prior of how widely known the item is, 1 (little) to 5 (very). Not measured from anybody's behaviour. */
  readonly prominence?: number;
}

export interface Catalogue {
  /** `films`, or the name given at import: 1 to 64 characters of a-z 0-9 and hyphen. */
  readonly name: string;
  /** What the data may be used for, shown to the operator and on the page. */
  readonly licence: string;
  readonly items: readonly CatalogueItem[];
}
