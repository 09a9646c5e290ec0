// Package diagnosis turns what was seen into what to do: it reads a service's answer into Evidence, finds the entry of
// the catalogue that fits it best, and explains a code with its cause, the person who can act and the steps.
//
// It asks nobody and prints nothing: it holds no client, writes no log and imports nothing of ours. What a check compared
// (two subjects, two subscriptions, two clocks) is handed in as Args.
package diagnosis

// Code names a diagnosis: the upstream code where there is one ("AADSTS7000222", "AuthorizationFailed"), else a
// kebab-case code of ours ("variable-unset"). Codes are public and never reused.
type Code string
