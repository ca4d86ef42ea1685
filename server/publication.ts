// What the server starts from: the stored model when it is this catalogue's, else one migrated to it, else the content-initialised first one.
// And the policy that this crowd can carry.
import { computeFeatures } from '#shared/catalogue/features.ts';
import { catalogueHash as hashOfCatalogue, parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { type CrowdOptions, policyForCrowd } from '#shared/model/crowd.ts';
import { encodeFeatures, encodeModel, parseFeatures, parseModel } from '#shared/model/file.ts';
import { migrateModel } from '#shared/model/migrate.ts';
import type { Features, Model } from '#shared/model/model.ts';
import { encodeServerState, initialModel, parseServerState, type ServerState } from '#shared/model/server-step.ts';
import { canonicalJson, sha256Hex } from '#shared/protocol/canonical.ts';
import { policyHash as hashOfPolicy, type Policy, parsePolicy } from '#shared/protocol/policy.ts';
import type { CurrentModel } from './coordinator.ts';
import { type ModelRecord, type Store, StoreError } from './store/store.ts';

export interface PublicationOptions {
  readonly catalogue: Catalogue;
  readonly expectedPresence: number;
  readonly policy: NonNullable<CrowdOptions['overrides']>;
  readonly dimension: number | null;
  readonly nowMs: number;
}

export interface Publication {
  readonly current: CurrentModel;
  readonly features: Features;
  readonly policy: Policy;
  readonly policyHash: string;
  readonly catalogueHash: string;
  /** How the model came to be, for the log. */
  readonly origin: 'stored' | 'migrated' | 'initial';
}

/**
 * Makes sure that the store holds a model for this catalogue and policy, publishing a new version where it must.
 * Throws StoreError `corrupt` when what is stored does not match its hashes, and RangeError for a policy that cannot be.
 */
export async function openPublication(store: Store, options: PublicationOptions): Promise<Publication> {
  const { catalogue, nowMs } = options;
  const catalogueHash = hashOfCatalogue(catalogue);
  const record = await store.latestModel();
  const stored = record === null ? null : await readStored(store, record);

  if (stored !== null && stored.record.catalogueHash === catalogueHash) {
    const { model, state, features } = stored;
    const policy = crowdPolicy(options, features, model.header.dimension);
    const fitted = fitOffsetRows(model, state, offsetRowsOf(policy));
    const current =
      fitted === null
        ? { model, state, hash: stored.record.hash, publishedAt: stored.record.publishedAt }
        : await add(store, fitted.model, fitted.state, nowMs);
    return finish(store, { current, features, policy, catalogueHash, origin: 'stored' });
  }

  const features = computeFeatures(catalogue.items);
  const featureFile = encodeFeatures(features);
  const featuresHash = sha256Hex(featureFile);
  await store.putFile('features', featuresHash, featureFile);
  await store.putFile('catalogue', catalogueHash, utf8(canonicalJson(catalogue)));

  if (stored !== null) {
    const from = { ...stored, catalogue: await readCatalogue(store, stored.record) };
    const migrated = migrateModel(from, { catalogue, features, catalogueHash, featuresHash });
    const policy = crowdPolicy(options, features, migrated.model.header.dimension);
    const { model, state } = fitOffsetRows(migrated.model, migrated.state, offsetRowsOf(policy), false) ?? migrated;
    const current = await add(store, model, state, nowMs);
    return finish(store, { current, features, policy, catalogueHash, origin: 'migrated' });
  }

  const dimension = options.dimension ?? undefined;
  const policy = crowdPolicy(options, features, dimension);
  const { model, state } = initialModel(catalogue, features, catalogueHash, featuresHash, {
    layout: policy.layout,
    ...(dimension === undefined ? {} : { dimension }),
  });
  const current = await add(store, model, state, nowMs);
  return finish(store, { current, features, policy, catalogueHash, origin: 'initial' });
}

function crowdPolicy(options: PublicationOptions, features: Features, dimension: number | undefined): Policy {
  // Through the parser, so that a policy below the floors stops the start and not each client.
  return parsePolicy(
    policyForCrowd({
      present: options.expectedPresence,
      items: features.items,
      featureColumns: features.columns,
      overrides: options.policy,
      ...(dimension === undefined ? {} : { dimension }),
    }),
  );
}

async function finish(store: Store, publication: Omit<Publication, 'policyHash'>): Promise<Publication> {
  const policyHash = hashOfPolicy(publication.policy);
  await store.putPolicy(policyHash, canonicalJson(publication.policy));
  return { ...publication, policyHash };
}

async function add(store: Store, model: Model, state: ServerState, publishedAt: number): Promise<CurrentModel> {
  const file = encodeModel(model);
  const hash = sha256Hex(file);
  const { version, catalogueHash, featuresHash } = model.header;
  const serverState = encodeServerState(state);
  await store.addModel({ version, hash, file, serverState, catalogueHash, featuresHash, roundId: null, publishedAt });
  return { model, state, hash, publishedAt };
}

interface Stored {
  readonly record: ModelRecord;
  readonly model: Model;
  readonly state: ServerState;
  readonly features: Features;
}

async function readStored(store: Store, record: ModelRecord): Promise<Stored> {
  const what = `model version ${record.version}`;
  if (sha256Hex(record.file) !== record.hash) throw unreadable(what, 'its bytes do not have the stored hash');
  const featureFile = await store.file('features', record.featuresHash);
  if (featureFile === null || sha256Hex(featureFile) !== record.featuresHash) {
    throw unreadable(what, 'its feature file is missing or does not have its hash');
  }
  try {
    const model = parseModel(record.file);
    if (model.header.version !== record.version) throw new RangeError(`its file says version ${model.header.version}`);
    return { record, model, state: parseServerState(record.serverState), features: parseFeatures(featureFile) };
  } catch (error) {
    throw unreadable(what, error instanceof Error ? error.message : String(error), error);
  }
}

async function readCatalogue(store: Store, record: ModelRecord): Promise<Catalogue> {
  const what = `the catalogue of model version ${record.version}`;
  const bytes = await store.file('catalogue', record.catalogueHash);
  if (bytes === null || sha256Hex(bytes) !== record.catalogueHash) {
    throw unreadable(what, 'it is missing or does not have its hash');
  }
  return parseCatalogue(JSON.parse(new TextDecoder().decode(bytes)));
}

function unreadable(what: string, why: string, cause?: unknown): StoreError {
  return new StoreError(
    'corrupt',
    `The database holds ${what}, which cannot be used: ${why}. Nothing was changed. ` +
      'Restore the database from a backup, or start with another data directory.',
    cause,
  );
}

function offsetRowsOf(policy: Policy): number {
  return policy.layout.parts.find((part) => part.name === 'offsets')?.rows ?? 0;
}

/**
 * The same model with offsets for the `rows` most popular items: those that had some keep them, the others start at 0.
 * Returns null when it has that many already. A new version unless `rises` is false.
 */
function fitOffsetRows(
  model: Model,
  state: ServerState,
  rows: number,
  rises = true,
): { model: Model; state: ServerState } | null {
  const { dimension, offsetRows, version } = model.header;
  if (offsetRows === rows) return null;
  const chosen = Array.from(model.popularity, (_, row) => row)
    .sort((a, b) => (model.popularity[b] ?? 0) - (model.popularity[a] ?? 0) || a - b)
    .slice(0, rows)
    .sort((a, b) => a - b);
  const places = new Map(Array.from(model.offsetItems, (item, place) => [item, place]));
  const carry = <Values extends Float32Array | Float64Array>(from: Values, to: Values): Values => {
    chosen.forEach((item, place) => {
      const old = places.get(item);
      if (old !== undefined) to.set(from.subarray(old * dimension, (old + 1) * dimension), place * dimension);
    });
    return to;
  };
  return {
    model: {
      ...model,
      header: { ...model.header, offsetRows: chosen.length, version: rises ? version + 1 : version },
      offsets: carry(model.offsets, new Float32Array(chosen.length * dimension)),
      offsetItems: Uint32Array.from(chosen),
    },
    state: { ...state, offsets: carry(state.offsets, new Float64Array(chosen.length * dimension)) },
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
