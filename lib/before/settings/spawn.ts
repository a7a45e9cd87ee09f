/** How fast those come whose number is then held. Pure data. */
import { setting } from '../../words/sections.ts';

/** For the settings `hold` of systems whose visits last; `unit`: what comes. */
export function spawnRate(unit: string, most: number) {
  return setting({
    kind: 'number',
    unit,
    where: ' a second',
    min: 0,
    max: 1e6,
    env: 'SPAWN_RATE',
    default: most,
    meaning: `new ${unit} a second, until all are there; 0: all at once`,
    shapes: 'plan',
    loads: ['hold'],
  });
}
