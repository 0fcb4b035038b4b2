package setup

import (
	"context"
	"io"
	"log/slog"
)

// JSONLog writes lines as Cloud Logging reads them: severity, message, time.
func JSONLog(w io.Writer, level slog.Level) *slog.Logger {
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: cloudLogging})
	return slog.New(leveled{h, level})
}

// A leveled handler lets through what is at its level or above. A run may have
// a level of its own.
type leveled struct {
	slog.Handler
	min slog.Level
}

func (h leveled) Enabled(_ context.Context, l slog.Level) bool { return l >= h.min }

func (h leveled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return leveled{h.Handler.WithAttrs(attrs), h.min}
}

func (h leveled) WithGroup(name string) slog.Handler {
	return leveled{h.Handler.WithGroup(name), h.min}
}

// WithLevel is the handler at another level.
func (h leveled) WithLevel(min slog.Level) slog.Handler { return leveled{h.Handler, min} }

func cloudLogging(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.LevelKey:
		a.Key = "severity"
		if a.Value.Any() == slog.LevelWarn {
			a.Value = slog.StringValue("WARNING")
		}
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}
