package discovery

import "net"

func interfaceNames() map[int]string {
	out := make(map[int]string)
	list, err := net.Interfaces()
	if err != nil {
		return out
	}
	for _, i := range list {
		out[i.Index] = i.Name
	}
	return out
}
