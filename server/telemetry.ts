// Logs and metrics: counts and stages only. No address, no socket id, no key, no resume token and no URL goes in here.
import pino, { type DestinationStream, type Logger } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AbortCode, RefusalCode } from '#shared/protocol/messages.ts';
import type { LogLevel } from './config.ts';
import { type Stage, stages } from './round.ts';

export class Telemetry {
  readonly log: Logger;
  readonly registry = new Registry();
  readonly #rounds: Counter<'outcome'>;
  readonly #stage: Gauge<'stage'>;
  readonly #joined: Gauge;
  readonly #uploads: Counter;
  readonly #uploadBytes: Counter;
  readonly #refused: Counter<'code'>;
  readonly #sockets: Gauge;
  readonly #cut: Counter<'reason'>;
  readonly #version: Gauge;
  readonly #requests: Histogram<'route' | 'status'>;

  /** @param logs standard error unless said otherwise. */
  constructor(level: LogLevel, logs: DestinationStream = pino.destination({ fd: 2, sync: true })) {
    this.log = pino({ level, base: null }, logs);
    const registers = [this.registry];
    this.#rounds = new Counter({
      name: 'tacit_rounds_total',
      help: 'Rounds that ended, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.#stage = new Gauge({
      name: 'tacit_round_stage',
      help: '1 for the stage of the open round.',
      labelNames: ['stage'],
      registers,
    });
    this.#joined = new Gauge({ name: 'tacit_round_joined', help: 'People in the open round.', registers });
    this.#uploads = new Counter({ name: 'tacit_uploads_total', help: 'Uploads added to a sum.', registers });
    this.#uploadBytes = new Counter({
      name: 'tacit_upload_bytes_total',
      help: 'Bytes of uploads added to a sum.',
      registers,
    });
    this.#refused = new Counter({
      name: 'tacit_refused_total',
      help: 'Messages refused, by code.',
      labelNames: ['code'],
      registers,
    });
    this.#sockets = new Gauge({ name: 'tacit_sockets', help: 'Open sockets.', registers });
    this.#cut = new Counter({
      name: 'tacit_sockets_cut_total',
      help: 'Sockets refused or closed by the server, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#version = new Gauge({ name: 'tacit_model_version', help: 'Version of the published model.', registers });
    this.#requests = new Histogram({
      name: 'tacit_http_request_seconds',
      help: 'HTTP requests, by route pattern and status.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
      registers,
    });
    new Gauge({
      name: 'tacit_resident_memory_bytes',
      help: 'Resident memory of the process.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  roundStage(stage: Stage, joined: number): void {
    for (const name of stages) {
      this.#stage.set({ stage: name }, name === stage ? 1 : 0);
    }
    this.#joined.set(joined);
  }

  roundPublished(version: number, cohort: number): void {
    this.#rounds.inc({ outcome: 'published' });
    this.#version.set(version);
    this.log.info({ version, cohort }, 'model published');
  }

  roundAborted(code: AbortCode): void {
    this.#rounds.inc({ outcome: code });
    this.log.info({ code }, 'round aborted');
  }

  modelVersion(version: number): void {
    this.#version.set(version);
  }

  uploadAdded(bytes: number): void {
    this.#uploads.inc();
    this.#uploadBytes.inc(bytes);
  }

  refused(code: RefusalCode): void {
    this.#refused.inc({ code });
  }

  sockets(count: number): void {
    this.#sockets.set(count);
  }

  socketCut(reason: 'per-address' | 'total' | 'host' | 'origin' | 'rate' | 'unread' | 'too-large' | 'slow'): void {
    this.#cut.inc({ reason });
  }

  request(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds);
  }
}
