package registry

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// What is private is there for the login alone; the rest is there for everybody.
func TestLogin(t *testing.T) {
	var handler http.Handler
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	handler = Handler(host)
	transport := remote.WithTransport(server.Client().Transport)
	login := remote.WithAuth(&authn.Basic{Username: User, Password: Password})
	wrong := remote.WithAuth(&authn.Basic{Username: User, Password: "guessed"})
	for _, repository := range []string{"public/tiny:v1", PrivatePrefix + "tiny:v1"} {
		ref, err := name.ParseReference(host + "/" + repository)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(ref, empty.Image, transport, login); err != nil {
			t.Fatal(err)
		}
		_, err = remote.Head(ref, transport)
		if private := strings.HasPrefix(repository, PrivatePrefix); private != (err != nil) {
			t.Errorf("%s without a login: %v", repository, err)
		}
		if _, err := remote.Head(ref, transport, login); err != nil {
			t.Errorf("%s with the login: %v", repository, err)
		}
		if _, err := remote.Head(ref, transport, wrong); strings.HasPrefix(repository, PrivatePrefix) && err == nil {
			t.Errorf("%s was given to a wrong password", repository)
		}
	}
}
