package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"portico/backend/api"
	"portico/backend/diagnose"
)

// places tells on which networks of this computer links pause, because nobody approved them: the running
// instance knows.
func (p Patient) places(ctx context.Context) (out []Finding) {
	var list api.LocalNetworkList
	if err := p.ask(ctx, "/-/api/networks", &list); err != nil || !list.Asking {
		return nil // the doors have told that it does not answer
	}
	for _, n := range list.Networks {
		if name := cmp.Or(n.Name, n.Interface); !n.Approved && n.Kind != "virtual" {
			out = append(out, Finding{About: "links", Text: "they open for nobody on the network “" + name + "”, which nobody approved", Note: true, Next: diagnose.ApproveLine(name)})
		}
	}
	return out
}

// ask asks the running instance.
func (p Patient) ask(ctx context.Context, path string, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://portico"+path, nil)
	if err != nil {
		return err
	}
	answer, err := Client(p.Data).Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answered %s", answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(out)
}
