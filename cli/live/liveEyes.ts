/** Everything that looks at a run from outside: live view or lines, alerts, k6's dashboard. */
import { Alerts } from './alerts.ts';
import { freePort } from '../process/freePort.ts';
import { LinesView } from './liveAsLines.ts';
import { StageBreaks } from './liveBreaks.ts';
import { DashboardDoor } from './liveDashboard.ts';
import { limitsByStage } from './liveLimits.ts';
import { canShowLive, LiveScreen } from './liveScreen.ts';
import { LiveView } from './liveView.ts';
import { liveWordsOf, type LiveWords } from './liveWords.ts';
import { Monitor, type View } from './monitor.ts';
import type { Prepared } from '../setup/prepare.ts';
import { RestApi } from '../k6/restApi.ts';
import { note, say } from '../process/terminal.ts';
import type { Variables } from '../setup/environment.ts';

/** The eyes of one run. */
export class Eyes {
  readonly alerts: Alerts | undefined;
  /** Of k6's REST API. */
  readonly address: string;
  private readonly prepared: Prepared;
  private readonly words: LiveWords;
  private readonly dashboardPort: number | undefined;
  private readonly screen: LiveScreen | undefined;
  private door: DashboardDoor | undefined;

  private constructor(prepared: Prepared, address: string, dashboardPort: number | undefined) {
    this.prepared = prepared;
    this.address = address;
    this.dashboardPort = dashboardPort;
    const { webhook, script, inspected } = prepared;
    this.words = liveWordsOf(inspected.vocabulary);
    this.screen = canShowLive() ? new LiveScreen() : undefined;
    this.alerts =
      webhook === undefined
        ? undefined
        : new Alerts(webhook, script.name, this.words.level, (line) => this.note(line));
  }

  /** Finds ports and, with `--dashboard`, prints where the dashboard is. */
  static async open(prepared: Prepared): Promise<Eyes> {
    const address = `127.0.0.1:${await freePort()}`;
    if (!prepared.dashboard) return new Eyes(prepared, address, undefined);
    const port = await freePort();
    const eyes = new Eyes(prepared, address, port);
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
    const { inspected, config } = this.prepared;
    const api = new RestApi(this.address);
    const breaks = new StageBreaks({
      api,
      plan: inspected.plan,
      limits: limitsByStage(inspected),
      lateMs: config.answerTimeoutSeconds * 1000 + 5000,
      onFirst: (found) => this.alerts?.broke(found),
    });
    const view = this.view(api, breaks);
    const isWanted = this.screen !== undefined || this.alerts !== undefined;
    const { headline } = this.words;
    return new Monitor({
      api,
      view,
      headline,
      breaks: isWanted ? breaks : undefined,
      onStart,
      tellSessions,
    });
  }

  /** Lets go of browsers. */
  close(): void {
    this.screen?.end();
    this.door?.close();
  }

  private view(api: RestApi, breaks: StageBreaks): View {
    const { words, screen } = this;
    const { inspected } = this.prepared;
    if (screen === undefined) return new LinesView(api, words, inspected, (line) => this.say(line));
    return new LiveView({ api, words, screen, inspected, breaks });
  }
}
