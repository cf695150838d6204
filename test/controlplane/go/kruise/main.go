// Command kruise-manager is OpenKruise's manager with every listener on WEBHOOK_HOST:
// upstream's main binds its webhook to 0.0.0.0 and pprof to :8090.
package main

import (
	"flag"
	"net"
	"os"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
	ctrl "sigs.k8s.io/controller-runtime"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	ctrlwebhook "sigs.k8s.io/controller-runtime/pkg/webhook"

	appsv1alpha1 "github.com/openkruise/kruise/apis/apps/v1alpha1"
	appsv1beta1 "github.com/openkruise/kruise/apis/apps/v1beta1"
	policyv1alpha1 "github.com/openkruise/kruise/apis/policy/v1alpha1"
	extclient "github.com/openkruise/kruise/pkg/client"
	"github.com/openkruise/kruise/pkg/control/pubcontrol"
	"github.com/openkruise/kruise/pkg/controller"
	"github.com/openkruise/kruise/pkg/features"
	utilclient "github.com/openkruise/kruise/pkg/util/client"
	"github.com/openkruise/kruise/pkg/util/controllerfinder"
	utilfeature "github.com/openkruise/kruise/pkg/util/feature"
	"github.com/openkruise/kruise/pkg/util/fieldindex"
	"github.com/openkruise/kruise/pkg/webhook"
	webhookutil "github.com/openkruise/kruise/pkg/webhook/util"
)

func main() {
	health := flag.String("health-probe-addr", "127.0.0.1:8000", "address of /readyz")
	qps := flag.Int("rest-config-qps", 500, "queries per second to the API server")
	utilfeature.DefaultMutableFeatureGate.AddFlag(pflag.CommandLine)
	klog.InitFlags(nil)
	pflag.CommandLine.AddGoFlagSet(flag.CommandLine)
	pflag.Parse()
	ctrl.SetLogger(klog.Background())
	features.SetDefaultFeatureGates()
	capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true})

	host := webhookutil.GetHost()
	if net.ParseIP(host) == nil {
		klog.Fatal("WEBHOOK_HOST must be an IP address")
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, appsv1alpha1.AddToScheme, appsv1beta1.AddToScheme, policyv1alpha1.AddToScheme} {
		utilruntime.Must(add(scheme))
	}
	utilruntime.Must(appsv1alpha1.AddToScheme(clientgoscheme.Scheme))
	utilruntime.Must(appsv1beta1.AddToScheme(clientgoscheme.Scheme))
	scheme.AddUnversionedTypes(metav1.SchemeGroupVersion, &metav1.UpdateOptions{}, &metav1.DeleteOptions{}, &metav1.CreateOptions{})

	ctx := ctrl.SetupSignalHandler()
	cfg := ctrl.GetConfigOrDie()
	cfg.QPS, cfg.Burst, cfg.UserAgent = float32(*qps), 2**qps, "kruise-manager"
	must(extclient.NewRegistry(cfg), "clients")
	mgr, err := ctrl.NewManager(cfg, ctrl.Options{
		Scheme:                 scheme,
		Metrics:                metricsserver.Options{BindAddress: "0"},
		HealthProbeBindAddress: *health,
		WebhookServer:          ctrlwebhook.NewServer(ctrlwebhook.Options{Host: host, Port: webhookutil.GetPort(), CertDir: webhookutil.GetCertDir()}),
		NewCache:               utilclient.NewCache,
	})
	must(err, "manager")
	must(controllerfinder.InitControllerFinder(mgr), "controller finder")
	pubcontrol.InitPubControl(mgr.GetClient(), controllerfinder.Finder, mgr.GetEventRecorderFor("pub-controller"))
	must(fieldindex.RegisterFieldIndexes(mgr.GetCache()), "field indexes")
	must(webhook.SetupWithManager(mgr), "webhook")
	must(webhook.Initialize(ctx, cfg), "webhook configuration")
	must(mgr.AddReadyzCheck("webhook-ready", webhook.Checker), "readyz")
	go func() {
		must(webhook.WaitReady(), "webhook ready")
		must(controller.SetupWithManager(mgr), "controllers")
	}()
	must(mgr.Start(ctx), "run")
}

func must(err error, what string) {
	if err != nil {
		klog.ErrorS(err, "failed", "what", what)
		os.Exit(1)
	}
}
