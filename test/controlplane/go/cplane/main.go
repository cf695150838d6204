// Command cplane is a Kubernetes control plane in one binary: the first
// argument picks the component.
package main

import (
	"fmt"
	"os"
	"syscall"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

const usage = `usage: cplane etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kwok [flags]
       cplane certs DIR NAME=USER[/GROUP,...]...
       cplane sweep DIR
       cplane exec PROGRAM [ARGUMENTS]`

func main() {
	if len(os.Args) < 2 {
		fail(2, usage)
	}
	os.Args = os.Args[1:]
	switch name, args := os.Args[0], os.Args[1:]; {
	case name == "certs" && len(args) > 1:
		check(writeCerts(args[0], args[1:]))
	case name == "sweep" && len(args) == 1:
		check(sweep(args[0]))
	case name == "exec" && len(args) > 0:
		followParent()
		check(syscall.Exec(args[0], args, os.Environ()))
	default:
		followParent()
		os.Exit(component(name))
	}
}

func component(name string) int {
	switch name {
	case "etcd":
		etcdmain.Main(os.Args)
		return 0
	case "kube-apiserver":
		return cli.Run(apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		return cli.Run(controllers.NewControllerManagerCommand())
	case "kube-scheduler":
		return cli.Run(scheduler.NewSchedulerCommand())
	case "kwok":
		return runKwok()
	}
	fail(2, usage)
	return 2
}

func runKwok() int {
	// component-base has put its own --version there, which is no bool: cobra trips over it.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)
	flags := pflag.NewFlagSet("global", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.Usage = func() {}
	ctx := signals.SetupSignalContext()
	ctx, logger := log.InitFlags(ctx, flags)
	ctx, err := kwokconfig.InitFlags(ctx, flags)
	if err != nil {
		logger.Error("init config flags", "err", err)
		return 1
	}
	command := kwok.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(flags)
	if err := command.ExecuteContext(ctx); err != nil {
		logger.Error("exit", "err", err)
		return 1
	}
	return 0
}

func check(err error) {
	if err != nil {
		fail(1, err)
	}
}

func fail(code int, reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(code)
}
