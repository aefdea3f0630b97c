// Package config is one Config: its defaults, how it is read from config.toml, checked, explained and
// changed there without disturbing what a person wrote.
//
// Every field says in its tags what it is called in the file (toml), what it is for (doc) and what it
// may hold (min, max, oneof, form, example); reading, checking, the example file and the messages are
// all made from these, so none of them can lie. It holds no secret, opens no door and knows nothing of
// what the values do. The data folder is not in it: the file lies there.
package config

// FileName is the name of the file in the data folder.
const FileName = "config.toml"

// Config is everything that can be set. A room gets its own part of it, never the whole.
type Config struct {
	General  General  `toml:"general" doc:"What this computer is called."`
	HTTP     HTTP     `toml:"http" doc:"The web door: pages, uploads, the API. HTTP and HTTPS answer on the same port."`
	WebDAV   WebDAV   `toml:"webdav" doc:"WebDAV: what Windows, macOS and Linux mount as a network drive. It is reached through the web door, at /dav/."`
	FTP      FTP      `toml:"ftp" doc:"FTP, for instruments, scanners, cameras and old programs. All but addr holds for [ftps], too."`
	FTPS     FTPS     `toml:"ftps" doc:"FTP that is encrypted from the first byte on (implicit)."`
	SFTP     SFTP     `toml:"sftp" doc:"SFTP and scp: files over SSH. There is no shell."`
	TFTP     TFTP     `toml:"tftp" doc:"TFTP, for routers, phones, bench instruments and boot programs that know nothing better. It hides nothing and asks for no password."`
	SMB      SMB      `toml:"smb" doc:"SMB: shared folders as Windows, macOS, Linux desktops and televisions know them. Samba speaks it, which has to be installed; only on Linux. An account needs a password for SMB: portico user smb NAME."`
	Network  Network  `toml:"network" doc:"The networks that this computer comes to. Which of them are approved is kept in the database, not here."`
	Limits   Limits   `toml:"limits" doc:"How much may happen at the same time."`
	Quota    Quota    `toml:"quota" doc:"How much somebody may store. Names are those of accounts and devices, @GROUP for each of a group's members, @acct for each account and device, * for everybody. One's own name decides, then the most generous of one's groups, then @acct, then *; 0 is no bound. What lies in the trash, earlier contents and unfinished uploads count, too. What comes through a link, a token or a device counts for the account behind it; guests count as one. The owner of this computer has no bound."`
	Rate     Rate     `toml:"rate" doc:"How fast somebody's bytes may move, in bytes a second of all their transfers together. Names are as in [quota]; for guests and visitors with a link, each address by itself, only * counts. 0 is no limit. The owner of this computer has none."`
	Keep     Keep     `toml:"keep" doc:"How long things are kept. 0 means: for ever."`
	Accounts Accounts `toml:"accounts" doc:"Rules for signing in. The accounts themselves are in the database, not here."`
	Log      Log      `toml:"log" doc:"What the program writes about itself."`
	Volumes  []Volume `toml:"volume" doc:"A served folder. Repeat the whole block for every further one."`
}

// General is about the computer as visitors see it.
type General struct {
	Name string `toml:"name" doc:"What visitors read as the name of this computer. Empty: the computer's own name." form:"line" example:"Studio laptop"`
}

// HTTP is the web door.
type HTTP struct {
	Addr           string   `toml:"addr" doc:"Address and port. \":3923\" is every network of this computer, \"127.0.0.1:3923\" only itself; port 0 is any free one; \"off\" closes the door." form:"listen" example:":3923"`
	FallbackPorts  []int    `toml:"fallback_ports" doc:"Tried in turn when the port is taken. 0 is any free one." min:"0" max:"65535" example:"[3924, 3925, 0]"`
	PublicURL      string   `toml:"public_url" doc:"The address that links carry, where this computer is reached by another one (a proxy, a tunnel, a name). Empty: the best address found." form:"url" example:"https://files.example.org"`
	TrustedProxies []string `toml:"trusted_proxies" doc:"Addresses or networks of proxies whose word about the visitor's address is believed." form:"network" example:"[\"127.0.0.1\", \"10.0.0.0/8\"]"`
	ProxyHeader    string   `toml:"proxy_header" doc:"The header in which those proxies tell it." oneof:"X-Forwarded-For,X-Real-IP,Forwarded" example:"X-Real-IP"`
	TLS            TLS      `toml:"tls" doc:"Encryption."`
	Timeouts       Timeouts `toml:"timeouts" doc:"How long the door waits."`
}

