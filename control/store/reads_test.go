package store

import (
	"context"
	"errors"
	"testing"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// TestReadOfDeadMember verifies that a transaction which only reads outlives
// the connection that it was sent on.
func TestReadOfDeadMember(t *testing.T) {
	direct := openEmbedded(t, t.TempDir(), "127.0.0.1:0")
	g := newGate(t, hostPort(direct))
	s := openClient(t, g.address)
	put(t, s, "/skydns/a", "1")
	g.sever.Store(true)
	resp, err := s.client.Txn(t.Context()).Then(clientv3.OpGet("/skydns/a")).Commit()
	if err != nil || string(resp.Responses[0].GetResponseRange().Kvs[0].Value) != "1" {
		t.Errorf("%v, %v", resp, err)
	}
}

// TestWritesAreSentOnce verifies that only what reads is sent again, and only
// where the connection was lost: nobody knows what became of a write.
func TestWritesAreSentOnce(t *testing.T) {
	read := &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: &pb.RangeRequest{}}}
	write := &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: &pb.PutRequest{}}}
	lost := status.Error(codes.Unavailable, "error reading from server: connection timed out")
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx  context.Context
		req  any
		err  error
		sent int
	}{
		"reads":                       {t.Context(), &pb.TxnRequest{Success: []*pb.RequestOp{read, read}}, lost, 2},
		"reads that succeed":          {t.Context(), &pb.TxnRequest{Success: []*pb.RequestOp{read}}, nil, 1},
		"reads that are refused":      {t.Context(), &pb.TxnRequest{Success: []*pb.RequestOp{read}}, status.Error(codes.PermissionDenied, ""), 1},
		"reads that nobody waits for": {ended, &pb.TxnRequest{Success: []*pb.RequestOp{read}}, lost, 1},
		"a write among reads":         {t.Context(), &pb.TxnRequest{Success: []*pb.RequestOp{read, write}}, lost, 1},
		"a write if not":              {t.Context(), &pb.TxnRequest{Success: []*pb.RequestOp{read}, Failure: []*pb.RequestOp{write}}, lost, 1},
		"a put":                       {t.Context(), &pb.PutRequest{}, lost, 1},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			err := repeatReads(c.ctx, "", c.req, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
				sent++
				return c.err
			})
			if sent != c.sent || !errors.Is(err, c.err) {
				t.Errorf("sent %d times, want %d: %v", sent, c.sent, err)
			}
		})
	}
}
