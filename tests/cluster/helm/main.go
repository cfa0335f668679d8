// Helm, as its own main package runs it.
package main

import (
	"errors"
	"log/slog"
	"os"

	"helm.sh/helm/v4/pkg/cmd"
	"helm.sh/helm/v4/pkg/kube"

	_ "k8s.io/client-go/plugin/pkg/client/auth" // as upstream helm does
)

func main() {
	os.Exit(run())
}

func run() int {
	kube.ManagedFieldsManager = "helm"
	root, err := cmd.NewRootCmd(os.Stdout, os.Args[1:], cmd.SetupLogging)
	if err != nil {
		slog.Warn("command failed", slog.Any("error", err))
		return 1
	}
	if err := root.Execute(); err != nil {
		if coded, ok := errors.AsType[cmd.CommandError](err); ok {
			return coded.ExitCode
		}
		return 1
	}
	return 0
}
