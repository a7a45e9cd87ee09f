/** Recorded texts as the code is to have them: values of replies and secrets are put in, and never copied. */
import { isSecretName } from '../../probe/secretNames.ts';
import { lastName } from '../../probe/fields/leaves.ts';
import { joined, made, type Made } from '../code/term.ts';
import { looksSecret, type RecordedSecrets } from '../recording/recordedSecrets.ts';
import type { Read } from './chain.ts';
import type { OwnSettings } from './ownSettings.ts';

/** A shorter value is looked for as a whole text only. */
const LONG = 8;

/** Makes terms of the texts in one place. */
export class Terms {
  private readonly secrets: RecordedSecrets;
  private readonly settings: OwnSettings;
  /** The longest first. */
  private readonly reads: readonly Read[];
  /** The names of those that were put in. */
  readonly used = new Set<string>();

  /** `reads`: the values that replies gave before. */
  constructor(secrets: RecordedSecrets, settings: OwnSettings, reads: readonly Read[]) {
    this.secrets = secrets;
    this.settings = settings;
    this.reads = [...reads].sort((one, other) => other.value.length - one.value.length);
  }

  /** The term for a text that is called `name` in `place`, such as `POST /login`. */
  of(text: string, name: string, place: string): string | Made {
    const read = this.reads.find(({ value }) => value === text);
    if (read !== undefined) return this.put(read);
    const part = this.reads.find(({ value }) => value.length >= LONG && text.includes(value));
    if (part !== undefined) return this.around(text, part.value, this.put(part), name, place);
    return this.withoutSecrets(text, name, place);
  }

  /** Whether a text is, or has in it, what a reply gave. */
  isRead(text: string): boolean {
    return this.reads.some(({ value }) => value === text || (value.length >= LONG && text.includes(value)));
  }

  /** The setting that stands for a text, whatever it looks like. */
  setting(text: string, name: string, place: string): Made {
    return this.settings.use(text, name, place);
  }

  private put(read: Read): Made {
    this.used.add(read.name);
    return made(read.name);
  }

  private around(text: string, value: string, term: Made, name: string, place: string): string | Made {
    const start = text.indexOf(value);
    return joined(
      this.rest(text.slice(0, start), name, place),
      term,
      this.rest(text.slice(start + value.length), name, place),
    );
  }

  private rest(text: string, name: string, place: string): string | Made {
    return text === '' ? '' : this.of(text, name, place);
  }

  private withoutSecrets(text: string, name: string, place: string): string | Made {
    if (this.secrets.has(text)) {
      const [, scheme, credentials] = /^([A-Za-z]+ +)(\S+)$/.exec(text) ?? [];
      if (scheme !== undefined && credentials !== undefined && this.secrets.has(credentials))
        return joined(scheme, this.settings.use(credentials, name, place));
      return this.settings.use(text, name, place);
    }
    const within = this.secrets.within(text);
    if (within !== undefined)
      return this.around(text, within, this.settings.use(within, name, place), name, place);
    if (looksSecret(text) || (isSecretName(lastName(name)) && /\d/.test(text) && text.length > 3))
      return this.settings.use(text, name, place);
    return text;
  }
}
