// Written by tools/tab/types.js from docs/report.schema.json; don't edit it.

export type Report = {
  schemaVersion: "1";
  /** name and version of what wrote it */
  tool: string;
  started: string;
  seconds: number;
  /** of seconds, how long was waited for what may have been propagating */
  waitedSeconds?: number;
  connection: {
    id: string;
    name?: string;
    scheme?: string;
    cloud?: string;
    tenantId?: string;
    subscriptionId?: string;
    /** the resource id of Azure that the connection is for */
    scope?: string;
  };
  pipeline?: {
    name: string;
    project: string;
  };
  failOn: "fail" | "unknown" | "warn" | "never";
  result: "pass" | "warn" | "unknown" | "fail";
  step: "Succeeded" | "SucceededWithIssues" | "Failed";
  /** the last line of the log */
  line: string;
  ready?: string;
  /** whole days until the credential ends; absent when that is unknown, below 0 when it has ended */
  daysToExpiry?: number;
  expires?: {
    /** the first moment at which the credential in use doesn't work; absent when that is unknown */
    at: string;
    /** what says so: the connection's certificate, the application in Microsoft Graph, or the input credentialExpiresOn */
    source: "certificate" | "graph" | "input";
  };
  expiryThresholds?: {
    /** fewer days warn; 0 for none */
    warning: number;
    /** fewer days fail; 0 for none */
    error: number;
  };
  cancelled?: boolean;
  checks: Check[];
  /** what to compare with the report of another run; facts that aren't known are absent */
  facts?: {
    /** the same in every report */
    id: string;
    /** for a reader */
    label: string;
    value: string;
  }[];
  /** what the files of the input deployment need, and what the identity has of it; absent if no file was named, or none could be read */
  deployment?: {
    /** of all scopes, those that aren't listed included */
    certain: Counts;
    likely: Counts;
    /** those where something isn't granted come first */
    scopes: Scope[];
    /** how many aren't listed */
    moreScopes?: number;
    /** how far the identity's permissions go beside what's needed; without role and actions, they go no further */
    beyond?: ({
      /** in a few words */
      scopes: string[];
      moreScopes?: number;
      /** the role that allows as much; the identity can have others */
      role?: "Owner" | "Contributor" | "Owner under a condition";
      /** as the identity's roles say it, with wildcards */
      actions?: string[];
      moreActions?: number;
    })[];
  };
  /** what a report about making a connection (armpreflight creation) ends in; absent for a run */
  recommendation?: {
    way: "automatic" | "managed-identity-federation" | "manual-existing-identity" | "none-yet";
    title: string;
    why: string;
    /** the person needs nobody else for it */
    alone: boolean;
    steps: {
      who: string;
      text: string;
      command?: string;
    }[];
    fileName?: string;
    /** the text of that file, which a command reads */
    file?: string;
  };
};

export type Status = "pass" | "warn" | "fail" | "unknown" | "skip";

export type Counts = {
  granted: number;
  missing: number;
  /** by a deny assignment */
  denied: number;
  /** the permissions couldn't be read, or weren't checked */
  unknown: number;
};

export type Scope = {
  /** an ARM ID; / is the tenant; with {subscription} and similar if the files don't say which */
  scope: string;
  /** the scope in a few words */
  name: string;
  certain: Counts;
  likely: Counts;
  /** what isn't granted comes first; a report lists up to 2,000, so there can be fewer than the counts say */
  needs: ({
    action: string;
    dataAction?: boolean;
    certainty: "certain" | "likely";
    state: "granted" | "missing" | "denied" | "unknown";
    /** where the files say so, for what isn't granted */
    because?: string;
  })[];
};

export type Check = {
  /** of another connection: its name, or its name, a slash and the check */
  id: string;
  layer: "pipeline" | "connection" | "network" | "identity" | "azure" | "more" | "Azure DevOps" | "directory";
  title: string;
  /** when it could not tell, it counts as nothing */
  advisory?: boolean;
  status: Status;
  text?: string;
  notes?: string[];
  notAsked?: boolean;
  notApplicable?: boolean;
  blockedBy?: string[];
  seconds: number;
  findings?: Finding[];
};

export type Finding = {
  status: Status;
  code: string;
  text: string;
  cause?: string;
  who?: string;
  steps?: string[];
  /** the lines of each step; every second one is a command or a URL to paste */
  stepLines?: string[][];
  /** the numbers of the steps that matter most, from 1 */
  decisive?: number[];
  link?: string;
  /** what to send to the person named in who */
  ask?: string;
  confidence?: "documented" | "observed" | "not confirmed";
  mayHealMinutes?: number;
  waived?: {
    until: string;
    because: string;
  };
  evidence?: {
    method?: string;
    host?: string;
    path?: string;
    status?: number;
    contentType?: string;
    network?: string;
    codes?: string[];
    message?: string;
    body?: string;
    traceId?: string;
    correlationId?: string;
    requestId?: string;
    timestamp?: string;
  };
};