// WebDAV is spoken at the port of the web door.
type WebDAV struct {
	Open bool `toml:"open" doc:"Whether it is spoken at all."`
}

// FTP is the FTP door, and what it shares with FTPS.
type FTP struct {
	Addr        string   `toml:"addr" doc:"Address and port; \"off\" closes the door." form:"listen" example:":2121"`
	TLS         string   `toml:"tls" doc:"auto: whoever asks for encryption gets it; required: nobody signs in without; off: there is none. The certificate is that of [http.tls]." oneof:"auto,required,off" example:"required"`
	ReuseTLS    bool     `toml:"reuse_tls" doc:"Encrypted data connections must continue the session of the connection that asked for them. Some old programs cannot."`
	PassiveHost string   `toml:"passive_host" doc:"The address or name that others reach this computer by when they come from outside, through a router. Empty: the address that they connected to." form:"host" example:"203.0.113.7"`
	PassiveFrom int      `toml:"passive_from" doc:"The first port for files and lists; a router has to let these ports through, too. 0: any." min:"0" max:"65535" example:"40000"`
	PassiveTo   int      `toml:"passive_to" doc:"The last of them." min:"0" max:"65535" example:"40099"`
	Idle        Duration `toml:"idle" doc:"Whoever says nothing for so long is sent away." min:"10s" max:"24h"`
	// OldTLS is by address: the name comes after the handshake.
	OldTLS map[string]string `toml:"old_tls" doc:"Devices too old for today's encryption: from which address or network TLS 1.0 and 1.1 and their ciphers are taken, and which account or device comes from there. Nobody else may sign in by such encryption." form:"from" example:"{ \"192.168.1.31\" = \"microscope\" }"`
}

// FTPS is the door for FTP over TLS from the first byte.
type FTPS struct {
	Addr string `toml:"addr" doc:"Address and port; \"off\" closes the door." form:"listen" example:":2990"`
}

// SFTP is the SSH door.
type SFTP struct {
	Addr   string            `toml:"addr" doc:"Address and port; \"off\" closes the door." form:"listen" example:":2222"`
	Idle   Duration          `toml:"idle" doc:"A connection on which nothing is asked for so long is ended." min:"1m" max:"30d"`
	OldSSH map[string]string `toml:"old_ssh" doc:"Devices too old for today's encryption: from which address or network SHA-1 (ssh-rsa, diffie-hellman-group1 and group14, hmac-sha1) and CBC ciphers are taken, and which account or device comes from there. Nobody else may sign in by such encryption." form:"from" example:"{ \"192.168.1.31\" = \"microscope\" }"`
}

// TFTP is the TFTP door.
type TFTP struct {
	Addr     string            `toml:"addr" doc:"Address and port (UDP). Most devices only know port 69, which needs administrator rights on most systems. \"off\" closes the door." form:"listen" example:":6969"`
	Write    string            `toml:"write" doc:"What may be sent, where the rights allow it. add: files of new names, nothing is ever overwritten; replace: also files of names that are taken; off: nothing." oneof:"off,add,replace" example:"replace"`
	Devices  map[string]string `toml:"devices" doc:"Which account or device comes from an address or a network: it may what that one may, and sees its home only. Everybody else is a guest. Addresses can be forged, so name an account with few rights." form:"from" example:"{ \"192.168.1.31\" = \"microscope\", \"192.168.7.0/24\" = \"switches\" }"`
	Networks []string          `toml:"networks" doc:"Who comes from elsewhere gets no answer, not even a refusal." form:"network" example:"[\"192.168.1.0/24\"]"`
}

// SMB is the SMB door.
type SMB struct {
	Addr        string `toml:"addr" doc:"Address and port. Explorer only knows port 445, which needs administrator rights on most systems; other clients can be told another: :445 moves on to 4455. \"off\" closes the door." form:"listen" example:":445"`
	Encrypt     bool   `toml:"encrypt" doc:"Whoever does not encrypt is not let in. Clients older than Windows 8 and macOS 11 cannot."`
	Connections int    `toml:"connections" doc:"Clients at once. Each costs a program of some 20 MB." min:"1" max:"1000"`
}

// What links do on networks that nobody approved, besides "auto".
const (
	Pause = "pause"
	Open  = "open"
)

