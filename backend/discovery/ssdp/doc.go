// Package ssdp tells networks of this computer as a device by SSDP (UPnP Device Architecture 1.0, 1
// and 2), so that Windows lists it under Network and opens its web door. It offers nothing that could be
// controlled, is told by IPv4 alone, and translates only: package group has the sockets.
package ssdp
