package app

// commandLine is the grammar of the command line: one field per command.
type commandLine struct {
	Place place `embed:""`

	Version versionCommand `cmd:"" help:"Print the version."`
	Help    helpCommand    `cmd:"" help:"Print help: on the whole, on a command, or on urls, ports, perms, proxy."`
}
