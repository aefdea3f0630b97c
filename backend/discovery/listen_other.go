//go:build !linux

package discovery

import "context"

func listen(ctx context.Context, news chan<- struct{}) { poll(ctx, news) }
