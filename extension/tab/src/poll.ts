/** When to look again, in milliseconds. */
export interface Pace {
  readonly first: number;
  /** Each wait is so many times as long as the one before. */
  readonly growth: number;
  readonly longest: number;
  /** So long after its begin, polling stops. */
  readonly limit: number;
  /** After so many failures in a row, polling stops. */
  readonly failures: number;
}

/** 5 s, then more slowly up to half a minute, for an hour: about 125 looks. */
export const pace: Pace = { first: 5_000, growth: 1.2, longest: 30_000, limit: 3_600_000, failures: 4 };

export type Ended = "finished" | "limit" | "failed" | "stopped";

/**
 * Looks again and again until there's nothing to wait for (`look` returns true), a limit is reached, or someone stops it. `wait`
 * resolves after the given time or later, or to false if it was stopped; `now` is a clock in milliseconds.
 */
export async function poll(look: () => Promise<boolean>, wait: (milliseconds: number) => Promise<boolean>, now: () => number, p: Pace): Promise<Ended> {
  const end = now() + p.limit;
  let failures = 0;
  for (let pause = p.first; now() + pause <= end; pause = Math.min(pause * p.growth, p.longest)) {
    if (!(await wait(pause))) return "stopped";
    try {
      if (await look()) return "finished";
      failures = 0;
    } catch {
      if (++failures >= p.failures) return "failed";
    }
  }
  return "limit";
}
