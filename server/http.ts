// HTTP: the page, what is fetched by hash, the state of the service, and the operator's switch. PROTOCOL.md 2.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { verdicts } from '#shared/adviser/gain.ts';
import type { Judgement } from '#shared/adviser/harm.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import { roundsLeft } from '#shared/learners/place.ts';
import { crowdPrivacyInWords, trainableInWords } from '#shared/model/crowd.ts';
import { learnerNames } from '#shared/model/model.ts';
import { canonicalJson } from '#shared/protocol/canonical.ts';
import { type Policy, phaseNames, roundPolicyOf } from '#shared/protocol/policy.ts';
import type { Bodies, Body } from './bodies.ts';
import { isLoopbackAuthority, isLoopbackHost } from './config.ts';
import type { Coordinator } from './coordinator.ts';
import type { Deltas } from './deltas.ts';
import {
  headersTimeoutMs,
  idleConnectionMs,
  maxBodyBytes,
  maxConnections,
  maxHeaderBytes,
  requestTimeoutMs,
} from './limits.ts';
import { stages } from './round.ts';
import type { Telemetry } from './telemetry.ts';

export interface HttpOptions {
  readonly version: string;
  readonly coordinator: Coordinator;
  readonly telemetry: Telemetry;
  readonly policy: Policy;
  readonly policyHash: string;
  readonly catalogue: Pick<Catalogue, 'name' | 'licence' | 'items'>;
  readonly catalogueHash: string;
  readonly models: Bodies;
  readonly deltas: Deltas;
  readonly features: Bodies;
  readonly catalogues: Bodies;
  /** What the adviser says of the policy and the crowd that is expected. */
  readonly advice: Judgement;
  readonly staticDir: string | null;
  readonly simulatedParticipants: () => number;
  /** It listens on a loopback address: no other name may lead to it. */
  readonly isLocal: boolean;
  /** null: there is no operator's token, so nobody may use the switch. */
  readonly isOperatorToken: ((text: string) => boolean) | null;
  /** Whether the store answers. */
  readonly isReady: () => Promise<boolean>;
}

/** The page's own routes: all are index.html. */
const pageRoutes = ['/', '/item/:id', '/part', '/data', '/privacy'];
const forEver = 'public, max-age=31536000, immutable';

