// The global model: what the server publishes and every device ranks with. Its shape is its learner's; the head of each learner's folder in
// shared/learners says what the numbers mean. `reconstruction`: V = F W + O, public content features F (items x f) times a learned projection W
// (f x d), plus learned offsets O for some items.

export const learnerNames = ['reconstruction', 'co-occurrence', 'communities'] as const;
export type LearnerName = (typeof learnerNames)[number];

/** One part of the trainable vector, in the order in which the parts are concatenated. */
export interface LayoutPart {
  /**
   * Of `reconstruction`. `projection`: the last `rows` rows of W (the finest components of the content, which the content start leaves to the
   * crowd) and its first length / rows columns, row-major. `offsets`: rows of O for `rows` items, rows x d, or one block of
   * them, row-major. `gram`: the upper
   * triangle (row-major, off-diagonals times sqrt 2) of u uᵀ, d (d + 1) / 2. `popularity`: the liked profile's columns 1 to `rows` divided by
   * sqrt rows (column 0 of F is constant and says nothing about popularity). `weight`: one number, the person's weight w times this part's
   * bound; with it in the layout all other parts are w times as long, and the mean is divided by the mean w ([w update, w], summed behind the
   * same masks).
   *
   * `histogram`: x / sqrt n over all items, n likes; rows = items. `triangle`: the upper triangle of a aᵀ (as for gram), a over the K chosen
   * items; rows = K. `centroids` and `likes`: for each of `rows` communities K numbers and a count, zero but for the own community's.
   */
  readonly name:
    | 'projection'
    | 'offsets'
    | 'gram'
    | 'popularity'
    | 'weight'
    | 'histogram'
    | 'triangle'
    | 'centroids'
    | 'likes';
  readonly rows: number;
  /** Numbers in this part. */
  readonly length: number;
  /** L2 clip of this part before the parts are concatenated; the joint clipping bound is the root of the sum of squares. */
  readonly clippingBoundL2: number;
  /** Of `offsets` alone: a round moves one block of them (blocks.ts), so `length` is a block's. Absent: all of them, one block. */
  readonly blocks?: Blocks;
}

/** Into how many blocks the rows and the columns of a part are divided. Each at least 1, and not both. */
export interface Blocks {
  readonly rows: number;
  readonly columns: number;
}

/** The trainable vector's layout; its total length is D. Public, hashed into the policy. */
export interface Layout {
  readonly parts: readonly LayoutPart[];
  readonly length: number;
}

/** Where a federation stands: the next round is one of this phase. */
export interface Place {
  /** From 1. */
  readonly epoch: number;
  /** Place among the policy's phases, from 0. */
  readonly phase: number;
  /** Rounds published in this phase of this epoch. */
  readonly phaseRounds: number;
}

/** What the file of every model begins with. */
export interface CommonHeader extends Place {
  readonly format: 2;
  /** Rises by one with each published model; 1 is the content-initialised model. */
  readonly version: number;
  /** 32 hex characters, drawn when a federation begins: its epochs are not those of another at the same address. */
  readonly federation: string;
  /** Hex SHA-256 of the catalogue's canonical JSON. Row i of the model is item i of that catalogue. */
  readonly catalogueHash: string;
  /** Hex SHA-256 of the feature file (F). */
  readonly featuresHash: string;
  readonly items: number;
  readonly featureColumns: number;
}

export interface ReconstructionHeader extends CommonHeader {
  readonly dimension: number;
  readonly offsetRows: number;
  /** Weight a0 of an item without interaction in the local objective. */
  readonly unobservedWeight: number;
  /** Ridge lambda of the local objective. */
  readonly lambda: number;
  /** Weight of log popularity in the score: v_iᵀu + popularityWeight ln(popularity_i / largest popularity). */
  readonly popularityWeight: number;
}

