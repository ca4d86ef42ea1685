// Rows that an import did not take: counted by reason, and written to a file with file, line and reason.
import { closeSync, openSync, writeSync } from 'node:fs';

/** Beyond this many rows only the counting goes on. */
const rejectedRowsWritten = 1_000_000;
const reasonsCounted = 100;
const examplesKept = 5;
const textShown = 200;

export class RejectedRows {
  readonly #file: number;
  readonly #reasons = new Map<string, number>();
  readonly examples: string[] = [];
  count = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
    writeSync(this.#file, 'file,line,reason,text\n');
  }

  add(file: string, line: number, reason: string, text: string): void {
    this.count += 1;
    const kind = reason.replace(/, got .*$/s, '').replace(/ "[^"]*"/g, '');
    if (this.#reasons.has(kind) || this.#reasons.size < reasonsCounted) {
      this.#reasons.set(kind, (this.#reasons.get(kind) ?? 0) + 1);
    }
    if (this.examples.length < examplesKept) this.examples.push(`${file}, line ${line}: ${reason}`);
    if (this.count > rejectedRowsWritten) return;
    writeSync(this.#file, `${[file, String(line), reason, text.slice(0, textShown)].map(quoted).join(',')}\n`);
  }

  /** Count by reason, the most frequent first. */
  get reasons(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1]));
  }

  close(): void {
    closeSync(this.#file);
  }
}

const quoted = (field: string) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
