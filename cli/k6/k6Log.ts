/** The log of k6 (logrus text lines: `time="…" level=error msg="…" source=…`, or the same as JSON). Pure. */
import { parseExampleLine, type Example } from '../../lib/words/exampleText.ts';
import { counted } from '../../report/text/words.ts';

/** One line at level warning or worse. */
interface LogLine {
  level: 'warning' | 'error' | 'fatal' | 'panic';
  message: string;
}

const LINE = /^(?:time="[^"]*" |\w+\[\d+\] )?level=(warning|error|fatal|panic) msg=("(?:[^"\\]|\\.)*"|\S+)/;

/** Reads one line; `undefined` for anything that is not at level warning or worse. */
export function parseLogLine(line: string): LogLine | undefined {
  if (line.startsWith('{')) return parseJsonLine(line);
  const [, level, message = ''] = LINE.exec(line) ?? [];
  if (!isLevel(level)) return undefined;
  return { level, message: unquote(message).trim() };
}

/** What k6 says in a text at level warning or worse, in order. */
export function messagesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => parseLogLine(line)?.message ?? []);
}

/** As `--log-format json` has it. */
function parseJsonLine(line: string): LogLine | undefined {
  try {
    const { level, msg } = JSON.parse(line) as { level?: string; msg?: string };
    return isLevel(level) && typeof msg === 'string' ? { level, message: msg.trim() } : undefined;
  } catch {
    return undefined;
  }
}

const CONSOLE = /^(?:time="[^"]*" |\w+\[\d+\] )?level=info msg=("(?:[^"\\]|\\.)*"|\S+) source=console/;

/** What `console.log` of a script wrote; `undefined` for any other line. */
export function parseConsoleLine(line: string): string | undefined {
  const [, message] = CONSOLE.exec(line) ?? [];
  return message === undefined ? undefined : unquote(message);
}

function isLevel(text: string | undefined): text is LogLine['level'] {
  return text === 'warning' || text === 'error' || text === 'fatal' || text === 'panic';
}

/** Go's quoting is JSON's but for rare escapes; a text with such stays as it is. */
function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** Lines that only repeat what the verdict says. */
const KNOWN =
  /^thresholds on metrics .* (have been|were) crossed|^test run was aborted|setTimeout \d+ was stopped/;

/** Errors and warnings of a log that the verdict does not speak of. */
export interface LogTroubles {
  errors: number;
  warnings: number;
  /** The first error, or the first warning where there is no error. */
  first: string | undefined;
  /** The first failure of each class and phase; they are no troubles of their own. */
  examples: readonly Example[];
}

/** Collects the troubles of a log, line by line. */
export class TroubleCount implements LogTroubles {
  errors = 0;
  warnings = 0;
  private firstError: string | undefined;
  private firstWarning: string | undefined;
  private readonly failures = new Map<string, Example>();

  get first(): string | undefined {
    return this.firstError ?? this.firstWarning;
  }

  get examples(): readonly Example[] {
    return [...this.failures.values()];
  }

  add(line: string): void {
    const entry = parseLogLine(line);
    if (entry === undefined || KNOWN.test(entry.message)) return;
    const example = parseExampleLine(entry.message);
    if (example !== undefined) return this.addExample(example);
    if (entry.level === 'warning') {
      this.warnings += 1;
      this.firstWarning ??= entry.message;
    } else {
      this.errors += 1;
      this.firstError ??= entry.message;
    }
  }

  private addExample(example: Example): void {
    const kind = `${example.phase} ${example.reason}`;
    if (!this.failures.has(kind)) this.failures.set(kind, example);
  }
}

/** One line for the end of a run; empty when there was no trouble. */
export function troublesLine({ errors, warnings, first }: Omit<LogTroubles, 'examples'>): string {
  if (first === undefined) return '';
  const [line = ''] = first.split('\n');
  const more = line.length > 200 ? '…' : '';
  return ` k6.log       ${counted(errors, 'error')}, ${counted(warnings, 'warning')}; the first: ${line.slice(0, 200)}${more}\n\n`;
}
