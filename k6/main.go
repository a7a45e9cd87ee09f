// Package main is k6 with the Redis client: what `xk6 build v2.2.0 --with
// github.com/grafana/xk6-redis@v0.4.3` generates, kept as a module so that
// go.sum pins every checksum.
package main

import (
	k6cmd "go.k6.io/k6/v2/cmd"

	_ "github.com/grafana/xk6-redis"
)

func main() {
	k6cmd.Execute()
}
