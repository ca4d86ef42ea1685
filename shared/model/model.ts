// The global model: what the server publishes and every device ranks with.
// V = F W + O: public content features F (items x f) times a learned projection W (f x d), plus learned offsets O for some items.

/** One part of the trainable vector, in the order in which the parts are concatenated. */
export interface LayoutPart {
  /**
   * `projection`: the last `rows` rows of W (the finest components of the content, which the content start leaves to the crowd) and its first
   * length / rows columns, row-major. `offsets`: rows of O for `rows` items, rows x d, row-major. `gram`: the upper triangle (row-major,
   * off-diagonals times sqrt 2) of u uᵀ, d (d + 1) / 2. `popularity`: the liked profile's columns 1 to `rows` divided by sqrt rows (column 0
   * of F is constant and says nothing about popularity). `weight`: one number, the person's weight w times this part's bound; with it in the
   * layout all other parts are w times as long, and the mean is divided by the mean w ([w update, w], summed behind the same masks).
   */
  readonly name: 'projection' | 'offsets' | 'gram' | 'popularity' | 'weight';
  readonly rows: number;
  /** Numbers in this part. */
  readonly length: number;
  /** L2 clip of this part before the parts are concatenated; the joint clipping bound is the root of the sum of squares. */
  readonly clippingBoundL2: number;
}

/** The trainable vector's layout; its total length is D. Public, hashed into the policy. */
export interface Layout {
  readonly parts: readonly LayoutPart[];
  readonly length: number;
}

export interface ModelHeader {
  readonly format: 1;
  /** Rises by one with each published model; 1 is the content-initialised model. */
  readonly version: number;
  /** Hex SHA-256 of the catalogue's canonical JSON. Row i of the model is item i of that catalogue. */
  readonly catalogueHash: string;
  /** Hex SHA-256 of the feature file (F). */
  readonly featuresHash: string;
  readonly items: number;
  readonly dimension: number;
  readonly featureColumns: number;
  readonly offsetRows: number;
  /** Weight a0 of an item without interaction in the local objective. */
  readonly unobservedWeight: number;
  /** Ridge lambda of the local objective. */
  readonly lambda: number;
  /** Weight of log popularity in the score: v_iᵀu + popularityWeight ln(popularity_i / largest popularity). */
  readonly popularityWeight: number;
}

/** A published model. Immutable. */
export interface Model {
  readonly header: ModelHeader;
  /** W: featureColumns x dimension, row-major. */
  readonly projection: Float32Array;
  /** O: offsetRows x dimension, row-major. */
  readonly offsets: Float32Array;
  /** Catalogue rows to which the offsets belong, ascending, length offsetRows. */
  readonly offsetItems: Uint32Array;
  /** Estimated popularity of each item, length items, sums to 1. A prior before the first round. */
  readonly popularity: Float32Array;
}

/** F: public content features, items x columns, row-major. Computed once by the server from the catalogue, served by hash. */
export interface Features {
  readonly items: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** What a device computes once for each model: V, its Gram matrix and the pieces that the update needs. */
export interface ItemTable {
  readonly model: Model;
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
