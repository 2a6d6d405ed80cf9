package main

import (
	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	config "github.com/cert-manager/cert-manager/internal/apis/config/webhook"
	"github.com/cert-manager/cert-manager/internal/webhook"
	"github.com/cert-manager/cert-manager/pkg/webhook/server"
)

// newWebhook makes what judges every object of cert-manager's kinds and writes into each CertificateRequest who made it.
func newWebhook(log logr.Logger, kubeconfig string, port int, certFile, keyFile string) (*server.Server, error) {
	ctrllog.SetLogger(log)
	return webhook.NewCertManagerWebhookServer(log, config.WebhookConfiguration{
		KubeConfig:           kubeconfig,
		SecurePort:           int32(port),
		MetricsListenAddress: "0",
		TLSConfig: shared.TLSConfig{
			Filesystem:    shared.FilesystemServingConfig{CertFile: certFile, KeyFile: keyFile},
			MinTLSVersion: "VersionTLS13",
		},
	})
}
