//go:build desktop && !windows && !darwin

package app

// The colour of the panel is not known here.
const trayGround, trayForm = "any", ".png"
