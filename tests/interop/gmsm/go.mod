module mailca.test/interop/gmsm

go 1.26.0

require github.com/emmansun/gmsm v0.41.1

require golang.org/x/crypto v0.48.0 // indirect
