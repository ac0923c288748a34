// Package e2e tests the whole: the real programs of a node, started, asked,
// killed and started again as an operator would, over REST, etcd and DNS. What
// one package promises alone is tested beside that package.
//
// Each test has nodes, ports and folders of its own.
package e2e
