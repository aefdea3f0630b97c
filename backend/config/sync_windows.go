package config

// syncDir does nothing: the system keeps names durable by itself.
func syncDir(string) error { return nil }
