package main

import (
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// sweepMarker is the file without which sweep removes nothing.
const sweepMarker = ".controlplane"

// sweep waits until standard input ends, that is until its parent is gone, and
// then removes dir, unless the parent has removed it itself. It tries for some
// seconds, because processes that are just dying may still write there.
func sweep(dir string) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, sweepMarker)); err != nil {
		return nil
	}
	var err error
	for range 20 {
		time.Sleep(100 * time.Millisecond)
		if err = os.RemoveAll(dir); err == nil {
			if _, gone := os.Stat(dir); os.IsNotExist(gone) {
				return nil
			}
		}
	}
	return err
}
