// What the server starts from: the stored model when it is this catalogue's and this learner's, one migrated to the catalogue, or the
// content-initialised first one. And the policy that this crowd can carry.
import { randomBytes } from 'node:crypto';
import { computeFeatures } from '#shared/catalogue/features.ts';
import { catalogueHash as hashOfCatalogue, parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { effectiveItems } from '#shared/learners/co-occurrence/rules.ts';
import { publicPopularity } from '#shared/learners/popularity.ts';
import {
  encodeLearnerState,
  fitLearned,
  initialLearned,
  type Learned,
  migrateLearned,
  parseLearnerState,
} from '#shared/learners/server.ts';
import { type CrowdOverrides, policyForCrowd } from '#shared/model/crowd.ts';
import { encodeFeatures, encodeModel, isOlderModel, parseFeatures, parseModel } from '#shared/model/file.ts';
import type { Features, LearnerName, Model } from '#shared/model/model.ts';
import { canonicalJson, sha256Hex } from '#shared/protocol/canonical.ts';
import { policyHash as hashOfPolicy, type Policy, parsePolicy } from '#shared/protocol/policy.ts';
import type { CurrentModel } from './coordinator.ts';
import { ServerStartError } from './data-directory.ts';
import { type ModelRecord, type Store, StoreError } from './store/store.ts';

export interface PublicationOptions {
  readonly catalogue: Catalogue;
  readonly learner: LearnerName;
  readonly expectedPresence: number;
  /** Different people of an epoch; null: as the crowd's rule has it. */
  readonly expectedPeople: number | null;
  readonly policy: CrowdOverrides;
  readonly dimension: number | null;
  /** K of `co-occurrence`. Default: by its rule. */
  readonly chosenItems?: number | undefined;
  readonly nowMs: number;
  /** Called with the policy before a model of it is stored; what it throws ends the opening. */
  readonly accept?: (policy: Policy) => void;
  /** Name of a federation that begins, 32 hex characters. Default: a random one. */
  readonly federation?: string;
}

export interface Publication {
  readonly current: CurrentModel;
  readonly features: Features;
  readonly policy: Policy;
  readonly policyHash: string;
  readonly catalogueHash: string;
  /** How the model came to be, for the log. */
  readonly origin: 'stored' | 'migrated' | 'initial';
  /** In words what of the stored model does not go on, for the log; null where all of it does. The old versions stay in the store as they are. */
  readonly lost: string | null;
}

/**
 * Makes sure that the store holds a model for this catalogue, learner and policy, publishing a new version where it must.
 * Throws StoreError `corrupt` when what is stored does not match its hashes, and ServerStartError `impossible-policy` or ProtocolError for a policy that
 * cannot be.
 */
export async function openPublication(store: Store, options: PublicationOptions): Promise<Publication> {
  const { catalogue, nowMs } = options;
  const catalogueHash = hashOfCatalogue(catalogue);
  const record = await store.latestModel();
  const replaced = record === null ? null : whyReplaced(record, options.learner);
  const stored = record === null || replaced !== null ? null : await readStored(store, record);

  if (stored !== null && stored.record.catalogueHash === catalogueHash) {
    const { features } = stored;
    const policy = crowdPolicy(options, features, dimensionOf(stored.learned.model));
    const fitted = fitLearned(stored.learned, policy, features);
    const current =
      fitted === null
        ? { ...stored.learned, hash: stored.record.hash, publishedAt: stored.record.publishedAt }
        : await add(store, risen(fitted, stored.record.version), nowMs);
    return finish(store, { current, features, policy, catalogueHash, origin: 'stored', lost: fitted?.lost ?? null });
  }

  const features = computeFeatures(catalogue.items);
  const featureFile = encodeFeatures(features);
  const featuresHash = sha256Hex(featureFile);
  await store.putFile('features', featuresHash, featureFile);
  await store.putFile('catalogue', catalogueHash, utf8(canonicalJson(catalogue)));

  if (stored !== null) {
    const from = { catalogue: await readCatalogue(store, stored.record), features: stored.features };
    const migrated = migrateLearned(stored.learned, from, { catalogue, features, catalogueHash, featuresHash });
    const policy = crowdPolicy(options, features, dimensionOf(migrated.model));
    const fitted = fitLearned(migrated, policy, features);
    const lost = [migrated.lost, fitted?.lost ?? null].filter((text) => text !== null).join('; ');
    const current = await add(store, risen(fitted ?? migrated, stored.record.version), nowMs);
    return finish(store, {
      current,
      features,
      policy,
      catalogueHash,
      origin: 'migrated',
      lost: lost === '' ? null : lost,
    });
  }

  const { dimension } = options;
  const policy = crowdPolicy(options, features, dimension);
  const federation = options.federation ?? randomBytes(16).toString('hex');
  const first = initialLearned({ policy, catalogue, features, catalogueHash, featuresHash, federation, dimension });
  const current = await add(store, risen(first, record?.version ?? 0), nowMs);
  return finish(store, { current, features, policy, catalogueHash, origin: 'initial', lost: replaced });
}

function crowdPolicy(options: PublicationOptions, features: Features, dimension: number | null): Policy {
  // Through the parser, so that a policy below the floors stops the start and not each client.
  const policy = parsePolicy(possiblePolicy(options, features, dimension));
  options.accept?.(policy);
  return policy;
}

function possiblePolicy(options: PublicationOptions, features: Features, dimension: number | null): Policy {
  try {
    return policyForCrowd({
      learner: options.learner,
      present: options.expectedPresence,
      items: features.items,
      effectiveItems: effectiveItems(publicPopularity(options.catalogue)),
      featureColumns: features.columns,
      overrides: options.policy,
      ...(dimension === null ? {} : { dimension }),
      ...(options.expectedPeople === null ? {} : { people: options.expectedPeople }),
      ...(options.chosenItems === undefined ? {} : { chosenItems: options.chosenItems }),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ServerStartError(
      'impossible-policy',
      `The policy that was asked for cannot be: ${error.message}.`,
      error,
    );
  }
}

function dimensionOf(model: Model): number | null {
  return model.learner === 'reconstruction' ? model.header.dimension : null;
}

async function finish(store: Store, publication: Omit<Publication, 'policyHash'>): Promise<Publication> {
  const policyHash = hashOfPolicy(publication.policy);
  await store.putPolicy(policyHash, canonicalJson(publication.policy));
  return { ...publication, policyHash };
}

/** One version after the stored one. */
function risen({ model, state }: Learned, version: number): Learned {
  const header = { ...model.header, version: version + 1 };
  // The header is the model's own but for the version.
  return { model: { ...model, header } as Model, state };
}

async function add(store: Store, { model, state }: Learned, publishedAt: number): Promise<CurrentModel> {
  const file = encodeModel(model);
  const hash = sha256Hex(file);
  const { version, catalogueHash, featuresHash } = model.header;
  const serverState = encodeLearnerState(state);
  await store.addModel({ version, hash, file, serverState, catalogueHash, featuresHash, roundId: null, publishedAt });
  return { model, state, hash, publishedAt };
}

interface Stored {
  readonly record: ModelRecord;
  readonly learned: Learned;
  readonly features: Features;
}

/** Why a stored model does not go on, in words; null where it does. Its bytes are what was stored. */
function whyReplaced(record: ModelRecord, learner: LearnerName): string | null {
  if (sha256Hex(record.file) !== record.hash) return null;
  const what = `model version ${record.version}`;
  if (isOlderModel(record.file))
    return `${what} is of a format from before there were learners, which is not read any more`;
  let model: Model;
  try {
    model = parseModel(record.file);
  } catch {
    return null;
  }
  return model.learner === learner ? null : `${what} is of ${model.learner}, and the federation is now of ${learner}`;
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
    const state = parseLearnerState(model.learner, record.serverState);
    return { record, learned: { model, state }, features: parseFeatures(featureFile) };
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

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
