package azpipeline

// What the tests of this package and of its whole use share.
var (
	Dense     = dense
	DenseText = denseText
)
