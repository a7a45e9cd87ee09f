/** Everything that looks at a run from outside: live view or lines, alerts, k6's dashboard. */
import { Alerts } from './alerts.ts';
import { freePort } from '../process/freePort.ts';
import { LinesView } from './liveAsLines.ts';
import { StageBreaks, type Break } from './liveBreaks.ts';
import { DashboardDoor } from './liveDashboard.ts';
import { limitsByStage } from './liveLimits.ts';
import { canShowLive, LiveScreen } from './liveScreen.ts';
import { LiveView } from './liveView.ts';
import { liveWordsOf, type LiveWords } from './liveWords.ts';
import { Monitor, type MonitorSettings } from './monitor.ts';
import type { PreparedRun } from '../setup/prepareRun.ts';
import type { Inspected } from '../k6/k6Inspect.ts';
import { RestApi } from '../k6/restApi.ts';
import { note, say } from '../process/terminal.ts';
import type { Variables } from '../setup/environment.ts';

/** How a run is watched. */
interface Watching extends Omit<MonitorSettings, 'view' | 'breaks' | 'headline'> {
  words: LiveWords;
  /** Unknown for a k6 that somebody else started. */
  inspected: Inspected | undefined;
  /** Without one, lines are printed. */
  screen: LiveScreen | undefined;
  print: (line: string) => void;
  /** How long after the end of a stage its last answers may come, in ms. */
  lateMs: number;
  /** Called once, with the first stage found that broke a limit. */
  onFirst?: ((found: Break) => void) | undefined;
  /** A line about all of which the run is a part. */
  progress?: (() => string) | undefined;
}

/** Starts to watch a run. Stages that broke a limit are looked for where somebody gets to know. */
export function watchRun(watching: Watching): Monitor {
  const { words, inspected, screen, print, lateMs, onFirst, progress, ...others } = watching;
  const { api } = others;
  const breaks =
    inspected && new StageBreaks({ ...inspected, api, limits: limitsByStage(inspected), lateMs, onFirst });
  const view =
    screen === undefined
      ? new LinesView(api, words, inspected, print, progress)
      : new LiveView({ api, words, screen, inspected, breaks, progress });
  const isWanted = screen !== undefined || onFirst !== undefined;
  const { headline } = words;
  return new Monitor({ ...others, view, headline, breaks: isWanted ? breaks : undefined });
}

/** The screen of a live view, where the terminal can show one. */
export function openScreen(): LiveScreen | undefined {
  return canShowLive() ? new LiveScreen() : undefined;
}

/** The eyes of one run. */
export class Eyes {
  readonly alerts: Alerts | undefined;
  /** Of k6's REST API. */
  readonly address: string;
  private readonly prepared: PreparedRun;
  private readonly words: LiveWords;
  private readonly dashboardPort: number | undefined;
  private readonly screen: LiveScreen | undefined;
  private door: DashboardDoor | undefined;

  private readonly progress: (() => string) | undefined;

  private constructor(
    prepared: PreparedRun,
    address: string,
    { dashboardPort, progress }: { dashboardPort?: number | undefined; progress: (() => string) | undefined },
  ) {
    this.progress = progress;
    this.prepared = prepared;
    this.address = address;
    this.dashboardPort = dashboardPort;
    const { webhook, script, inspected } = prepared;
    this.words = liveWordsOf(inspected.vocabulary);
    this.screen = openScreen();
    this.alerts =
      webhook === undefined
        ? undefined
        : new Alerts(webhook, script.name, this.words.level, (line) => this.note(line));
  }

  /**
   * Finds ports and, with `--dashboard`, prints where the dashboard is. `progress`: a line about all of which the run is a
   * part.
   */
  static async open(prepared: PreparedRun, progress?: () => string): Promise<Eyes> {
    const address = `127.0.0.1:${await freePort()}`;
    if (!prepared.dashboard) return new Eyes(prepared, address, { progress });
    const port = await freePort();
    const eyes = new Eyes(prepared, address, { dashboardPort: port, progress });
    eyes.door = new DashboardDoor(port);
    say(`dashboard: ${await eyes.door.open()}`);
    say();
    return eyes;
  }

  /** What k6 must know of the dashboard. */
  dashboardSettings(): Variables {
    if (this.dashboardPort === undefined) return {};
    return { K6_WEB_DASHBOARD_PORT: String(this.dashboardPort), K6_WEB_DASHBOARD_HOST: '127.0.0.1' };
  }

  /** Prints a line on stdout, above the live view. */
  say(line: string): void {
    if (this.screen) this.screen.above(line);
    else say(line);
  }

  /** Prints a line on stderr, above the live view. */
  note(line: string): void {
    if (this.screen) this.screen.above(line, process.stderr);
    else note(line);
  }

  /** Starts to watch. */
  watch(onStart: () => void, tellSessions: () => void): Monitor {
    const { inspected } = this.prepared;
    const { alerts } = this;
    return watchRun({
      api: new RestApi(this.address),
      words: this.words,
      inspected,
      screen: this.screen,
      print: (line) => this.say(line),
      lateMs: inspected.lateMs,
      onFirst: alerts && ((found) => alerts.broke(found)),
      onStart,
      tellSessions,
      progress: this.progress,
    });
  }

  /** Lets go of browsers. */
  close(): void {
    this.screen?.end();
    this.door?.close();
  }
}
