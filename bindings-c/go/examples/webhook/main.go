// A validating admission webhook: a cluster takes only what a charter's packs let pass.
//
//	webhook -charter poundlock/charter.yaml -cert tls.crt -key tls.key
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	poundlock "github.com/poundlock/poundlock/bindings-c/go"
)

// What the API server sends is smaller than this.
const mostBytes = 16 << 20

type review struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Response   *response `json:"response,omitempty"`
}

type response struct {
	UID     string  `json:"uid"`
	Allowed bool    `json:"allowed"`
	Status  *status `json:"status,omitempty"`
}

type status struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// A webhook answers reviews by the packs of a stage.
type webhook struct {
	engine *poundlock.Engine
	stage  *string
}

func (w webhook) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, mostBytes))
	var asked struct {
		Request struct {
			UID string `json:"uid"`
		} `json:"request"`
	}
	if err == nil {
		err = json.Unmarshal(body, &asked)
	}
	if err == nil && asked.Request.UID == "" {
		err = errors.New("the review has no uid")
	}
	if err != nil {
		// Without a uid there is nothing to answer; the API server then does as `failurePolicy: Fail` says.
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	answer := review{"admission.k8s.io/v1", "AdmissionReview", &response{UID: asked.Request.UID}}
	if denied := w.judge(body); denied == nil {
		answer.Response.Allowed = true
	} else {
		answer.Response.Status = denied
	}
	out.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(out).Encode(answer); err != nil {
		log.Print(err)
	}
}

// judge says why an object is not let in, if it is not. What cannot be judged is not let in.
func (w webhook) judge(body []byte) *status {
	plan, err := poundlock.PlanKubernetes(body)
	if err != nil {
		return &status{http.StatusInternalServerError, err.Error()}
	}
	defer plan.Close()
	report, err := w.engine.Check(plan, &poundlock.CheckInput{Stage: w.stage})
	if err != nil {
		return &status{http.StatusInternalServerError, err.Error()}
	}
	if report.Verdict == poundlock.VerdictAllow {
		return nil
	}
	var reasons []string
	for _, finding := range report.Findings {
		if finding.Enforcement == poundlock.EnforcementMandatory && finding.Outcome != poundlock.OutcomePass {
			policy := finding.Code
			if finding.Subject != nil {
				policy = *finding.Subject + " (" + finding.Code + ")"
			}
			reasons = append(reasons, policy+": "+finding.Message)
		}
	}
	return &status{http.StatusForbidden, strings.Join(reasons, "\n")}
}

func main() {
	charter := flag.String("charter", "poundlock/charter.yaml", "the charter; its lock file and packs lie beside it")
	stage := flag.String("stage", "", "the stage whose packs count; all of the charter's, unless one is named")
	address := flag.String("listen", ":8443", "where to listen")
	certificate := flag.String("cert", "tls.crt", "the certificate")
	key := flag.String("key", "tls.key", "the certificate's key")
	flag.Parse()

	engine, err := poundlock.EngineLoad(*charter)
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	hook := webhook{engine: engine}
	if *stage != "" {
		hook.stage = stage
	}
	server := http.Server{Addr: *address, Handler: hook, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	fmt.Println("listening on", *address)
	log.Fatal(server.ListenAndServeTLS(*certificate, *key))
}