/** An Fastify instance with all routes, not yet listening. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app = Fastify({
    // Requests are not logged: a route may name an item.
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: idleConnectionMs,
    forceCloseConnections: true,
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs },
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: answerMalformed,
    frameworkErrors: (error, _request, reply) => {
      void fail(reply, 400, 'bad-request', `${error.message}. The routes are listed at /docs.`);
    },
    trustProxy: false,
  });
  app.server.maxConnections = maxConnections;
  app.server.maxHeadersCount = 100;

  answerErrors(app, options.telemetry);
  app.addHook('onRequest', async (request, reply) => {
    // A name that points here from elsewhere must not make a server for this machine alone part of another site.
    if (options.isLocal && !isLoopbackAuthority(request.headers.host)) {
      const message = `Expected localhost, 127.0.0.1 or [::1] as the host, got ${shown(request.hostname)}. Open the address that the server printed.`;
      return fail(reply, 421, 'wrong-host', message);
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    options.telemetry.request(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
  });
  await app.register(helmet, helmetOptions(importMapSources(options.staticDir)));
  await app.register(swagger, { openapi: openapi(options.version) });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Its page sets style attributes; nothing else of it differs from our own policy.
    staticCSP:
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
  });

  stateRoutes(app, options);
  fileRoutes(app, options);
  operatorRoutes(app, options);
  healthRoutes(app, options);
  await pageAndAssets(app, options.staticDir);
  return app;
}

function stateRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { coordinator, policy, policyHash, catalogue, catalogueHash, advice } = options;
  const policyJson = canonicalJson(policy);
  const inWords = trainableInWords(policy);
  const crowdInWords = crowdPrivacyInWords(policy);

  app.get(
    '/v1/status',
    { schema: { summary: 'The state of the service', tags: ['state'], response: { 200: statusSchema } } },
    async (_request, reply) => {
      const { model, hash, publishedAt } = coordinator.model;
      const { header } = model;
      const rules = roundPolicyOf(policy, header.phase);
      reply.header('cache-control', 'no-store');
      return {
        product: 'tacit',
        version: options.version,
        model: {
          version: header.version,
          hash,
          items: header.items,
          learner: model.learner,
          epoch: header.epoch,
          phase: header.phase,
          phaseName: policy.phases[header.phase]?.name,
          phases: policy.phases.length,
          roundsLeft: roundsLeft(policy, header),
          publishedAt: new Date(publishedAt).toISOString(),
          featuresHash: header.featuresHash,
        },
        round: coordinator.round(),
        rounds: coordinator.counts,
        stopped: coordinator.stopped,
        policy: {
          hash: policyHash,
          mode: policy.mode,
          noiseMultiplier: rules.noiseMultiplier,
          clippingBoundL2: rules.clippingBoundL2,
          delta: policy.delta,
          epsilonCap: policy.epsilonCap,
          minCohort: policy.minCohort,
          maxCohort: policy.maxCohort,
          cooldownMs: policy.cooldownMs,
          trainable: rules.layout.length,
          trainableInWords: inWords,
          crowdInWords,
        },
        catalogue: {
          name: catalogue.name,
          hash: catalogueHash,
          items: catalogue.items.length,
          licence: catalogue.licence,
        },
        advice: {
          verdict: advice.verdict,
          crowd: advice.crowd,
          leastCrowd: advice.leastCrowd,
          signal: advice.signal,
          harmfulBelow: advice.harmfulBelow,
          helpsFrom: advice.helpsFrom,
          inWords: advice.why,
        },
        simulatedParticipants: options.simulatedParticipants(),
      };
    },
  );

  app.get(
    '/v1/policy',
    {
      schema: {
        summary: 'The current policy as canonical JSON; its SHA-256 is the policy hash',
        tags: ['state'],
        response: { 200: openObject },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-cache').header('etag', `"${policyHash}"`);
      if (isHeld(request, policyHash)) return notModified(reply);
      // The very bytes that are hashed; a serializer might write them otherwise.
      return reply.type('application/json; charset=utf-8').serializer(String).send(policyJson);
    },
  );
}

function fileRoutes(app: FastifyInstance, options: HttpOptions): void {
  const kinds = [
    { path: '/v1/models', bodies: options.models, type: 'application/octet-stream', what: 'model file' },
    { path: '/v1/features', bodies: options.features, type: 'application/octet-stream', what: 'feature file' },
    { path: '/v1/catalogues', bodies: options.catalogues, type: 'application/json; charset=utf-8', what: 'catalogue' },
  ];
  for (const { path, bodies, type, what } of kinds) {
    app.get<{ Params: { hash: string } }>(
      `${path}/:hash`,
      {
        schema: {
          summary: `A ${what} by the SHA-256 of its bytes`,
          tags: ['files'],
          params: {
            type: 'object',
            properties: { hash: { type: 'string', description: '64 lower-case hex characters' } },
            required: ['hash'],
          },
        },
      },
      async (request, reply) => {
        const { hash } = request.params;
        if (!hexHash.test(hash)) {
          return fail(
            reply,
            400,
            'bad-hash',
            `Expected 64 lower-case hex characters, got ${shown(hash)}. See /v1/status.`,
          );
        }
        const from = rangeFrom(request, hash);
        const whole = from === null ? null : await bodies.plain(hash);
        if (from !== null && whole !== null) return sendFrom(reply, type, hash, whole, from);
        const body = await bodies.get(hash, request.headers['accept-encoding']);
        if (body === null) {
          return fail(
            reply,
            404,
            'not-found',
            `There is no ${what} ${hash} here. The current one is named in /v1/status.`,
          );
        }
        return sendBody(request, reply, type, hash, body);
      },
    );
  }
  app.get<{ Params: { hash: string; base: string } }>(
    '/v1/models/:hash/from/:base',
    {
      schema: {
        summary:
          'The newest model file as a delta from one of the last few; 404 where there is none, and then the whole file is to be had',
        tags: ['files'],
        params: {
          type: 'object',
          properties: { hash: { type: 'string' }, base: { type: 'string' } },
          required: ['hash', 'base'],
        },
      },
    },
    async (request, reply) => {
      const { hash, base } = request.params;
      const bad = [hash, base].find((name) => !hexHash.test(name));
      if (bad !== undefined)
        return fail(
          reply,
          400,
          'bad-hash',
          `Expected 64 lower-case hex characters, got ${shown(bad)}. See /v1/status.`,
        );
      const body = await options.deltas.get(hash, base, request.headers['accept-encoding']);
      if (body === null) {
        // What is no delta now may be one for a client that comes later: only an answer is kept.
        reply.header('cache-control', 'no-store');
        return fail(reply, 404, 'no-delta', `There is no delta here from ${base}. Get /v1/models/${hash}.`);
      }
      return sendBody(request, reply, 'application/octet-stream', `${hash}.${base}`, body);
    },
  );
}

const hexHash = /^[0-9a-f]{64}$/;

function sendBody(request: FastifyRequest, reply: FastifyReply, type: string, name: string, body: Body): FastifyReply {
  reply.header('cache-control', forEver).header('vary', 'accept-encoding').header('etag', body.etag);
  reply.header('accept-ranges', 'bytes');
  if (isHeld(request, name)) return notModified(reply);
  if (body.encoding !== null) reply.header('content-encoding', body.encoding);
  return reply.type(type).send(body.bytes);
}

/** Where a download is to go on that was cut: `Range: bytes=N-` alone, and only of the bytes that If-Range names. null: from the start. */
function rangeFrom(request: FastifyRequest, hash: string): number | null {
  const { range } = request.headers;
  const from = /^bytes=(\d{1,12})-$/.exec(range ?? '')?.[1];
  const condition = request.headers['if-range'];
  if (from === undefined || (condition !== undefined && condition !== `"${hash}"`)) return null;
  return Number(from);
}

