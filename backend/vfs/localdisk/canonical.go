package localdisk

// canonical is name as it is stored: on a disk that folds case or Unicode form, the asked spelling may
// be another one.
func (a *anchor) canonical(name string, m meta) (string, error) {
	return name, nil
}

// storedBase is the spelling under which m is listed in the folder.
func (f *folder) storedBase(base string, m meta) string { return base }
