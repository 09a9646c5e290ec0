package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"armpreflight/internal/audit"
	"armpreflight/internal/pipeline"
)

// maxInjected is how many days back runs are of interest: Azure DevOps keeps them for about a month, unless a project says otherwise.
const maxInjected = 365

// judgeInjected reports what's wrong with --injected.
func (in *inspection) judgeInjected() error {
	switch formats := choice(audit.InjectionFormats()); {
	case in.injected == 0:
		return nil
	case in.injected < 0 || in.injected > maxInjected:
		return fmt.Errorf("--injected must be 1 to %d days", maxInjected)
	case in.forecast != 0:
		return errors.New("use either --injected or --forecast")
	case !formats.has(in.format):
		return fmt.Errorf("with --injected, %w", formats.wrong("format"))
	}
	return nil
}

// writeInjected writes in which pipelines the injected step ran, and gives the exit code.
func (s *session) writeInjected(ctx context.Context, in inspection, d audit.Injection, err error) (int, error) {
	if err := notAudited(ctx, err); err != nil {
		return 0, err
	}
	if err := s.deliver(in.output, func(out *pipeline.Log) error {
		w := out.Document()
		if in.format == "table" {
			w = out.Text()
		}
		return through(w, func(w io.Writer) error { return d.Render(w, in.format) })
	}); err != nil {
		return 0, err
	}
	if in.output != "" || in.format != "table" {
		s.say("%s", d.Summary())
	}
	if d.Missed() && in.failOn != "none" {
		return ExitFindings, nil
	}
	return ExitOK, nil
}
