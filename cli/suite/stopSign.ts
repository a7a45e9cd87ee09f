/** A request to stop that whoever works through a suite can see, and that wakes whoever waits. */
import { surviveStops } from '../process/interrupt.ts';

/** Watches from its making on; this process is ended by no such request any more. */
export class StopSign {
  private readonly waiting = new Set<() => void>();
  private asked = false;

  constructor() {
    surviveStops(() => {
      this.asked = true;
      for (const wake of this.waiting) wake();
    });
  }

  get isAsked(): boolean {
    return this.asked;
  }

  /** Resolves after so many milliseconds, or as soon as somebody asks to stop. */
  async wait(milliseconds: number): Promise<void> {
    if (this.asked || milliseconds <= 0) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.waiting.add(wake);
    });
  }
}
