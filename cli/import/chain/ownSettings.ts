/** The settings of its own that an imported protocol has: what the recording had from nowhere, and nobody may copy. */
import { SETTING_NAMES } from '../../setup/knownSettings.ts';
import { made, type Made } from '../code/term.ts';

/** One of them. `variable`: what holds it in the code; `is`: what was recorded there, in words. */
export interface OwnSetting {
  name: string;
  variable: string;
  is: string;
}

/** Gives each such value a name; the same value has one name. */
export class OwnSettings {
  private readonly byValue = new Map<string, OwnSetting>();

  /** The variable that holds the setting for `value`, called after `name`, which stood in `place`. */
  use(value: string, name: string, place: string): Made {
    const known = this.byValue.get(value) ?? this.settingFor(name, place);
    this.byValue.set(value, known);
    return made(known.variable);
  }

  /** In the order in which they were met. */
  all(): readonly OwnSetting[] {
    return [...this.byValue.values()];
  }

  private settingFor(called: string, place: string): OwnSetting {
    const name = this.freeName(called);
    const variable = name.toLowerCase().replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
    return { name, variable, is: `${called} of ${place}` };
  }

  private freeName(name: string): string {
    const words = name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .replace(/^(x_)?_*|_+$/gi, '')
      .toUpperCase();
    const base = `MY_${words || 'SECRET'}`;
    const taken = new Set([...SETTING_NAMES, ...this.all().map((setting) => setting.name)]);
    for (let count = 1; ; count++) {
      const free = count === 1 ? base : `${base}_${count}`;
      if (!taken.has(free)) return free;
    }
  }
}
