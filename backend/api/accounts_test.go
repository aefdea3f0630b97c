package api_test

import (
	"slices"
	"testing"

	"portico/backend/account"
	"portico/backend/api"
)

// TestAPasswordForSMB: whoever administers gives one, is told it once, and takes it away.
func TestAPasswordForSMB(t *testing.T) {
	h := open(t)
	if _, err := h.accounts.Give(t.Context(), "carl", "carls password"); err != nil {
		t.Fatal(err)
	}
	root := h.as("root")
	find := func(name string) api.Account {
		t.Helper()
		var list api.AccountList
		root.want(200, "GET", "/-/api/accounts", nil, &list)
		i := slices.IndexFunc(list.Accounts, func(a api.Account) bool { return a.Name == name })
		if i < 0 {
			t.Fatalf("no %s among %+v", name, list)
		}
		return list.Accounts[i]
	}
	anna := find("anna")
	address := "/-/api/accounts/" + anna.ID + "/smb"
	if anna.SMB || anna.Admin || anna.Given || anna.Disabled || !find("root").Admin {
		t.Errorf("%+v", anna)
	}
	for _, who := range []struct {
		p      *person
		status int
		code   string
	}{{h.guest(), 401, "ACC-SIGN-01"}, {h.as("anna"), 403, "ACC-ADMIN-01"}} {
		who.p.refused(who.status, who.code, "GET", "/-/api/accounts", nil)
		who.p.refused(who.status, who.code, "POST", address, nil)
		who.p.refused(who.status, who.code, "DELETE", address, nil)
	}
	var secret, second api.SMBPassword
	root.want(200, "POST", address, nil, &secret)
	h.owner().want(200, "POST", address, nil, &second)
	logins, err := h.accounts.SMBLogins(t.Context())
	h.must(err)
	if secret.Password == second.Password || !slices.Contains(logins, account.SMBLogin{ID: anna.ID, Name: "anna", Hash: account.HashNT(second.Password)}) {
		t.Errorf("%+v", logins)
	}
	if !find("anna").SMB || find("bert").SMB {
		t.Error("who has one is not told")
	}
	root.want(204, "DELETE", address, nil, nil)
	root.want(204, "DELETE", address, nil, nil)
	if find("anna").SMB {
		t.Error("it was not taken away")
	}
	root.refused(404, "ACC-NONE-01", "POST", "/-/api/accounts/nobody/smb", nil)
	carl := find("carl")
	if !carl.Given || !carl.SMB {
		t.Errorf("%+v", carl)
	}
	root.refused(409, "ACC-GIVEN-01", "POST", "/-/api/accounts/"+carl.ID+"/smb", nil)
}
