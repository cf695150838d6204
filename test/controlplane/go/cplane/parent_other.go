//go:build !linux

package main

import (
	"os"
	"strconv"
	"time"
)

const parentVariable = "CONTROLPLANE_PARENT_PID"

// followParent ends this process soon after its parent has died. Unlike the
// Linux one it does not survive an exec.
func followParent() {
	want, err := strconv.Atoi(os.Getenv(parentVariable))
	if err != nil {
		return
	}
	go func() {
		for os.Getppid() == want {
			time.Sleep(250 * time.Millisecond)
		}
		os.Exit(1)
	}()
}
