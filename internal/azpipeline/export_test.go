package azpipeline

// The tests of this package and of package lint use the same texts.
var (
	Dense     = dense
	DenseText = denseText
)