/** The rest of a file as it is: parts of an encoded form would be of use to nobody. */
function sendFrom(reply: FastifyReply, type: string, hash: string, whole: Buffer, from: number): FastifyReply {
  reply.header('cache-control', forEver).header('vary', 'accept-encoding').header('etag', `"${hash}"`);
  reply.header('accept-ranges', 'bytes');
  if (from >= whole.length) {
    reply.header('content-range', `bytes */${whole.length}`).header('cache-control', 'no-store');
    return fail(reply, 416, 'bad-range', `Expected a start below ${whole.length}, got ${from}.`);
  }
  reply.header('content-range', `bytes ${from}-${whole.length - 1}/${whole.length}`);
  return reply.code(206).type(type).send(whole.subarray(from));
}

function operatorRoutes(app: FastifyInstance, options: HttpOptions): void {
  const { coordinator, isOperatorToken } = options;
  const switches = [
    { path: '/v1/stop', summary: 'Stops all rounds at once', act: () => coordinator.stop() },
    { path: '/v1/resume', summary: 'Allows rounds again', act: () => coordinator.resume() },
  ];
  for (const { path, summary, act } of switches) {
    app.post(
      path,
      {
        schema: {
          summary,
          description: 'From a loopback address, with the token in DIR/operator-token.',
          tags: ['operator'],
          security: [{ operatorToken: [] }],
        },
      },
      async (request, reply) => {
        if (!isLoopbackHost(request.socket.remoteAddress ?? '')) {
          return fail(reply, 403, 'not-loopback', 'Expected a request from the machine itself. Run it there.');
        }
        const token = /^Bearer (\S{1,256})$/.exec(request.headers.authorization ?? '')?.[1];
        if (isOperatorToken === null || token === undefined || !isOperatorToken(token)) {
          reply.header('www-authenticate', 'Bearer');
          const message =
            'Expected "Authorization: Bearer TOKEN" with the text of operator-token in the data directory.';
          return fail(reply, 401, 'unauthorized', message);
        }
        await act();
        return { stopped: coordinator.stopped };
      },
    );
  }
}

