package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// parentVariable names the process id whose death is to be ours too.
const parentVariable = "CONTROLPLANE_PARENT_PID"

// followParent asks the kernel to kill this process when its parent dies, even
// by SIGKILL. The request belongs to the calling thread, so call it from main
// (the first thread lives as long as the process); it survives an exec.
func followParent() {
	want, err := strconv.Atoi(os.Getenv(parentVariable))
	if err != nil {
		return
	}
	runtime.LockOSThread()
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0); errno != 0 {
		fmt.Fprintln(os.Stderr, "follow parent:", errno)
		os.Exit(1)
	}
	// The parent may have died before the request was made.
	if os.Getppid() != want {
		os.Exit(1)
	}
}
