package scenario

import "regexp"

// varying are the parts of a log that differ between two runs.
var varying = []struct {
	pattern *regexp.Regexp
	same    string
}{
	{regexp.MustCompile(`(?m)^(  (?:pass|note|WARN|FAIL|\?\?\?\?) ) *\d* ?m?s? {2}`), "$1   0 ms  "},
	{regexp.MustCompile(`(?i)((?:trace|correlation|request) id:?\s+)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "${1}00000000-0000-0000-0000-000000000000"}, // by the order in which requests arrive
	{regexp.MustCompile(`\(\d+\.\d s\)`), "(0.0 s)"},
	{regexp.MustCompile(`no response after [\d.]+s`), "no response after 5s"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:0"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z`), "2026-11-23 12:00:00Z"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[\d:.]+Z`), "2026-11-23T12:00:00.0000000Z"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}`), "2026-11-23"},
	{regexp.MustCompile(`\d+ days`), "30 days"},
	{regexp.MustCompile(`(?m)\b1h59m5\ds|2h0m[0-2]s`), "2h0m0s"},
	{regexp.MustCompile(`\d{2}:\d{2}:\d{2} GMT`), "12:00:00 GMT"},
	{regexp.MustCompile(`compared with the clock of(\s+)\w[\w.]*\.(?:com|us)`), "compared with the clock of${1}a service"},
	{regexp.MustCompile(`certificate authorities of \S+`), "certificate authorities of authority.pem;"},
}

// Steady is a log with the same text wherever two runs of one situation differ: times, dates, ports and what the services number.
func Steady(log string) string {
	for _, v := range varying {
		log = v.pattern.ReplaceAllString(log, v.same)
	}
	return log
}