// Network is about the networks that this computer comes to.
type Network struct {
	Unapproved    string   `toml:"unapproved" doc:"What links do for visitors from a network that nobody approved. pause: they open for nobody from there; open: they open; auto: pause where this program has a window that asks, open where it has none." oneof:"auto,pause,open" example:"pause"`
	Announce      bool     `toml:"announce" doc:"Tell the approved networks that this computer is here, by its name, so that others find it without an address."`
	AnnounceKinds []string `toml:"announce_kinds" doc:"How it tells so. mdns: to most programs and systems, and by its name in .local; ssdp and wsd: to Windows, which lists it under Network." oneof:"mdns,ssdp,wsd" example:"[\"mdns\"]"`
}

// TLS says where the certificate comes from.
type TLS struct {
	Mode     string   `toml:"mode" doc:"auto: a certificate made here, self-signed; files: your own; off: plain HTTP only." oneof:"auto,files,off" example:"files"`
	Cert     string   `toml:"cert" doc:"With mode = \"files\": the certificate with its chain, PEM." form:"path" example:"/etc/portico/cert.pem"`
	Key      string   `toml:"key" doc:"With mode = \"files\": its key, PEM." form:"path" example:"/etc/portico/key.pem"`
	Names    []string `toml:"names" doc:"Further names and addresses that the certificate made here shall hold." form:"host" example:"[\"files.lan\"]"`
	Required bool     `toml:"required" doc:"Send everybody who comes unencrypted to the encrypted address."`
}

// Timeouts of the web door.
type Timeouts struct {
	Header   Duration `toml:"header" doc:"For the whole head of a request." min:"1s" max:"10m"`
	Idle     Duration `toml:"idle" doc:"For the next request on an open connection." min:"1s" max:"24h"`
	Stall    Duration `toml:"stall" doc:"A transfer in which no byte moves for so long is ended." min:"1s" max:"24h"`
	Shutdown Duration `toml:"shutdown" doc:"For running transfers when the program stops." min:"0s" max:"1h"`
}

// Limits are the budgets that all doors share.
type Limits struct {
	Connections           int  `toml:"connections" doc:"Open connections at all doors together." min:"1" max:"1000000"`
	ConnectionsPerAddress int  `toml:"connections_per_address" doc:"Open connections from one address. 0: no limit of its own." min:"0" max:"1000000"`
	PasswordChecks        int  `toml:"password_checks" doc:"Passwords checked at the same moment; each takes 64 MB of memory." min:"1" max:"64"`
	FileSize              Size `toml:"file_size" doc:"One file, whoever sends it. 0: as large as the disk allows." min:"0" example:"20GB"`
}

// Quota says how much somebody may store, by name.
type Quota struct {
	Bytes    map[string]Size `toml:"bytes" doc:"All files together." form:"who" min:"0" example:"{ ada = \"50GB\", \"@lab\" = \"200GB\", \"*\" = \"1GB\" }"`
	Files    map[string]int  `toml:"files" doc:"How many files." form:"who" min:"0" example:"{ microscope = 100000 }"`
	FileSize map[string]Size `toml:"file_size" doc:"One file. Guests and visitors with a link are bounded by * here." form:"who" min:"0" example:"{ \"*\" = \"2GB\" }"`
}

// Rate says how fast somebody's bytes may move, by name.
type Rate struct {
	Up   map[string]Size `toml:"up" doc:"What they send." form:"who" min:"0" example:"{ \"*\" = \"5MB\", ada = 0 }"`
	Down map[string]Size `toml:"down" doc:"What they fetch." form:"who" min:"0" example:"{ \"*\" = \"20MB\" }"`
}

// Keep says how long things stay.
type Keep struct {
	Activity      Duration `toml:"activity" doc:"Lines of Activity." min:"0s"`
	ActivityCount int      `toml:"activity_count" doc:"At most so many lines of Activity." min:"0" max:"100000000"`
	Unfinished    Duration `toml:"unfinished" doc:"Uploads that were cut and may still be resumed." min:"0s"`
	Trash         Duration `toml:"trash" doc:"What was removed." min:"0s"`
	Versions      Duration `toml:"versions" doc:"What was replaced." min:"0s"`
	SignedIn      Duration `toml:"signed_in" doc:"A browser stays signed in for so long after its last visit." min:"5m"`
}

// Accounts holds the rules for secrets; nothing here is secret.
type Accounts struct {
	MinPassword int `toml:"min_password" doc:"Characters that a new password needs. One that -a gives is taken all the same, with a warning." min:"1" max:"128"`
}

