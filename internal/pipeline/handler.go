package pipeline

import (
	"log/slog"
	"strings"
)

// Handler gives a slog handler whose records of at least a level (nil: slog.LevelInfo) become debug lines of the log.
// The time is left out: the agent puts one before every line.
func (l *Log) Handler(level slog.Leveler) slog.Handler {
	return slog.NewTextHandler(debugWriter{l}, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			if len(groups) == 0 && attr.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attr
		},
	})
}

// debugWriter makes a debug line of every record: a slog handler writes each with one call.
type debugWriter struct{ log *Log }

func (w debugWriter) Write(record []byte) (int, error) {
	w.log.Debug(strings.TrimSuffix(string(record), "\n"))
	return len(record), w.log.Err()
}
