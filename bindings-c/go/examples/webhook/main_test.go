package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

const pack = `
pack: cluster
version: 1.0.0
policies:
  - name: replicas
    description: A service has more than one replica.
    match: { resources: ["kubernetes:apps/v1:Deployment", "kubernetes:autoscaling/v1:Scale"] }
    validations: [{ expression: has(object.spec.replicas) && object.spec.replicas > 1 }]
  - name: kept
    description: What is marked as kept is not deleted.
    match: { resources: ["kubernetes:apps/v1:Deployment"], actions: [delete] }
    validations: [{ expression: "!('keep' in oldObject.metadata.labels)" }]
  - name: quiet
    description: Nobody debugs a pod here.
    match: { resources: ["kubernetes:core/v1:Pod"] }
    validations: [{ expression: "!has(object.spec.ephemeralContainers)" }]
`

const charter = `
charter: cluster
version: 1.0.0
unmatched: deny
identity: asserted
packs: [{ pack: cluster, version: 1.0.0 }]
actors: [{ actor: ci, kind: workload }]
tracks:
  - track: infrastructure
    moves: change
    stages: [{ stage: dev, grants: { plan: [ci] }, packs: [cluster] }]
    boundaries: [{ into: dev, refs: [refs/heads/main] }]
`

// hook is a webhook whose law lies in a directory, as `poundlock lock` leaves it.
func hook(t *testing.T) webhook {
	t.Helper()
	parsed, err := poundlock.NewPolicyPack([]byte(pack))
	if err != nil {
		t.Fatal(err)
	}
	defer parsed.Close()
	lock := "lock: 1\npacks:\n  - { pack: cluster, version: 1.0.0, digest: \"" + parsed.Digest() + "\" }\n"
	place := t.TempDir()
	files := map[string]string{"charter.yaml": charter, "charter.lock": lock, "packs/cluster.yaml": pack}
	if err := os.Mkdir(filepath.Join(place, "packs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(place, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	engine, err := poundlock.EngineLoad(filepath.Join(place, "charter.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return webhook{engine: engine}
}

func ask(t *testing.T, hook webhook, body string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	hook.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	return answer
}

func asked(operation, kind, objects string) string {
	return `{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "705ab4f5",
		"kind": {"group": "apps", "version": "v1", "kind": "` + kind + `"},
		"name": "web", "namespace": "shop", "operation": "` + operation + `", ` + objects + `}}`
}

// of makes a review about a part of a pod or deployment out of one about a deployment.
func of(group, kind, part, body string) string {
	body = strings.Replace(body, `"group": "apps"`, `"group": "`+group+`"`, 1)
	body = strings.Replace(body, `"kind": "Deployment"`, `"kind": "`+kind+`"`, 1)
	return strings.Replace(body, `"uid":`, `"subResource": "`+part+`", "uid":`, 1)
}

func TestTheClusterTakesOnlyWhatPasses(t *testing.T) {
	hook := hook(t)
	object := func(replicas string) string {
		return `{"metadata": {"labels": {}}, "spec": {"replicas": ` + replicas + `}}`
	}
	kept := `"oldObject": {"metadata": {"labels": {"keep": "yes"}}, "spec": {}}`
	for _, test := range []struct {
		name, body string
		allowed    bool
		code       int
	}{
		{"two replicas", asked("CREATE", "Deployment", `"object": `+object("2")), true, 0},
		{"one replica", asked("CREATE", "Deployment", `"object": `+object("1")), false, 403},
		{"scaled down", asked("UPDATE", "Deployment", `"object": `+object("1")+`, "oldObject": `+object("2")), false, 403},
		{"no replicas at all", asked("CREATE", "Deployment", `"object": {"spec": {}}`), false, 403},
		{"a kind without a policy", asked("CREATE", "StatefulSet", `"object": `+object("2")), false, 403},
		{"deleted", asked("DELETE", "Deployment", `"oldObject": `+object("2")), true, 0},
		{"deleted though kept", asked("DELETE", "Deployment", kept), false, 403},
		{"deleted without a policy about it", asked("DELETE", "StatefulSet", kept), false, 403},
		{"scaled to nothing", of("autoscaling", "Scale", "scale", asked("UPDATE", "Deployment", `"object": {"spec": {}}, "oldObject": `+object("2"))), false, 403},
		{"scaled up", of("autoscaling", "Scale", "scale", asked("UPDATE", "Deployment", `"object": `+object("3")+`, "oldObject": `+object("2"))), true, 0},
		{"debugged", of("", "Pod", "ephemeralcontainers", asked("UPDATE", "Deployment", `"object": {"spec": {"ephemeralContainers": []}}, "oldObject": {"spec": {}}`)), false, 403},
		{"nothing to judge", asked("CREATE", "Deployment", `"object": null`), false, 500},
		{"no change", asked("CONNECT", "Deployment", `"object": `+object("2")), false, 500},
		{"no review", `{"request": {"uid": "705ab4f5"}}`, false, 500},
	} {
		t.Run(test.name, func(t *testing.T) {
			var answer review
			if err := json.Unmarshal(ask(t, hook, test.body).Body.Bytes(), &answer); err != nil {
				t.Fatal(err)
			}
			if answer.APIVersion != "admission.k8s.io/v1" || answer.Kind != "AdmissionReview" {
				t.Error("it is no review:", answer)
			}
			if answer.Response.UID != "705ab4f5" || answer.Response.Allowed != test.allowed {
				t.Errorf("%+v", answer.Response)
			}
			if !test.allowed && answer.Response.Status.Code != test.code {
				t.Errorf("%+v", answer.Response.Status)
			}
		})
	}
}

func TestWhatCannotBeAnsweredIsNoLeave(t *testing.T) {
	hook := hook(t)
	for _, body := range []string{"", "{", "[]", `{"request": {}}`, `{"request": {"uid": 5}}`} {
		if answer := ask(t, hook, body); answer.Code != http.StatusBadRequest {
			t.Error(body, answer.Code)
		}
	}
}
