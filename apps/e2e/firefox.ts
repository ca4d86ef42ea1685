// Drives a stock Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it speaks itself: no driver program, no patched build.
// Only what the smoke test needs: one window, real clicks, calls into the page, and what went wrong there.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { findFirefox } from '../../scripts/browser.mjs';
import { temporaryFolder } from './harness.ts';

/** The Firefox to test with; when there is none, its tests are skipped with the one-line fix, and with CI=true they fail. */
export const firefoxPath = findFirefox();
export const noFirefox = firefoxPath === null && process.env.CI !== 'true';

const startTimeoutMs = 60_000;
const commandTimeoutMs = 60_000;

/** Nothing of Firefox's own goes to the network; the remote agent sets the other preferences that tests want. */
const preferences = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false,
};

export interface FirefoxPage {
  /** Errors of the console and uncaught ones, in words. */
  readonly errors: readonly string[];
  /** Every URL that the page asked for, in order. */
  readonly requests: readonly string[];
  readonly version: string;
  goto(url: string): Promise<void>;
  /** Runs a function that stands on its own in the page; its argument and its result pass as JSON. */
  call<Argument, Result>(run: (argument: Argument) => Result | Promise<Result>, argument: Argument): Promise<Result>;
  /** Waits until the function returns true after a change of the document. */
  waitUntil<Argument>(
    isTrue: (argument: Argument) => boolean,
    argument: Argument,
    what: string,
    timeoutMs?: number,
  ): Promise<void>;
  /** Scrolls the first element that matches into view and clicks it with the mouse. */
  click(selector: string): Promise<void>;
  close(): Promise<void>;
}

type Answer =
  | { type: 'success'; id: number; result: unknown }
  | { type: 'error'; id: number | null; error: string; message: string }
  | { type: 'event'; method: string; params: Record<string, unknown> };

/** Starts Firefox with an empty profile of its own and opens one window. */
export async function launchFirefox(): Promise<FirefoxPage> {
  if (firefoxPath === null) throw new Error('expected a Firefox, found none; set TACIT_FIREFOX=/path/to/firefox');
  const profile = temporaryFolder();
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const child = spawn(
    firefoxPath,
    ['--headless', '--no-remote', '--new-instance', '--profile', profile, '--remote-debugging-port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' } },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  try {
    const session = await Session.open(`${await listening(child, ended)}/session`);
    return await openPage(session, child, ended);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

/** The address that Firefox says it listens on. */
async function listening(child: ChildProcess, ended: Promise<void>): Promise<string> {
  if (child.stderr === null) throw new Error('expected the standard error of Firefox');
  const lines = createInterface({ input: child.stderr });
  let said = '';
  return new Promise((found, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`Firefox said no address in ${startTimeoutMs} ms:\n${said}`)),
      startTimeoutMs,
    );
    lines.on('line', (line) => {
      said += `${line}\n`;
      const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      found(address);
    });
    child.once('error', failed);
    void ended.then(() => {
      clearTimeout(timer);
      failed(new Error(`Firefox ended before it listened:\n${said}`));
    });
  });
}

