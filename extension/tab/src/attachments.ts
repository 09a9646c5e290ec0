import type { Attachment, Place, TimelineRecord } from "./host";

/** The types under which the task attaches report.json and report.html. They are public names. */
export const reportType = "armpreflight.report-json.v1";
export const pageType = "armpreflight.report.v1";

const guid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const twoIDs = new RegExp(`/(${guid})/(${guid})/attachments/`);

/**
 * Where an attachment is kept, from its URL. Azure DevOps lists the two IDs nowhere else. What comes before them differs: an
 * organization, an old host with the organization in its name, a collection below a virtual folder.
 */
export function placeOf(attachment: Attachment): Place | undefined {
  const found = twoIDs.exec(attachment.href);
  const [, timeline, record] = found ?? [];
  return timeline && record ? { timeline, record, name: attachment.name } : undefined;
}

/** One time that a step ran. */
export interface Attempt {
  /** From 1; 0 if the timeline doesn't say which one it is. */
  readonly number: number;
  readonly place: Place;
  /** The record of its job, for the address of the log. */
  readonly job: string | undefined;
}

/** A step of the pipeline that attached a report. */
export interface Step {
  /** The same in every attempt and in every run of the pipeline. */
  readonly key: string;
  /** The stage, the job, and the step, as people named them; empty if the timeline couldn't be read. */
  readonly path: readonly string[];
  readonly order: readonly number[];
  /** Newest first. */
  readonly attempts: readonly Attempt[];
}

/** A timeline of a run: undefined is the one of the newest attempts. */
export interface Timeline {
  readonly id: string | undefined;
  readonly records: readonly TimelineRecord[];
}

/** Groups the attachments of a run by the step that made them, in the order of the pipeline. */
export function stepsOf(places: readonly Place[], timelines: readonly Timeline[]): Step[] {
  const known = new Map<string, Located>();
  for (const timeline of timelines) locate(timeline, known);
  const steps = new Map<string, { step: Omit<Step, "attempts">; attempts: Attempt[] }>();
  for (const place of places) {
    const at = known.get(place.record) ?? { key: place.record, path: [], order: [], number: 0, job: undefined };
    const entry = steps.get(at.key) ?? { step: { key: at.key, path: at.path, order: at.order }, attempts: [] };
    entry.attempts.push({ number: at.number, place, job: at.job });
    steps.set(at.key, entry);
  }
  return [...steps.values()]
    .map(({ step, attempts }) => ({ ...step, attempts: attempts.sort((a, b) => b.number - a.number) }))
    .sort((a, b) => compareOrder(a.order, b.order));
}

/** The timelines of earlier attempts that hold attachments and weren't read yet. */
export function unreadTimelines(places: readonly Place[], timelines: readonly Timeline[]): string[] {
  const known = new Map<string, Located>();
  for (const timeline of timelines) locate(timeline, known);
  const read = timelines.map((t) => t.id);
  const wanted = places.filter((p) => !known.has(p.record) && !read.includes(p.timeline)).map((p) => p.timeline);
  return [...new Set(wanted)];
}

interface Located {
  key: string;
  path: string[];
  order: number[];
  number: number;
  job: string | undefined;
}

/** Adds what a timeline says about each of its records, and about their earlier attempts. */
function locate({ records }: Timeline, known: Map<string, Located>): void {
  const byID = new Map(records.map((r) => [r.id, r]));
  for (const record of records) {
    if (record.type !== "Task") continue;
    const above = ancestors(record, byID);
    const chain = [...above.filter((r) => r.type === "Stage" || r.type === "Job"), record];
    const path = chain.map((r) => r.name).filter((name) => name !== "" && name !== "__default");
    const twins = records.filter((r) => r.type === "Task" && r.parent === record.parent && r.name === record.name);
    const nth = twins.filter((r) => r.order < record.order).length; // two steps of a job can have one name
    const key = JSON.stringify([...above.map((r) => r.name), record.name, nth]);
    const attempts = [...above, record].map((r) => r.attempt);
    const at = { key, path, order: [...above, record].map((r) => r.order), job: above.findLast((r) => r.type === "Job")?.id };
    if (!known.has(record.id)) known.set(record.id, { ...at, number: Math.max(1, ...attempts) });
    for (const earlier of record.previous) {
      if (!known.has(earlier.record)) known.set(earlier.record, { ...at, number: earlier.attempt, job: undefined });
    }
  }
}

/** The records above one, from the stage down. */
function ancestors(record: TimelineRecord, byID: ReadonlyMap<string, TimelineRecord>): TimelineRecord[] {
  const above: TimelineRecord[] = [];
  for (let up = byID.get(record.parent ?? ""); up !== undefined && above.length < 10; up = byID.get(up.parent ?? "")) {
    above.unshift(up);
  }
  return above;
}

function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
