package dns

import (
	"testing"

	"golang.org/x/net/dns/dnsmessage"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
)

func TestAnswer(t *testing.T) {
	service := func(name, ip string) *corev1.Service {
		return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "a"}, Spec: corev1.ServiceSpec{ClusterIP: ip}}
	}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Name: "x", Namespace: "a", Labels: map[string]string{discoveryv1.LabelServiceName: "headless"}},
		Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"10.88.0.2"}}, {Addresses: []string{"10.88.0.3"}, Conditions: discoveryv1.EndpointConditions{Ready: new(bool)}}},
	}
	factory := informers.NewSharedInformerFactory(fake.NewSimpleClientset(service("web", "10.96.0.7"), service("headless", "None"), slice), 0)
	s := &Server{domain: ".cluster.local.", services: factory.Core().V1().Services().Lister(), endpoints: factory.Discovery().V1().EndpointSlices().Lister()}
	factory.Start(t.Context().Done())
	factory.WaitForCacheSync(t.Context().Done())

	for name, want := range map[string]struct {
		code    dnsmessage.RCode
		address [][4]byte
	}{
		"web.a.svc.cluster.local.":      {dnsmessage.RCodeSuccess, [][4]byte{{10, 96, 0, 7}}},
		"WEB.a.svc.cluster.local.":      {dnsmessage.RCodeSuccess, [][4]byte{{10, 96, 0, 7}}},
		"headless.a.svc.cluster.local.": {dnsmessage.RCodeSuccess, [][4]byte{{10, 88, 0, 2}}},
		"none.a.svc.cluster.local.":     {dnsmessage.RCodeNameError, nil},
		"example.com.":                  {dnsmessage.RCodeNameError, nil},
	} {
		question := dnsmessage.Message{Header: dnsmessage.Header{ID: 7}, Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
		packed, err := question.Pack()
		if err != nil {
			t.Fatal(err)
		}
		packed, err = s.Answer(packed)
		if err != nil {
			t.Fatal(err)
		}
		var reply dnsmessage.Message
		if err := reply.Unpack(packed); err != nil {
			t.Fatal(err)
		}
		if reply.RCode != want.code || len(reply.Answers) != len(want.address) {
			t.Fatalf("%s: %v", name, reply)
		}
		for i, a := range want.address {
			if got := reply.Answers[i].Body.(*dnsmessage.AResource).A; got != a {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	if _, err := s.Answer([]byte("garbage")); err == nil {
		t.Error("garbage was answered")
	}
}
