import { HostError, type Host } from "./host";
import { pace, poll } from "./poll";
import { connect, shown } from "./sdk";
import { Session, type Snapshot } from "./session";
import { followTheme } from "./theme";
import { Page } from "./view/page";
import { button } from "./view/dom";
import { words } from "./words";

const page = new Page(document.querySelector("main") ?? document.body);

void start();

/** Connects to the frame that shows the tab, and shows the run. */
async function start(): Promise<void> {
  followTheme(document.documentElement, window);
  try {
    const host = await connect();
    await follow(host, new Session(host));
  } catch (e) {
    failed(e, () => location.reload());
  }
}

/** Counts the times that someone began to follow the run: only the last one goes on. */
let followed = 0;

/** Shows the reports, and those that are added while the run is going. */
async function follow(host: Host, session: Session): Promise<void> {
  const me = ++followed;
  const again = (): void => void follow(host, session);
  const show = (snapshot: Snapshot): void => {
    if (me !== followed) return;
    page.show(snapshot, { host, session, retry: again });
    shown();
  };
  const look = async (): Promise<boolean> => {
    const snapshot = await session.refresh(show);
    show(snapshot);
    return snapshot.run.finished;
  };
  try {
    if (await look()) return page.say("");
  } catch (e) {
    return failed(e, again);
  }
  page.say(words.running);
  switch (await poll(look, async (time) => (await waitWhileShown(time), me === followed), Date.now, pace)) {
    case "finished":
      return page.say("");
    case "limit":
      return page.say(words.limit, " ", button({}, words.retry, again));
    case "failed":
      return page.say(words.pollFailed, " ", button({}, words.retry, again));
  }
}

function failed(e: unknown, retry: () => void): void {
  if (!(e instanceof HostError)) console.error(e);
  page.fail(e instanceof HostError ? e : new HostError("unreachable"), retry);
  shown();
}

/** Waits, and longer while nobody sees the page. */
async function waitWhileShown(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}
