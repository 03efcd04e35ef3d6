// Go's own server over TLS; its arguments are a port, the folder of its certificate, and whether it speaks HTTP/2.
package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
)

func main() {
	folder := os.Args[2]
	server := &http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: handler(folder)}
	if os.Args[3] == "HTTP/1.1" {
		server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	panic(server.ListenAndServeTLS(path.Join(folder, "cert.pem"), path.Join(folder, "key.pem")))
}

func handler(folder string) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		place := request.URL.Path
		switch {
		case strings.HasPrefix(place, "/small/"):
			request.Body = http.MaxBytesReader(response, request.Body, 1000)
		case strings.HasPrefix(place, "/private/"):
			response.Header().Set("WWW-Authenticate", `Basic realm="uploads"`)
			response.WriteHeader(401)
			return
		case strings.HasPrefix(place, "/moved/"):
			response.Header().Set("Location", strings.Replace(place, "/moved/", "/files/", 1))
			response.WriteHeader(307)
			return
		case strings.HasPrefix(place, "/missing/"):
			response.WriteHeader(404)
			return
		case strings.HasPrefix(place, "/picky/") && request.Header.Get("Expect") != "":
			response.WriteHeader(417)
			return
		}
		content, err := io.ReadAll(request.Body)
		if err != nil {
			response.WriteHeader(413)
			return
		}
		if err := os.WriteFile(path.Join(folder, "root", "files", path.Base(place)), content, 0o600); err != nil {
			panic(err)
		}
		response.WriteHeader(201)
	}
}
