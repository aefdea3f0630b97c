package app

// commandLine is the grammar of the command line: one field per command.
type commandLine struct {
	Place   place       `embed:""`
	Version versionFlag `name:"version" help:"Print the version."`

	Bare    bareCommand    `cmd:"" default:"withargs" hidden:""`
	Serve   serveCommand   `cmd:"" help:"Serve folders, until Ctrl-C."`
	Share   shareCommand   `cmd:"" help:"Make a link to a folder or file, on the running Portico."`
	Asking  askingCommand  `cmd:"" help:"Devices at shares that ask: list, allow, refuse, answers, forget."`
	User    userCommand    `cmd:"" help:"Accounts: list, add, passwd, reset, disable, enable, remove, smb, group, key."`
	Token   tokenCommand   `cmd:"" help:"Tokens for scripts: list, add, remove."`
	Volume  volumeCommand  `cmd:"" help:"Served folders: list, add, remove, eject, accept."`
	Door    doorCommand    `cmd:"" help:"Doors, of the running Portico: list them, open, move or close one."`
	Network networkCommand `cmd:"" help:"Networks that this computer comes to: list, approve, forget."`
	Config  configCommand  `cmd:"" help:"Settings: show, check, set, unset, explain, path."`
	Doctor  doctorCommand  `cmd:"" help:"Look whether everything is in order, and say what is not."`
	Verify  verifyCommand  `cmd:"" help:"Read files again and say which are not what arrived any more."`
	Desktop entriesCommand `cmd:"" help:"Entries in this user's menu and file managers: install, remove."`
	About   versionCommand `cmd:"" name:"version" help:"Print the version."`
	Help    helpCommand    `cmd:"" help:"Print help: on the whole, on a command, or on urls, ports, perms, webdav, ftp, proxy."`
}
