import { getClient, type ILocationService, type IProjectPageService } from "azure-devops-extension-api";
import { BuildRestClient, type Build, type BuildStatus, type IBuildPageData, type Timeline } from "azure-devops-extension-api/Build";
import * as SDK from "azure-devops-extension-sdk";
import { HostError, type Attachment, type Host, type Place, type Run, type TimelineRecord } from "./host";

/** The services of the host frame. The declarations have these as enumerations that a bundler can't read. */
const projectPage = "ms.vss-tfs-web.tfs-page-data-service";
const buildPage = "ms.vss-build-web.build-page-data-service";
const locations = "ms.vss-features.location-service";

/** Build.BuildStatus.Completed. */
const completed: BuildStatus = 2;

/** How long the host frame may take to introduce itself, in milliseconds. */
const patience = 20_000;

/** Introduces the tab to the frame that shows it, and finds out which run that shows. */
export async function connect(): Promise<Host> {
  await within(patience, SDK.init({ loaded: false, applyTheme: true }));
  const service = <T>(id: string): Promise<T> => within(patience, SDK.getService<T & object>(id));
  const [project, page, location] = await Promise.all([
    service<IProjectPageService>(projectPage).then((s) => s.getProject()).catch(unlessSlow),
    // Its declaration says that the answer is there at once; from another frame, it never is.
    service<{ getBuildPageData(): Promise<IBuildPageData | undefined> }>(buildPage).then((s) => s.getBuildPageData()).catch(unlessSlow),
    service<ILocationService>(locations).then((s) => s.getServiceLocation()).catch(unlessSlow),
  ]);
  const { id, name } = project ?? SDK.getWebContext()?.project ?? {};
  const run = page?.build?.id;
  if (!id || typeof run !== "number") throw new HostError("no host");
  return new DevOps(getClient(Client), id, run, location && name ? `${location.replace(/\/?$/, "/")}${encodeURIComponent(name)}/` : undefined);
}

/** A frame without a service is a frame that doesn't know; one that doesn't answer is another matter. */
function unlessSlow(e: unknown): undefined {
  if (e instanceof HostError) throw e;
}

let isShown = false;

/** Tells the frame, once, to show the tab; it shows its own sign of loading until then. */
export function shown(): void {
  if (isShown) return;
  isShown = true;
  void SDK.notifyLoadSucceeded();
}

/**
 * The client of Azure DevOps with versions of its API that Azure DevOps Server 2019 has, too: its own methods request a preview
 * of the newest version, which servers refuse.
 */
class Client extends BuildRestClient {
  get<T>(project: string, path: string, version: string, queryParams: Record<string, string | number | undefined> = {}): Promise<T> {
    return this.beginRequest<T>({ apiVersion: version, routeTemplate: `{project}/_apis/build/${path}`, routeValues: { project }, queryParams });
  }

  raw(project: string, path: string, version: string): Promise<Response> {
    return this.beginRequest<Response>({ apiVersion: version, routeTemplate: `{project}/_apis/build/${path}`, routeValues: { project }, httpResponseType: "application/octet-stream", returnRawResponse: true });
  }
}

class DevOps implements Host {
  constructor(
    private readonly client: Client,
    private readonly project: string,
    readonly id: number,
    /** The address of the project's pages, with a slash at its end. */
    private readonly pages: string | undefined,
  ) {}

  async run(): Promise<Run> {
    return runOf(await told(this.client.get<Build>(this.project, `builds/${this.id}`, "5.0")));
  }

  async attachments(run: number, type: string): Promise<Attachment[]> {
    const all = await told(this.client.get<List<{ name?: string; _links?: { self?: { href?: string } } }>>(this.project, `builds/${run}/attachments/${type}`, "5.0-preview.2"));
    return listOf(all).map((a) => ({ name: String(a.name ?? ""), href: String(a._links?.self?.href ?? "") }));
  }

  async content(run: number, place: Place, type: string, most: number): Promise<string> {
    const path = ["builds", run, place.timeline, place.record, "attachments", type, place.name].map(encodeURIComponent).join("/");
    const response = await told(this.client.raw(this.project, path, "5.0-preview.2"));
    return told(textOf(response, most));
  }

  async timeline(run: number, timeline?: string): Promise<TimelineRecord[]> {
    const path = `builds/${run}/timeline${timeline === undefined ? "" : `/${timeline}`}`;
    const found = await told(this.client.get<Timeline | null>(this.project, path, "5.0"));
    return (found?.records ?? []).map((r) => ({
      id: r.id,
      parent: r.parentId ?? undefined,
      type: r.type,
      name: r.name ?? "",
      order: r.order ?? 0,
      attempt: r.attempt ?? 1,
      previous: (r.previousAttempts ?? []).map((p) => ({ attempt: p.attempt, timeline: p.timelineId, record: p.recordId })),
    }));
  }

  async successfulBefore(run: Run, branch: string | undefined, most: number): Promise<Run[]> {
    const all = await told(
      this.client.get<List<Build>>(this.project, "builds", "5.0", {
        definitions: run.pipeline,
        statusFilter: "completed",
        resultFilter: "succeeded",
        queryOrder: "queueTimeDescending",
        maxTime: run.queued?.toISOString(),
        branchName: branch,
        $top: most,
      }),
    );
    return listOf(all).map(runOf).filter((r) => r.id < run.id);
  }

  logURL(run: number, job: string, task: string): string | undefined {
    return this.pages && `${this.pages}_build/results?${new URLSearchParams({ buildId: String(run), view: "logs", j: job, t: task })}`;
  }

  connectionURL(id: string): string | undefined {
    return this.pages && `${this.pages}_settings/adminservices?${new URLSearchParams({ resourceId: id })}`;
  }
}

function runOf(build: Build): Run {
  return {
    id: build.id,
    name: String(build.buildNumber ?? build.id),
    pipeline: build.definition?.id ?? 0,
    branch: build.sourceBranch ?? "",
    finished: build.status === completed,
    queued: build.queueTime ? new Date(build.queueTime) : undefined, // a text if the server doesn't know the client's form of dates
  };
}

/** The client requests lists without a wrapper; a proxy or an old server may answer with one. */
type List<T> = T[] | { value?: T[] } | null;

function listOf<T>(list: List<T>): T[] {
  return Array.isArray(list) ? list : (list?.value ?? []);
}

/** The text of an answer. Reading stops at `most` bytes, whatever the answer says about its length. */
async function textOf(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > most) {
      void reader.cancel();
      throw new HostError("too large");
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Turns what the client rejects with into a HostError. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (e) {
    if (e instanceof HostError) throw e;
    const status = (e as { status?: unknown } | null)?.status;
    throw typeof status === "number" ? new HostError("refused", status) : new HostError("unreachable");
  }
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new HostError("too slow")), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