/** Commands and events over one WebSocket. */
class Session {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { done: (result: unknown) => void; failed: (error: Error) => void }>();
  #lastId = 0;
  onEvent: (method: string, params: Record<string, unknown>) => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as Answer));
    socket.on('close', () => {
      for (const { failed } of this.#waiting.values()) failed(new Error('Firefox closed the connection'));
      this.#waiting.clear();
    });
  }

  static async open(address: string): Promise<Session> {
    const socket = new WebSocket(address);
    await new Promise<void>((open, failed) => {
      socket.once('open', open);
      socket.once('error', failed);
    });
    return new Session(socket);
  }

  send<Result>(method: string, params: object, timeoutMs = commandTimeoutMs): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<unknown>((done, failed) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        failed(new Error(`${method}: no answer in ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, {
        done: (result) => {
          clearTimeout(timer);
          done(result);
        },
        failed: (error) => {
          clearTimeout(timer);
          failed(new Error(`${method}: ${error.message}`));
        },
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    }) as Promise<Result>;
  }

  #receive(answer: Answer): void {
    if (answer.type === 'event') {
      this.onEvent(answer.method, answer.params);
      return;
    }
    if (answer.id === null) return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.type === 'success') waiting?.done(answer.result);
    else waiting?.failed(new Error(`${answer.error}: ${answer.message}`));
  }

  close(): void {
    this.#socket.close();
  }
}

interface CallResult {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

async function openPage(session: Session, child: ChildProcess, ended: Promise<void>): Promise<FirefoxPage> {
  const errors: string[] = [];
  const requests: string[] = [];
  session.onEvent = (method, params) => {
    if (method === 'log.entryAdded' && params.level === 'error') errors.push(String(params.text));
    if (method === 'network.beforeRequestSent') requests.push((params.request as { url: string }).url);
  };
  const { capabilities } = await session.send<{ capabilities: { browserVersion: string } }>('session.new', {
    capabilities: {},
  });
  await session.send('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'] });
  const { contexts } = await session.send<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
  const context = contexts[0]?.context;
  if (context === undefined) throw new Error('expected a window');

  async function evaluate(source: string, argument: unknown, timeoutMs = commandTimeoutMs): Promise<unknown> {
    const { type, result, exceptionDetails } = await session.send<CallResult>(
      'script.callFunction',
      {
        // Undefined has no JSON: it comes back as null.
        functionDeclaration: `async (argument) => JSON.stringify((await (${source})(JSON.parse(argument))) ?? null)`,
        arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
        target: { context },
        awaitPromise: true,
      },
      timeoutMs,
    );
    if (type === 'exception') throw new Error(exceptionDetails?.text ?? 'the page threw');
    return JSON.parse(String(result?.value));
  }

  return {
    errors,
    requests,
    version: capabilities.browserVersion,
    async goto(url) {
      await session.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async call(run, argument) {
      return (await evaluate(run.toString(), argument)) as never;
    },
    async waitUntil(isTrue, argument, what, timeoutMs = commandTimeoutMs) {
      const source = `(argument) => new Promise((done) => {
        const isTrue = ${isTrue.toString()};
        const finish = (result) => { observer.disconnect(); clearTimeout(timer); done(result); };
        const look = () => { if (isTrue(argument)) finish(true); };
        const observer = new MutationObserver(look);
        const timer = setTimeout(() => finish(false), ${timeoutMs});
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        look();
      })`;
      if ((await evaluate(source, argument, timeoutMs + commandTimeoutMs)) === true) return;
      const shown = await evaluate('() => document.body.innerText.slice(0, 2000)', null);
      throw new Error(`waited ${timeoutMs} ms for ${what}; the page shows:\n${String(shown)}`);
    },
    async click(selector) {
      const { nodes } = await session.send<{ nodes: { sharedId: string }[] }>('browsingContext.locateNodes', {
        context,
        locator: { type: 'css', value: selector },
        maxNodeCount: 1,
      });
      const element = nodes[0];
      if (element === undefined) throw new Error(`click: nothing matches ${selector}`);
      await session.send('script.callFunction', {
        functionDeclaration: `(element) => element.scrollIntoView({ block: 'center', behavior: 'instant' })`,
        arguments: [{ sharedId: element.sharedId }],
        target: { context },
        awaitPromise: false,
      });
      await session.send('input.performActions', {
        context,
        actions: [
          {
            type: 'pointer',
            id: 'mouse',
            actions: [
              {
                type: 'pointerMove',
                x: 0,
                y: 0,
                origin: { type: 'element', element: { sharedId: element.sharedId } },
              },
              { type: 'pointerDown', button: 0 },
              { type: 'pointerUp', button: 0 },
            ],
          },
        ],
      });
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        // It ends without an answer now and then; the process's end is what counts.
        await session.send('browser.close', {}, 5_000).catch(() => child.kill('SIGKILL'));
      }
      session.close();
      await ended;
    },
  };
}
