/** The settings of its own that an imported protocol has: what the recording had from nowhere, and nobody may copy. */
import { SETTING_NAMES } from '../../setup/knownSettings.ts';
import { made, type Made } from '../code/term.ts';

/** One of them. `is`: what was recorded there, in words. */
export interface OwnSetting {
  name: string;
  is: string;
}

/** Gives each such value a name; the same value has one name. */
export class OwnSettings {
  private readonly byValue = new Map<string, OwnSetting>();

  /** The code that reads the setting for `value`, called after `name`, which stood in `place`. */
  use(value: string, name: string, place: string): Made {
    const known = this.byValue.get(value) ?? { name: this.freeName(name), is: `${name} of ${place}` };
    this.byValue.set(value, known);
    return made(`own('${known.name}')`);
  }

  /** In the order in which they were met. */
  all(): readonly OwnSetting[] {
    return [...this.byValue.values()];
  }

  private freeName(name: string): string {
    const words = name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .replace(/^(x_)?_*|_+$/gi, '')
      .toUpperCase();
    const base = `CHAT_${words.replace(/^CHAT_/, '') || 'SECRET'}`;
    const taken = new Set([...SETTING_NAMES, ...this.all().map((setting) => setting.name)]);
    for (let count = 1; ; count++) {
      const free = count === 1 ? base : `${base}_${count}`;
      if (!taken.has(free)) return free;
    }
  }
}
