package tray

// alike reports whether two menus have the same entries, whatever those say at the moment.
func alike(a, b []Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if (a[i].Label == "") != (b[i].Label == "") || (a[i].Mark == Plain) != (b[i].Mark == Plain) || !alike(a[i].Kids, b[i].Kids) {
			return false
		}
	}
	return true
}
