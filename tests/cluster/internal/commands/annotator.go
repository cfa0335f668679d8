package commands

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// annotator writes annotations; a nil value removes one.
type annotator struct{ client kubernetes.Interface }

func patchOf(annotations map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{"metadata": map[string]any{"annotations": annotations}})
}

func (a *annotator) node(ctx context.Context, name string, annotations map[string]any) error {
	patch, err := patchOf(annotations)
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

func (a *annotator) namespace(ctx context.Context, name string, annotations map[string]any) error {
	patch, err := patchOf(annotations)
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().Namespaces().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

func (a *annotator) pod(ctx context.Context, namespace, name string, annotations map[string]any) error {
	patch, err := patchOf(annotations)
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().Pods(namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
