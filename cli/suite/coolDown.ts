/** The rest between two tests, for the target and for the sockets of this machine. */
import { clockText } from '../../report/text/words.ts';
import { openScreen } from '../live/liveEyes.ts';
import { say } from '../process/terminal.ts';
import type { StopSign } from './stopSign.ts';

/** Resolves when it is over, or somebody asks to stop; counts down on a terminal. `next`: the name of the test behind it. */
export async function coolDown(milliseconds: number, next: string, stop: StopSign): Promise<void> {
  if (milliseconds <= 0) return;
  const screen = openScreen();
  const end = performance.now() + milliseconds;
  const text = (left: number) => `cool-down ${clockText(Math.ceil(left / 1000))}, then ${next}`;
  if (screen === undefined) say(`[suite] ${text(milliseconds)}`);
  for (let left = milliseconds; left > 0 && !stop.isAsked; left = end - performance.now()) {
    screen?.show([{ text: ` ${text(left)}`, style: 'dim' }]);
    await stop.wait(Math.min(left, screen === undefined ? left : 1000));
  }
  screen?.end();
}
