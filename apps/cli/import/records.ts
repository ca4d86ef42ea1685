// Delimited text to records (RFC 4180, and the forms of MovieLens): quotes, doubled quotes, line ends within quotes, broken rows.
// A broken row costs itself alone: after a quote that never closes, reading goes on at the next line.

export interface RecordSink {
  /** A record and the number of its first line. Returns why the record is not acceptable, or null. */
  accept(fields: readonly string[], line: number): string | null;
  /** A line that yields no acceptable record. */
  reject(line: number, reason: string, text: string): void;
}

/** A record spans at most so many lines and characters; beyond that a quote was never closed. */
const recordLines = 50;
const recordLength = 65_536;

/** Splits a record; a string says what is wrong with it. `unclosed` means that the record may go on in the next line. */
export function splitRecord(text: string, delimiter: string): readonly string[] | 'unclosed' | 'text after a quote' {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = '';
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) return 'unclosed';
        field += text.slice(from, quote);
        if (text[quote + 1] !== '"') {
          at = quote + 1;
          break;
        }
        field += '"';
        from = quote + 2;
      }
      fields.push(field);
      if (at >= text.length) return fields;
      if (!text.startsWith(delimiter, at)) return 'text after a quote';
      at += delimiter.length;
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return fields;
      at = end + delimiter.length;
    }
  }
}

/** Turns lines into records. Feed every line in order, then call `end`. */
export class RecordReader {
  readonly #delimiter: string;
  readonly #sink: RecordSink;
  #pending: { readonly line: number; readonly text: string }[] = [];
  #pendingLength = 0;

  constructor(delimiter: string, sink: RecordSink) {
    this.#delimiter = delimiter;
    this.#sink = sink;
  }

  push(text: string | null, line: number): void {
    if (text === null) {
      this.end();
      this.#sink.reject(line, 'longer than 1 MiB', '');
      return;
    }
    if (this.#pending.length > 0) this.#continue(text, line);
    else if (text !== '') this.#take(text, line);
  }

  /** No more lines: what is pending was never closed. */
  end(): void {
    while (this.#pending.length > 0) this.#giveUp('a quote is opened and never closed');
  }

  #take(text: string, line: number): void {
    const record = splitRecord(text, this.#delimiter);
    if (record === 'unclosed') {
      this.#pending = [{ line, text }];
      this.#pendingLength = text.length;
    } else {
      const reason = typeof record === 'string' ? record : this.#sink.accept(record, line);
      if (reason !== null) this.#sink.reject(line, reason, text);
    }
  }

  #continue(text: string, line: number): void {
    this.#pending.push({ line, text });
    this.#pendingLength += text.length + 1;
    if (this.#pending.length > recordLines || this.#pendingLength > recordLength) {
      this.#giveUp('a quote is opened and never closed');
      return;
    }
    // Only a line with a quote can close one.
    if (!text.includes('"')) return;
    const joined = this.#pending.map((part) => part.text).join('\n');
    const record = splitRecord(joined, this.#delimiter);
    if (record === 'unclosed') return;
    const reason = typeof record === 'string' ? record : this.#sink.accept(record, this.#pending[0]?.line ?? line);
    if (reason === null) this.#pending = [];
    else this.#giveUp(reason);
  }

  /** Rejects the first pending line alone and reads the others anew. */
  #giveUp(reason: string): void {
    const [broken, ...others] = this.#pending;
    this.#pending = [];
    if (broken === undefined) return;
    this.#sink.reject(broken.line, reason, broken.text);
    for (const { text, line } of others) this.push(text, line);
  }
}

/** The delimiter of a header line: the one of comma, semicolon, tab and bar that splits it into most fields. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t', '|', '::'].map((delimiter) => {
    const record = splitRecord(header, delimiter);
    return { delimiter, fields: typeof record === 'string' ? 0 : record.length };
  });
  return counts.reduce((best, next) => (next.fields > best.fields ? next : best)).delimiter;
}
