// Package qr draws one address as a QR code: in a terminal, as SVG for pages, as PNG for messages.
//
// Error correction level M, quiet zone of four modules on every side, dark on light. An address
// that is ours from end to end is written in capitals first (Upper), so that the code uses the
// alphanumeric mode: smaller, and read from further away.
//
// It draws what it is given: it neither chooses an address nor shortens one, and opens nothing.
package qr