// Log says what the program writes about itself.
type Log struct {
	Level  string `toml:"level" doc:"What is at least as serious as this; debug is everything." oneof:"debug,info,warn,error" example:"debug"`
	Format string `toml:"format" doc:"text for people, json for programs." oneof:"text,json" example:"json"`
	File   string `toml:"file" doc:"Empty: standard error." form:"path" example:"/var/log/portico.log"`
}

// Volume is one served folder.
type Volume struct {
	Path        string            `toml:"path" doc:"Where it appears in the tree." form:"tree" show:"example" example:"/photos"`
	Folder      string            `toml:"folder" doc:"The folder on this computer." form:"folder" show:"example" example:"/home/ada/Pictures"`
	Name        string            `toml:"name" doc:"Its lasting name; what is known of its files hangs on it when the path changes. Empty: made from the path." form:"line" example:"photos"`
	Perms       map[string]string `toml:"perms" doc:"Who may do what: * is everyone, @GROUP a group, @acct everybody with an account. Letters: r read, w add, m move, d delete, g get by exact name, h index pages, a administer, . hidden names, A all of r w m d a ." form:"rights" show:"example" example:"{ \"*\" = \"r\", ada = \"rwmd\", \"@staff\" = \"rw\" }"`
	Durability  string            `toml:"durability" doc:"durable: an upload that was answered survives a power cut; fast: it may be lost if that happens within seconds." oneof:"durable,fast" example:"fast"`
	Versions    bool              `toml:"versions" doc:"Keep what is replaced."`
	Trash       bool              `toml:"trash" doc:"Keep what is removed." example:"false"`
	ReadOnly    bool              `toml:"read_only" doc:"Nobody may change anything."`
	HideRefused bool              `toml:"hide_refused" doc:"What somebody may not read looks to them as if it did not exist."`
	FloorBytes  Size              `toml:"floor" doc:"Uploads that would leave less than this free on the disk are refused." min:"0" example:"5GB"`
	Bytes       Size              `toml:"bytes" doc:"All files that were stored here through Portico together, with trash and earlier contents. 0: as many as the disk holds." min:"0" example:"500GB"`
	Files       int               `toml:"files" doc:"How many files may be stored here through Portico. 0: no bound." min:"0" example:"100000"`
	FileSize    Size              `toml:"file_size" doc:"One file. 0: as limits.file_size says." min:"0" example:"4GB"`
	Up          Size              `toml:"up" doc:"Bytes a second that everybody together may send. 0: no limit." min:"0" example:"50MB"`
	Down        Size              `toml:"down" doc:"Bytes a second that everybody together may fetch. 0: no limit." min:"0" example:"50MB"`
}

// Defaults returns what holds where the file says nothing. It has no volume.
func Defaults() Config {
	return Config{
		HTTP: HTTP{
			Addr: ":3923", FallbackPorts: []int{3924, 3925, 3926, 3927, 3928, 0}, ProxyHeader: "X-Forwarded-For",
			TLS: TLS{Mode: "auto"},
			Timeouts: Timeouts{
				Header: 10 * Second, Idle: 2 * Minute, Stall: Minute, Shutdown: 30 * Second,
			},
		},
		WebDAV: WebDAV{Open: true},
		FTP:    FTP{Addr: "off", TLS: "auto", PassiveFrom: 40000, PassiveTo: 40099, Idle: 5 * Minute},
		FTPS:   FTPS{Addr: "off"},
		SFTP:   SFTP{Addr: "off", Idle: 12 * Hour},
		TFTP: TFTP{Addr: "off", Write: "add", Networks: []string{
			"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
		}},
		SMB:     SMB{Addr: "off", Connections: 64},
		Network: Network{Unapproved: "auto", Announce: true, AnnounceKinds: []string{"mdns", "ssdp", "wsd"}},
		Limits:  Limits{Connections: 4096, ConnectionsPerAddress: 512, PasswordChecks: 2},
		Keep: Keep{
			Activity: 90 * Day, ActivityCount: 500_000, Unfinished: 1 * Day, Trash: 30 * Day, Versions: 90 * Day,
			SignedIn: 30 * Day,
		},
		Accounts: Accounts{MinPassword: 8},
		Log:      Log{Level: "warn", Format: "text"},
	}
}

// DefaultVolume returns a volume in which only Path and Folder are missing.
func DefaultVolume() Volume { return Volume{Durability: "durable", Trash: true, FloorBytes: 100 * MB} }
