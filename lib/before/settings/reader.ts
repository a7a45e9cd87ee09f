/**
 * Reads settings from environment variables: errors name the variable, its value and the remedy, and are collected so that
 * all of them are told at once. Pure.
 */
import { withHiddenQuery } from '../../words/query.ts';
import type { Derived, Refusal, Setting, ValueOf } from '../../words/sections.ts';
import { withoutCredentials } from '../../words/query.ts';
import { InputError, type Environment } from '../../words/settings.ts';

type OfKind<K extends Setting['kind']> = Extract<Setting, { kind: K }>;
type Numeric = OfKind<'number'> | OfKind<'whole'>;

/** Reads one environment; `done` throws an InputError with every problem met on the way. */
export class SettingsReader implements Refusal {
  private readonly env: Environment;
  private readonly problems: string[] = [];
  private readonly known = new Map<string, unknown>();

  constructor(env: Environment) {
    this.env = env;
  }

  /** The value of a setting, or its default; what is wrong with it is noted once, however often it is read. */
  value<S extends Setting>(setting: S): ValueOf<S> {
    const { env } = setting;
    if (!this.known.has(env)) this.known.set(env, this.read(setting));
    return this.known.get(env) as ValueOf<S>;
  }

  isSet(setting: Setting): boolean {
    return this.text(setting) !== undefined;
  }

  /** Adds a problem without the value. */
  reject(setting: Setting, remedy: string): void {
    const state = this.isSet(setting) ? 'wrong' : 'not set';
    this.problems.push(`${setting.env} is ${state}: ${remedy}.`);
  }

  /** Throws an InputError when anything was wrong. */
  done(): void {
    if (this.problems.length > 0) throw new InputError(this.problems);
  }

  private read(setting: Setting): unknown {
    if (setting.kind === 'output') return this.env[setting.env]?.trim() ?? setting.default;
    const text = this.text(setting);
    if (setting.kind === 'custom') return this.custom(setting, text);
    if ('needed' in setting && text === undefined)
      this.reject(setting, `this script needs it (${setting.meaning})`);
    return (text === undefined ? undefined : this.given(setting, text)) ?? this.fallback(setting);
  }

  /** `undefined`, with a problem, for a text that is wrong. */
  private given(setting: Exclude<Setting, OfKind<'custom'>>, text: string): string | number | undefined {
    switch (setting.kind) {
      case 'number':
        return this.number(setting, text, `a number of ${setting.unit}${setting.where ?? ''}`);
      case 'whole':
        return this.whole(setting, text);
      case 'choice':
        return this.choice(setting, text);
      case 'url':
        return this.url(setting, text);
      case 'path':
        return this.path(setting, text);
      default:
        return text;
    }
  }

  /** A setting that is unset or empty is `undefined`. */
  private text({ env }: Setting): string | undefined {
    const value = this.env[env]?.trim();
    return value === '' ? undefined : value;
  }

  private fallback({ default: fallback }: Setting): unknown {
    return isDerived(fallback) ? fallback.by(this.value(fallback.from)) : fallback;
  }

  private number(setting: Numeric, text: string, what: string): number | undefined {
    const { env, min, max = Infinity } = setting;
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    const limit = value > max ? ` and at most ${max}` : '';
    this.problem(env, text, `it must be ${what}${limit}, for example ${env}=${this.example(setting)}`);
    return undefined;
  }

  private whole(setting: OfKind<'whole'>, text: string): number | undefined {
    const { env, unit, words = {} } = setting;
    if (Object.hasOwn(words, text)) return words[text];
    const others = Object.keys(words).map((word) => `, or "${word}"`);
    const what = `a whole number of ${unit}${others.join('')}`;
    const value = this.number(setting, text, what);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    this.problem(env, String(value), `it must be ${what}, for example ${env}=${this.example(setting)}`);
    return undefined;
  }

  private example(setting: Numeric): number {
    const fallback = this.fallback(setting);
    return Math.max(setting.min, typeof fallback === 'number' ? fallback : 0) || 1;
  }

  private choice({ env, choices }: OfKind<'choice'>, text: string): string | undefined {
    if (choices.includes(text)) return text;
    this.problem(env, text, `it must be one of ${choices.join(', ')}`);
    return undefined;
  }

  /** Without user, query, fragment or final slash; the scheme is made lower-case. k6 has no `URL`. */
  private url({ env, schemes }: OfKind<'url'>, text: string): string | undefined {
    const pattern = new RegExp(`^(${schemes.join('|')})://[^\\s/?#@]+(/[^\\s?#]*)?$`, 'i');
    if (pattern.test(text)) return text.replace(/\/+$/, '').replace(/^\w+/, (scheme) => scheme.toLowerCase());
    const example = `${env}=${schemes[1]}://chat.example.com`;
    this.problem(
      env,
      withoutCredentials(text),
      `it must be a ${schemes.join(':// or ')}:// address without user, query or fragment, for example ${example}`,
    );
    return undefined;
  }

  private path({ env, default: fallback }: OfKind<'path'>, text: string): string | undefined {
    if (/^\/[^\s#]*$/.test(text)) return text;
    this.problem(
      env,
      withHiddenQuery(text),
      `it must be a path that starts with / and has no blanks and no #, for example ${env}=${fallback}`,
    );
    return undefined;
  }

  private custom(setting: OfKind<'custom'>, text: string | undefined): unknown {
    if (text === undefined) return this.parsedFallback(setting);
    const value = setting.parse(text, (remedy) =>
      setting.hidesText ? this.reject(setting, remedy) : this.problem(setting.env, text, remedy),
    );
    return value ?? this.parsedFallback(setting);
  }

  private parsedFallback(setting: OfKind<'custom'>): unknown {
    const fallback = this.fallback(setting);
    return typeof fallback === 'string' ? setting.parse(fallback, () => undefined) : undefined;
  }

  /** The sentence starts with the name and the value. */
  private problem(env: string, text: string, remedy: string): void {
    this.problems.push(`${env} is "${text.slice(0, 80)}": ${remedy}.`);
  }
}

/** Whether a default follows from another setting. */
export function isDerived(fallback: unknown): fallback is Derived<unknown> {
  return typeof fallback === 'object' && fallback !== null;
}
