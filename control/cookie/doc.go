// Package cookie keeps the secrets of DNS cookies (RFC 7873, RFC 9018), which
// all nodes share through one key of etcd: a client's cookie is good at every
// one of them. The first control makes the key, any may take the next step of
// rolling the secret over, and each gives its own dataplane what it reads.
//
// The package owns that key and nothing else. Without etcd the secrets stay
// as they are, and cookies go on working.
package cookie
