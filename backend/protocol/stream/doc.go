// Package stream serves the connections of doors whose clients stay on one: FTP, SFTP. It opens the
// ports, counts who is connected, keeps a flood from shutting out those who have signed in, mends a
// connection whose code panicked, and ends all of them in order.
//
// It speaks no protocol, knows nobody and looks at no byte.
package stream
