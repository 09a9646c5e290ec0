/** A run (Azure DevOps calls it a build in its REST API). */
export interface Run {
  readonly id: number;
  /** What people call it: 20261129.3 */
  readonly name: string;
  /** The ID of the pipeline. */
  readonly pipeline: number;
  readonly branch: string;
  readonly finished: boolean;
  readonly queued: Date | undefined;
}

/** An attachment of a run as it's listed. */
export interface Attachment {
  readonly name: string;
  /** The URL of its content; the IDs of its timeline and record are only in there. */
  readonly href: string;
}

/** Where an attachment is kept. */
export interface Place {
  readonly timeline: string;
  readonly record: string;
  readonly name: string;
}

/** A line of a run's timeline: a stage, a phase, a job, or a task. */
export interface TimelineRecord {
  readonly id: string;
  readonly parent: string | undefined;
  readonly type: string;
  readonly name: string;
  readonly order: number;
  readonly attempt: number;
  readonly previous: readonly { readonly attempt: number; readonly timeline: string; readonly record: string }[];
}

/** What the tab needs of Azure DevOps. Each promise rejects with a HostError. */
export interface Host {
  /** The ID of this run. */
  readonly id: number;
  /** This run as it's now. */
  run(): Promise<Run>;
  attachments(run: number, type: string): Promise<Attachment[]>;
  /** The text of an attachment; a larger one than `most` bytes is a HostError of the kind "too large". */
  content(run: number, place: Place, type: string, most: number): Promise<string>;
  /** The records of the run's newest attempt, or of one of its timelines. */
  timeline(run: number, timeline?: string): Promise<TimelineRecord[]>;
  /** Successful runs of the same pipeline before this one, newest first; of any branch if `branch` is undefined. */
  successfulBefore(run: Run, branch: string | undefined, most: number): Promise<Run[]>;
  /** The page of the task's log. */
  logURL(run: number, job: string, task: string): string | undefined;
  /** The page of a service connection. */
  connectionURL(id: string): string | undefined;
}

export type HostErrorKind = "no host" | "unreachable" | "refused" | "too large" | "too slow";

/** Why Azure DevOps didn't give what was requested. */
export class HostError extends Error {
  constructor(
    readonly kind: HostErrorKind,
    /** The HTTP status of a refusal. */
    readonly status?: number,
  ) {
    super(status === undefined ? kind : `${kind}: HTTP ${status}`);
  }
}