/** Immutable, like all models. */
export interface ReconstructionModel {
  readonly learner: 'reconstruction';
  readonly header: ReconstructionHeader;
  /** W: featureColumns x dimension, row-major. */
  readonly projection: Float32Array;
  /** O: offsetRows x dimension, row-major. */
  readonly offsets: Float32Array;
  /** Catalogue rows to which the offsets belong, ascending, length offsetRows. */
  readonly offsetItems: Uint32Array;
  /** Estimated popularity of each item, length items, sums to 1. A prior before the first round. */
  readonly popularity: Float32Array;
}

/** The items that take part one by one, with the popularity that they were chosen by: it also fixes how a device scales its likes. */
export interface ChosenItems {
  /** K rows of the catalogue, by falling `basis`, equals by ascending row. Empty before they are chosen. */
  readonly chosen: Uint32Array;
  /** The released popularity of each when they were chosen: K numbers above 0. */
  readonly basis: Float32Array;
}

export interface CoOccurrenceHeader extends CommonHeader {
  /** K. */
  readonly chosenItems: number;
  /** r: tastes that stand out of the noise so far. 0: the model is the tilted popularity. */
  readonly tastes: number;
  /** Mean of sqrt(likes) of a person: what the popularity sums to before it is scaled to 1. */
  readonly rootLikes: number;
  /** Ridge of EASE in the units of T Tᵀ. */
  readonly ridge: number;
  /** Weight of the tilted popularity beside EASE. */
  readonly tiltWeight: number;
}

export interface CoOccurrenceModel extends ChosenItems {
  readonly learner: 'co-occurrence';
  readonly header: CoOccurrenceHeader;
  readonly popularity: Float32Array;
  /** T of the chosen items: K x r, row-major. */
  readonly tastes: Float32Array;
  /** T_j / p_j of an item that was not chosen, from its content: (1 + components of F) x r, row-major. */
  readonly fill: Float32Array;
}

export interface CommunitiesHeader extends CommonHeader {
  readonly chosenItems: number;
  readonly communities: number;
}

export interface CommunitiesModel extends ChosenItems {
  readonly learner: 'communities';
  readonly header: CommunitiesHeader;
  readonly popularity: Float32Array;
  /** communities x K, rows of norm 1: to which a device compares its own embedding. Empty before the items are chosen. */
  readonly centroids: Float32Array;
  /** communities x K: how many times more a community likes an item than everybody does. Ones before anything is known. */
  readonly lift: Float32Array;
  /** Part of the people in each, length communities, sums to 1. */
  readonly sizes: Float32Array;
}

export type Model = ReconstructionModel | CoOccurrenceModel | CommunitiesModel;

/** F: public content features, items x columns, row-major. Computed once by the server from the catalogue, served by hash. */
export interface Features {
  readonly items: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** What a device computes once for each model of `reconstruction`: V, its Gram matrix and the pieces that the update needs. */
export interface ItemTable {
  readonly model: ReconstructionModel;
  readonly features: Features;
  /** V: items x dimension, row-major. */
  readonly embeddings: Float32Array;
  /** S = VᵀV: dimension x dimension. */
  readonly gram: Float64Array;
  /** V u, where something faster than a loop over V has it: Float32Array[items], the caller's. */
  readonly products?: (u: ArrayLike<number>) => Float32Array;
}

/** Interactions by model row. Rows are distinct within and across the three lists. */
export interface Interactions {
  readonly liked: readonly number[];
  readonly disliked: readonly number[];
  readonly seen: readonly number[];
  /** Parallel to the lists: how much each counts, above 0 and at most 1 (recency.ts). Absent: 1 each. */
  readonly weights?: {
    readonly liked: readonly number[];
    readonly disliked: readonly number[];
    readonly seen: readonly number[];
  };
}

/** What local training yields: the factors of the rank-one update. Never leaves the device as it is. */
export interface LocalResult {
  /** u: the private user embedding, length dimension. */
  readonly userEmbedding: Float32Array;
  /** Fᵀe: length featureColumns. e is the error vector over all items. */
  readonly errorProjection: Float32Array;
  /** e at the model's offset items, length offsetRows. */
  readonly errorOffsets: Float32Array;
  /** Mean of F over the liked items: length featureColumns (zeros without likes). */
  readonly likedProfile: Float32Array;
  /** Local objective before and after training. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}
