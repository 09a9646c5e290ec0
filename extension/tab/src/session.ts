import { pageType, placeOf, reportType, stepsOf, unreadTimelines, type Attempt, type Step, type Timeline } from "./attachments";
import { HostError, type Host, type Place, type Run } from "./host";
import { mostBytes, read, type Reading, type Report } from "./report";

/** What's known of the report of one attempt. */
export type Loaded = { readonly state: "loading" } | { readonly state: "read"; readonly reading: Reading } | { readonly state: "failed"; readonly error: HostError };

/** A step with the report of its newest attempt. */
export interface StepReport {
  readonly step: Step;
  readonly newest: Attempt;
  readonly loaded: Loaded;
  /** Newest first. */
  readonly earlier: readonly Attempt[];
}

export interface Snapshot {
  readonly run: Run;
  readonly steps: readonly StepReport[];
}

/** The report of a step in an earlier, successful run. */
export interface Successful {
  readonly run: Run;
  readonly report: Report;
}

/** How many attachments are loaded at a time. */
const together = 6;

/** How many successful runs are searched for a report of a step, on the branch and then on all. */
const runsSearched = 5;

const loading: Loaded = { state: "loading" };

/** Loads the reports of a run, each once. */
export class Session {
  private readonly loaded = new Map<string, Loaded>();
  /** The newest attempts' first; empty if it couldn't be read. */
  private timelines: Timeline[] = [];
  private listed: string | undefined;

  constructor(private readonly host: Host) {}

  /**
   * Lists the run's reports and loads those that are new, and again those that failed. It calls `progress` with what it has so far:
   * when the list is there, and after each report. It rejects with a HostError if the run or the list can't be read.
   */
  async refresh(progress: (soFar: Snapshot) => void): Promise<Snapshot> {
    const first = this.listed === undefined;
    const [run, attachments, timeline] = await Promise.all([
      this.host.run(),
      this.host.attachments(this.host.id, reportType),
      first ? this.newTimeline() : [],
    ]);
    const places = attachments.map(placeOf).filter((p) => p !== undefined);
    const list = places.map(keyOf).join("\n");
    if (list !== this.listed) {
      this.timelines = first ? timeline : await this.newTimeline();
      this.listed = list;
    }
    const unread = unreadTimelines(places, this.timelines);
    const current = this.timelines.length === 0 ? places : places.filter((p) => !unread.includes(p.timeline));
    await this.loadNewest(run, current, progress);
    if (current.length === places.length || this.timelines.length === 0) return this.snapshot(run, current);
    for (const id of unread) {
      // Without its timeline, an earlier attempt is shown as a step without a name.
      this.timelines.push({ id, records: await this.host.timeline(this.host.id, id).catch(() => []) });
    }
    await this.loadNewest(run, places, progress);
    return this.snapshot(run, places);
  }

  /** The report of an attempt. It never rejects. */
  async load(attempt: Attempt): Promise<Loaded> {
    const key = keyOf(attempt.place);
    const known = this.loaded.get(key);
    if (known?.state === "read") return known;
    const now = await this.fetch(this.host.id, attempt.place);
    this.loaded.set(key, now);
    return now;
  }

  /** The page that an attempt attached, as HTML that nobody checked. It rejects with a HostError. */
  page(attempt: Attempt): Promise<string> {
    return this.host.content(this.host.id, attempt.place, pageType, mostBytes); // both have the name of one folder
  }

  /**
   * The report of a step in the last successful run before this one that has it: of the same branch if there's one, else of any.
   * It's undefined if none of the runs that were searched has it, and rejects with a HostError.
   */
  async lastSuccessful(run: Run, step: Step, only: boolean): Promise<Successful | undefined> {
    const seen = new Set<number>();
    for (const branch of run.branch === "" ? [undefined] : [run.branch, undefined]) {
      for (const candidate of await this.host.successfulBefore(run, branch, runsSearched)) {
        if (seen.has(candidate.id)) continue;
        seen.add(candidate.id);
        const report = await this.reportIn(candidate, step, only);
        if (report !== undefined) return { run: candidate, report };
      }
    }
    return undefined;
  }

  /** The newest report of a step in another run. If both runs have one step only, it's that one, whatever its name. */
  private async reportIn(run: Run, step: Step, only: boolean): Promise<Report | undefined> {
    const places = (await this.host.attachments(run.id, reportType)).map(placeOf).filter((p) => p !== undefined);
    if (places.length === 0) return undefined;
    const records = await this.host.timeline(run.id).catch(() => []);
    const steps = stepsOf(places, [{ id: undefined, records }]);
    const same = steps.find((s) => s.key === step.key) ?? (only && steps.length === 1 ? steps[0] : undefined);
    const found = await Promise.all(newestOf(same).map((a) => this.fetch(run.id, a.place)));
    return found.map(reportOf).filter((r) => r !== undefined).sort(latestFirst)[0];
  }

  private async newTimeline(): Promise<Timeline[]> {
    try {
      return [{ id: undefined, records: await this.host.timeline(this.host.id) }];
    } catch {
      return []; // the reports are shown without the names of their steps
    }
  }

  private async loadNewest(run: Run, places: readonly Place[], progress: (soFar: Snapshot) => void): Promise<void> {
    const { steps } = this.snapshot(run, places);
    const all = inTurn(steps.flatMap((s) => newestOf(s.step)), together, async (attempt) => {
      await this.load(attempt);
      progress(this.snapshot(run, places));
    });
    if (steps.length > 0) progress(this.snapshot(run, places)); // while the first requests are on their way
    await all;
  }

  private async fetch(run: number, place: Place): Promise<Loaded> {
    try {
      return { state: "read", reading: read(await this.host.content(run, place, reportType, mostBytes)) };
    } catch (e) {
      if (!(e instanceof HostError)) throw e;
      return { state: "failed", error: e };
    }
  }

  private snapshot(run: Run, places: readonly Place[]): Snapshot {
    const steps = stepsOf(places, this.timelines).map((step): StepReport | undefined => {
      const [newest, ...earlier] = this.inTime(step.attempts);
      return newest && { step, newest, earlier, loaded: this.loaded.get(keyOf(newest.place)) ?? loading };
    });
    return { run, steps: steps.filter((s) => s !== undefined) };
  }

  /** A task that's retried attaches several reports to one attempt; only they themselves say which is the newest. */
  private inTime(attempts: readonly Attempt[]): Attempt[] {
    const started = (a: Attempt): string => {
      const loaded = this.loaded.get(keyOf(a.place));
      return loaded === undefined ? "" : (reportOf(loaded)?.started ?? "");
    };
    return [...attempts].sort((a, b) => b.number - a.number || (started(a) < started(b) ? 1 : started(a) > started(b) ? -1 : 0));
  }
}

function keyOf(place: Place): string {
  return `${place.timeline}/${place.record}/${place.name}`;
}

function newestOf(step: Step | undefined): Attempt[] {
  return step?.attempts.filter((a) => a.number === step.attempts[0]?.number) ?? [];
}

function reportOf(loaded: Loaded): Report | undefined {
  return loaded.state === "read" && loaded.reading.kind === "report" ? loaded.reading.report : undefined;
}

function latestFirst(a: Report, b: Report): number {
  return a.started < b.started ? 1 : -1;
}

/** Does something with each item, some of them at a time, in their order. */
async function inTurn<T>(items: readonly T[], atATime: number, each: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await each(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
