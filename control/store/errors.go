package store

import (
	"context"
	"errors"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"
)

// plainError says what went wrong without gRPC's wrapping, and what an
// operator can do about it. It is still the error that it wraps.
type plainError struct{ error }

func plain(err error) error { return plainError{err} }

func (e plainError) Unwrap() error { return e.error }

// causeTimeout bounds how long an error waits for its cause, on top of what the
// request has waited: of a connection that fails it is known at once.
const causeTimeout = 500 * time.Millisecond

// plain is plainError; where a request waited in vain for a connection, the error
// is why there is none.
func (s *Store) plain(err error) error {
	late := errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded
	conn := s.client.ActiveConnection()
	if !late || conn.GetState() == connectivity.Ready {
		return plain(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), causeTimeout)
	defer cancel()
	_, cause := pb.NewMaintenanceClient(conn).Status(ctx, &pb.StatusRequest{}, grpc.WaitForReady(false))
	if status.Code(cause) != codes.Unavailable {
		return plain(err)
	}
	return plain(cause)
}

// hints are what to do about errors of etcd that do not go away by themselves.
var hints = []struct {
	err  error
	hint string
}{
	{rpctypes.ErrNoSpace, "compact and defragment it, then etcdctl alarm disarm"},
	{rpctypes.ErrUserEmpty, "set etcd-username and etcd-password"},
	{rpctypes.ErrAuthFailed, "correct etcd-username and etcd-password"},
	{rpctypes.ErrPermissionDenied, "give the user of etcd-username a role that reads and writes the keys"},
	{rpctypes.ErrCorrupt, "restore it from a snapshot"},
}

// Error implements error.
func (e plainError) Error() string {
	text := status.Convert(e.error).Message()
	text = strings.TrimPrefix(text, "connection error: desc = ")
	text = strings.Trim(text, `"`)
	for _, h := range hints {
		if errors.Is(rpctypes.Error(e.error), h.err) {
			return text + ": " + h.hint
		}
	}
	return text
}
