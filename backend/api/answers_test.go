package api_test

import (
	"net/http"
	"testing"

	"portico/backend/api"
)

// TestTakingAnAnswerBack: whoever may see a share sees whom it was answered about, and takes that back.
func TestTakingAnAnswerBack(t *testing.T) {
	h := open(t)
	h.put("trip/a.jpg", "1")
	anna, bert := h.as("anna"), h.as("bert")
	var s api.Share
	anna.want(200, "POST", "/-/api/shares", m{"path": "/files/trip", "ask": true, "preset": "add"}, &s)
	path, answers := "/s/"+s.Key+"/", "/-/api/shares/"+s.ID+"/answers"
	phone := h.visitor()
	phone.comes(path)
	var list api.AskingList
	anna.want(200, "GET", "/-/api/asking", nil, &list)
	var told api.AnswerList
	anna.want(200, "GET", answers, nil, &told)
	if len(told.Answers) != 0 {
		t.Errorf("%+v", told)
	}
	anna.want(204, "POST", "/-/api/asking/"+list.Asking[0].ID, m{"allow": true, "always": true}, nil)
	if got := phone.comes(path); got != http.StatusOK {
		t.Fatal(got)
	}
	phone.want(200, "POST", "/-/api/files/mkdir", m{"path": path + "new"}, nil)
	for _, who := range []*person{anna, h.as("root"), h.owner()} {
		who.want(200, "GET", answers, nil, &told)
		if len(told.Answers) != 1 {
			t.Fatalf("%+v", told)
		}
	}
	one := told.Answers[0]
	if one.Name != "Pixel 8 · Chrome" || one.Remote != "127.0.0.1" || one.Client != pixel || one.Program || !one.Allowed || !one.Always || one.At == 0 {
		t.Errorf("%+v", one)
	}
	for _, who := range []*person{bert, h.guest(), phone} {
		who.refused(404, "LINK-NONE-01", "GET", answers, nil)
		who.refused(404, "LINK-ASK-08", "DELETE", answers+"/"+one.ID, nil)
	}
	anna.want(204, "DELETE", answers+"/"+one.ID, nil, nil)
	anna.refused(404, "LINK-ASK-08", "DELETE", answers+"/"+one.ID, nil)
	phone.refused(403, "LINK-ASK-01", "POST", "/-/api/files/mkdir", m{"path": path + "more"})
	anna.want(200, "GET", "/-/api/asking", nil, &list)
	if len(list.Asking) != 1 {
		t.Errorf("%+v", list)
	}
}
