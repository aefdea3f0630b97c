package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// operation describes one operation.
func operation(method, path, id, summary, description string, change ...func(*huma.Operation)) huma.Operation {
	op := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Description: description,
		Tags: []string{tagOf(path)}, MaxBodyBytes: bodyLimit, BodyReadTimeout: -1, RejectUnknownQueryParameters: true}
	for _, f := range change {
		f(&op)
	}
	return op
}

// wide is for requests that may name 10,000 paths.
func wide(op *huma.Operation) { op.MaxBodyBytes = wideLimit }

// add registers one operation that has a JSON body: do gets the caller and the body.
func add[I, O any](h huma.API, op huma.Operation, do func(*caller, *I) (*O, error)) {
	type input struct{ Body I }
	type output struct{ Body *O }
	huma.Register(h, op, func(ctx context.Context, in *input) (*output, error) {
		c := callerOf(ctx)
		out, err := do(c, &in.Body)
		if err != nil {
			return nil, c.problem(err)
		}
		return &output{out}, nil
	})
}
