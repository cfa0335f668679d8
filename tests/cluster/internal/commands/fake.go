package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"

	"modelport.dev/cluster/internal/fakenodes"
)

// fakeTimeout bounds one command.
const fakeTimeout = 30 * time.Second

// fakeCommand scripts faults. The script is kept in annotations of nodes,
// namespaces and pods, where kubectl shows it, and where kubectl can write it.
func fakeCommand(at *location) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fake",
		Short: "Script the fake nodes: lose them, let their pods fail, slow them down",
		Example: `  modelport-cluster fake down aws-par-a10g-1
  modelport-cluster fake up aws-par-a10g-1
  modelport-cluster fake fail crashLoop --namespace team-a --selector app=chat
  modelport-cluster fake delay 20s --namespace team-a
  modelport-cluster fake clear --namespace team-a`,
	}
	cmd.AddCommand(fakeNodeCommand(at, "down", "Lose a node: its lease runs out, its pods stand still", "true"),
		fakeNodeCommand(at, "up", "Bring a lost node back", nil),
		fakeFailCommand(at), fakeDelayCommand(at), fakeClearCommand(at))
	return cmd
}

func fakeNodeCommand(at *location, verb, short string, down any) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NODE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return annotate(cmd.Context(), at, func(ctx context.Context, a *annotator) error {
				return a.node(ctx, args[0], map[string]any{fakenodes.AnnotationDown: down})
			})
		},
	}
}

// scope says which pods a script is for: one that exists, or all of a
// namespace that a selector takes, those to come included.
type scope struct{ namespace, selector, pod string }

func (s *scope) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.namespace, "namespace", "default", "namespace")
	cmd.Flags().StringVar(&s.selector, "selector", "", "labels of the pods (default: all of the namespace)")
	cmd.Flags().StringVar(&s.pod, "pod", "", "only this pod, and not what replaces it")
}

func fakeFailCommand(at *location) *cobra.Command {
	var s scope
	cmd := &cobra.Command{
		Use:   "fail HOW",
		Short: "Let pods fail: crashLoop, oomKilled, imagePull, initCrash, unready or hang",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fakenodes.Failure(args[0]).Check(); err != nil {
				return err
			}
			return s.apply(cmd.Context(), at, map[string]any{fakenodes.AnnotationFail: args[0]})
		},
	}
	s.flags(cmd)
	return cmd
}

func fakeDelayCommand(at *location) *cobra.Command {
	var s scope
	cmd := &cobra.Command{
		Use:   "delay TIME",
		Short: "Let pods take this long from bound to running",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := time.ParseDuration(args[0]); err != nil {
				return err
			}
			return s.apply(cmd.Context(), at, map[string]any{fakenodes.AnnotationDelay: args[0]})
		},
	}
	s.flags(cmd)
	return cmd
}

func fakeClearCommand(at *location) *cobra.Command {
	var s scope
	cmd := &cobra.Command{
		Use:   "clear",
		Short: "Forget what fail and delay have set",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.apply(cmd.Context(), at, map[string]any{fakenodes.AnnotationFail: nil, fakenodes.AnnotationDelay: nil})
		},
	}
	s.flags(cmd)
	return cmd
}

func (s *scope) apply(ctx context.Context, at *location, annotations map[string]any) error {
	if _, err := labels.Parse(s.selector); err != nil {
		return fmt.Errorf("--selector %q: %w", s.selector, err)
	}
	return annotate(ctx, at, func(ctx context.Context, a *annotator) error {
		if s.pod != "" {
			return a.pod(ctx, s.namespace, s.pod, annotations)
		}
		annotations[fakenodes.AnnotationSelector] = nil
		if s.selector != "" {
			annotations[fakenodes.AnnotationSelector] = s.selector
		}
		return a.namespace(ctx, s.namespace, annotations)
	})
}

// annotate connects to the cluster and runs one change.
func annotate(ctx context.Context, at *location, change func(context.Context, *annotator) error) error {
	dir, err := at.open()
	if err != nil {
		return err
	}
	client, err := clientFor(dir.Kubeconfig())
	if err != nil {
		return fmt.Errorf("no cluster runs in %s: start one with: modelport-cluster up (%w)", dir, err)
	}
	ctx, cancel := context.WithTimeout(ctx, fakeTimeout)
	defer cancel()
	return change(ctx, &annotator{client})
}
