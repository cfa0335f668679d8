// Package registry serves an image registry from memory, over TLS: one half of
// it for everybody, the other, PrivatePrefix, for one login, in the two steps
// that public registries ask for.
package registry

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

const (
	// PrivatePrefix begins the repositories that want a login.
	PrivatePrefix = "private/"
	// User and Password are that login.
	User, Password = "reader", "let-me-in"

	token = "a-token-of-this-registry"
)

// Handler answers as the registry of this host, an address with its port.
func Handler(host string) http.Handler {
	open := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := r.Header.Get("Authorization")
		// Clients look at /v2/ to learn how one logs in.
		refused := r.URL.Path == "/v2/" && shown == "" || strings.HasPrefix(r.URL.Path, "/v2/"+PrivatePrefix) && shown != "Bearer "+token
		switch {
		// Older than the form by POST, and what every client falls back to.
		case r.URL.Path == "/token" && r.Method != http.MethodGet:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case r.URL.Path == "/token":
			giveToken(w, r)
		case refused:
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="https://%s/token",service="%s"`, host, host))
			unauthorized(w)
		default:
			open.ServeHTTP(w, r)
		}
	})
}

func giveToken(w http.ResponseWriter, r *http.Request) {
	given := "for-everybody"
	if user, password, ok := r.BasicAuth(); ok {
		if same(user, User)&same(password, Password) == 0 {
			unauthorized(w)
			return
		}
		given = token
	}
	json.NewEncoder(w).Encode(map[string]string{"token": given})
}

func unauthorized(w http.ResponseWriter) {
	http.Error(w, `{"errors":[{"code":"UNAUTHORIZED"}]}`, http.StatusUnauthorized)
}

func same(a, b string) int { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) }
