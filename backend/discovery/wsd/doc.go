// Package wsd tells networks of this computer by WS-Discovery (2005/04) and the Devices Profile for Web
// Services (2006/02), by which Explorer fills its Network folder: as a computer where its name leads to
// the SMB door, else as a device with a page. It translates only: package group has the sockets.
package wsd
