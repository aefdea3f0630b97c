//go:build desktop

package app

// Windows 10 and 11 have a dark task bar unless somebody made it light.
const trayGround, trayForm = "dark", ".ico"