function healthRoutes(app: FastifyInstance, options: HttpOptions): void {
  app.get('/healthz', { schema: { summary: 'The process answers', tags: ['operations'] } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get(
    '/readyz',
    { schema: { summary: 'The store answers and models can be served', tags: ['operations'] } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      if (await options.isReady()) return { status: 'ready' };
      return fail(reply, 503, 'not-ready', 'The store does not answer. See the log of the server.');
    },
  );
  app.get(
    '/metrics',
    { schema: { summary: 'Prometheus metrics, without identifiers', tags: ['operations'] } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(options.telemetry.registry.contentType);
      return options.telemetry.registry.metrics();
    },
  );
}

async function pageAndAssets(app: FastifyInstance, staticDir: string | null): Promise<void> {
  if (staticDir === null || !existsSync(join(staticDir, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      fail(
        reply,
        404,
        'no-page',
        'This server was started without a built page. Run npm run build; the service is described at /docs.',
      ),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: staticDir,
    index: false,
    redirect: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Built assets carry a hash in their name; everything else is asked for again.
      const hashed = /[\\/]assets[\\/][^\\/]+$/.test(path);
      response.setHeader('cache-control', hashed ? forEver : 'no-cache');
    },
  });
  for (const route of pageRoutes) {
    app.get(route, { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'));
  }
}

/** Every error as {error: {code, message}}; what is our own fault says nothing about its inside. */
function answerErrors(app: FastifyInstance, telemetry: Telemetry): void {
  app.setNotFoundHandler(async (request, reply) =>
    fail(
      reply,
      404,
      'not-found',
      `There is no ${request.method} ${shown(pathOf(request))} here. The routes are listed at /docs.`,
    ),
  );
  app.setErrorHandler(async (error: unknown, _request, reply) => {
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) {
      const message = error instanceof Error ? error.message : 'The request was not understood.';
      if (status === 413) {
        return fail(reply, 413, 'too-large', `Expected a body of at most ${maxBodyBytes} bytes, got more. Send less.`);
      }
      return fail(reply, status, status === 415 ? 'wrong-type' : 'bad-request', `${message}. See /docs.`);
    }
    telemetry.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a request failed');
    return fail(
      reply,
      500,
      'server-error',
      'The server failed to answer. Try again; the log of the server has the reason.',
    );
  });
}

/** What Node's parser refuses before there is a request: too long headers, too slow, not HTTP. */
function answerMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  const [status, code, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [
          '431 Request Header Fields Too Large',
          'too-large',
          `Expected headers of at most ${maxHeaderBytes} bytes, got more.`,
        ]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'timeout', `Expected a request within ${requestTimeoutMs} ms. Try again.`]
        : ['400 Bad Request', 'bad-request', 'Expected an HTTP/1.1 request, got something else.'];
  if (socket.writable) {
    const body = JSON.stringify({ error: { code, message } });
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

function fail(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error: { code, message } });
}

function notModified(reply: FastifyReply): FastifyReply {
  return reply.code(304).send();
}

/** Whether If-None-Match names this content in any encoding. @param hash letters, digits and points. */
function isHeld(request: FastifyRequest, hash: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  return header.split(',').some((tag) => {
    const name = tag.trim();
    return name === '*' || new RegExp(`^(W/)?"${hash.replace('.', '\\.')}(-br|-gzip)?"$`).test(name);
  });
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** The page's only inline script is its import map, which holds hashes and no code: allowed by its own hash. */
function importMapSources(staticDir: string | null): string[] {
  const index = join(staticDir ?? '', 'index.html');
  if (staticDir === null || !existsSync(index)) return [];
  const maps = readFileSync(index, 'utf8').matchAll(/<script type="importmap">([^<]*)<\/script>/g);
  return [...maps].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
}

const helmetOptions = (importMaps: readonly string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false as const,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'", ...importMaps],
      workerSrc: ["'self'"],
      // 'self' does not cover ws: in every browser.
      connectSrc: ["'self'", (request: IncomingMessage) => socketSource(request.headers.host)],
      imgSrc: ["'self'", 'data:', 'blob:'],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // The server speaks HTTP; a proxy that adds TLS adds this header.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' as const },
});

function socketSource(host: string | undefined): string {
  return host !== undefined && /^[\w.-]+(:\d{1,5})?$|^\[[\da-fA-F:]+\](:\d{1,5})?$/.test(host)
    ? `ws://${host} wss://${host}`
    : "'self'";
}

const openObject = { type: 'object', additionalProperties: true } as const;
const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;
const real = { type: 'number' } as const;

const statusSchema = {
  type: 'object',
  properties: {
    product: text,
    version: text,
    model: {
      type: 'object',
      properties: {
        version: whole,
        hash: text,
        items: whole,
        learner: { type: 'string', enum: learnerNames },
        epoch: { type: 'integer', description: 'From 1: all phases once are an epoch.' },
        phase: { type: 'integer', description: 'Place of the next round among the phases of the policy, from 0.' },
        phaseName: { type: 'string', enum: phaseNames },
        phases: { type: 'integer', description: 'How many phases an epoch has.' },
        roundsLeft: { type: 'integer', nullable: true, description: 'In this phase; null where it has no end.' },
        publishedAt: { type: 'string', format: 'date-time' },
        featuresHash: text,
      },
    },
    round: {
      type: 'object',
      nullable: true,
      description: 'The open round; null while nobody is in it.',
      properties: {
        id: text,
        state: { type: 'string', enum: stages },
        joined: whole,
        needed: whole,
        deadlineMs: {
          type: 'number',
          description: 'What is left of the stage, ms; 0 while it waits for people without a deadline.',
        },
      },
    },
    rounds: { type: 'object', properties: { completed: whole, failed: whole } },
    stopped: { type: 'boolean', description: 'The operator has stopped all rounds.' },
    policy: {
      type: 'object',
      properties: {
        hash: text,
        mode: whole,
        noiseMultiplier: { type: 'number', description: 'Of this phase, as the clipping bound and the numbers are.' },
        clippingBoundL2: real,
        delta: real,
        epsilonCap: real,
        minCohort: whole,
        maxCohort: whole,
        cooldownMs: real,
        trainable: { type: 'integer', description: 'D: numbers in an update.' },
        trainableInWords: text,
        crowdInWords: text,
      },
    },
    catalogue: { type: 'object', properties: { name: text, hash: text, items: whole, licence: text } },
    advice: {
      type: 'object',
      description:
        'What the adviser says of this policy for the crowd that the operator expects: a law, not a measurement.',
      properties: {
        verdict: { type: 'string', enum: verdicts },
        crowd: { type: 'integer', description: 'Different people who are expected to take part.' },
        leastCrowd: { type: 'integer', description: 'The smallest crowd for which this policy is not judged harmful.' },
        signal: {
          type: 'number',
          description: 'One person over the noise of the mean, relative to the size of the catalogue.',
        },
        harmfulBelow: real,
        helpsFrom: { type: 'number', nullable: true },
        inWords: text,
      },
    },
    simulatedParticipants: whole,
  },
} as const;

function openapi(version: string) {
  return {
    // `nullable` is a word of 3.0; 3.1 would not know it.
    openapi: '3.0.3',
    info: {
      title: 'Tacit',
      version,
      description:
        'A recommender that learns together: models, features and catalogues by content hash, the policy, and the state of the service. Rounds themselves go over socket.io at /v1/socket; PROTOCOL.md describes them.',
    },
    tags: [
      { name: 'state', description: 'What the service is doing' },
      { name: 'files', description: 'Immutable, by hash' },
      { name: 'operations', description: 'For monitoring' },
      { name: 'operator', description: 'The switch that stops all rounds' },
    ],
    components: { securitySchemes: { operatorToken: { type: 'http' as const, scheme: 'bearer' } } },
  };
}
