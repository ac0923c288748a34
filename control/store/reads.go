package store

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// repeatReads sends a transaction that only reads a second time, to another
// member, where the connection was lost under the first. etcd's client does so
// for single reads only, since it does not look into transactions.
func repeatReads(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	err := invoke(ctx, method, req, reply, conn, opts...)
	if status.Code(err) != codes.Unavailable || ctx.Err() != nil || !onlyReads(req) {
		return err
	}
	return invoke(ctx, method, req, reply, conn, opts...)
}

// onlyReads says whether a request is a transaction that can change nothing.
func onlyReads(req any) bool {
	txn, ok := req.(*pb.TxnRequest)
	if !ok {
		return false
	}
	for _, ops := range [][]*pb.RequestOp{txn.Success, txn.Failure} {
		for _, op := range ops {
			if op.GetRequestRange() == nil {
				return false
			}
		}
	}
	return true
}
