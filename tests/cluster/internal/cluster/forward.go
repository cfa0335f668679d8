package cluster

import (
	"io"
	"net"
	"sync"
)

// forward copies connections from a listener to what dial opens, until the
// listener is closed. It is how API traffic crosses into the private network:
// a Unix socket is reached through the file system, which both sides share.
func forward(l net.Listener, dial func() (net.Conn, error)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			up, err := dial()
			if err != nil {
				return // the client sees the connection closed, as when nothing listens
			}
			defer up.Close()
			var both sync.WaitGroup
			both.Go(func() { pipe(up, conn) })
			both.Go(func() { pipe(conn, up) })
			both.Wait()
		}()
	}
}

// pipe copies one direction and passes the end of the stream on.
func pipe(dst, src net.Conn) {
	_, err := io.Copy(dst, src)
	if half, ok := dst.(interface{ CloseWrite() error }); ok && err == nil {
		half.CloseWrite()
		return
	}
	dst.Close()
	src.Close()
}
